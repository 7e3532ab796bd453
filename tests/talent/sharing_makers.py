"""A key to the registries in a known state, and a system that asks with it."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from talent.models import Scope, SharingKey
from talent.workflow import sharing
from tests.people.makers import make_department


def make_asked_key(scopes: Any = Scope.values, **values: Any) -> SharingKey:
    today = localdate()
    values = {
        "purpose": "办理施工许可时核验", "basis": "《中华人民共和国建筑法》第七条", "quota": 1000, "needs_about": False,
        "valid_from": today, "valid_to": today + timedelta(days=300), "by": None, "at": timezone.now(), **values,
    }  # fmt: skip
    department = values.pop("department", None) or make_department("zrj", name="示范市自然资源和规划局")
    return sharing.ask(department, scopes=scopes, **values)


def make_key(scopes: Any = Scope.values, **values: Any) -> tuple[SharingKey, str]:
    """A granted key of another department, fetched; and its token."""
    key = sharing.decide(make_asked_key(scopes, **values), granted=True, by=None, at=timezone.now())
    return sharing.issue(key, by=None, at=timezone.now())


def system_with(token: str) -> Client:
    return Client(headers={"authorization": f"Bearer {token}"})
