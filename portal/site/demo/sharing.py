"""数据共享 in the demo city: one key in use, one that waits to be granted."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.timezone import localdate

from portal.people.models import Department
from talent.models import Enterprise, Person, Scope, SharingKey
from talent.sharing import fields
from talent.workflow import sharing

OWN = "91990100MA0000001G"  # the builder for which 李建国 acts


def load_sharing() -> int:
    """Keys, and what was looked up with the one in use; how many were new."""
    if SharingKey.objects.exists():
        return 0
    at, today = timezone.now(), localdate()
    term: dict[str, Any] = {
        "valid_from": today,
        "valid_to": today + timedelta(days=364),
        "by": None,
        "at": at,
    }
    permits, housing = (Department.objects.get(code=code) for code in ("zwzx", "zjj"))
    key = sharing.ask(
        permits, purpose="办理施工许可时核验企业资质和注册人员", basis="《中华人民共和国建筑法》第十三条", quota=2000,
        scopes=[Scope.ENTERPRISE_QUALIFICATIONS, Scope.ENTERPRISE_STAFFING, Scope.PERSON_REGISTRATIONS], **term,
    )  # fmt: skip
    key, _ = sharing.issue(sharing.decide(key, granted=True, opinion="同意", by=None, at=at), by=None, at=at)
    firm = Enterprise.objects.get(uscc=OWN)
    for days, about in ((1, "施工许可资格核验"), (0, "施工许可变更复核")):
        when = at - timedelta(days=days)
        sharing.spend(key, at=when)
        sharing.note(key, [firm], scopes=fields.given("enterprise", key.scopes), about=about, at=when)
    people = list(Person.objects.filter(party__user__isnull=False)[:5])
    sharing.note(key, people, scopes=fields.given("person", key.scopes), about="施工许可资格核验", at=at)
    sharing.ask(
        housing, purpose="监管平台同步企业基本信息和信用", basis="《建筑市场信用管理暂行办法》", quota=500,
        scopes=[Scope.ENTERPRISE_CREDIT], **term,
    )  # fmt: skip
    return SharingKey.objects.count()
