"""Notices in a known state. Templates of the tests stand beside those of the house."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from portal.notices import workflow
from portal.notices.models import Channel, Notice, Template, TemplateKind
from portal.notices.recipients import Recipient
from portal.people.models import Department

LOCAL = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 9, 18, 12, 0, tzinfo=LOCAL)  # a Friday, outside the quiet hours
PHONE = "13900000001"


def make_template(code: str = "case_news", **fields: object) -> Template:
    fields.setdefault("title", "办件进展")
    fields.setdefault("body", "您的办件{number}有新进展，请登录查看。")
    fields.setdefault("channels", [Channel.SMS, Channel.IN_SITE])
    fields.setdefault("aliyun_code", "SMS_0001")
    fields.setdefault("tencent_code", "1001")
    return Template.objects.update_or_create(code=code, defaults=fields)[0]


def make_reminder(code: str = "case_reminder") -> Template:
    return make_template(code, kind=TemplateKind.REMINDER, body="办件{number}即将到期，请留意。")


def make_code(code: str = "test_code") -> Template:
    return make_template(
        code,
        kind=TemplateKind.CODE,
        channels=[Channel.SMS],
        body="验证码{digits}。",
        bypass_quiet=True,
        lives_for=timedelta(minutes=5),
    )


def make_notice(
    key: str = "20260918000017",
    *,
    at: datetime = NOON,
    phone: str = PHONE,
    email: str = "",
    name: str = "王小明",
    template: Template | None = None,
    version: int = 1,
    department: Department | None = None,
) -> Notice:
    """One waiting text message to someone without an account, the business of that department."""
    template = template or make_template()
    to = Recipient(name, phone=phone, email=email)
    owner = department.pk if department else None
    errand = workflow.Errand(to, key, version, values={"number": key}, department_id=owner)
    [notice] = workflow.queue_all(template.code, [errand], at=at)
    return notice


def make_notices(count: int, *, at: datetime = NOON, template: Template | None = None) -> list[Notice]:
    """As many waiting text messages, each to a number of its own."""
    template = template or make_template()
    errands = [
        workflow.Errand(Recipient("王小明", f"138{n:08d}"), f"K{n:06d}", values={"number": f"K{n:06d}"})
        for n in range(count)
    ]
    return workflow.queue_all(template.code, errands, at=at)
