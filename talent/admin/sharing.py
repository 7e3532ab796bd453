"""数据共享密钥: asked for by a department, granted by the security administrator, fetched once, watched by its use."""

from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.timezone import localdate

from portal.people.admin.deeds import Deed, MadeByWorkflow
from portal.people.models import User
from talent.admin.credit import department_of
from talent.forms.sharing import AskForm, GrantForm, RefuseForm, RevokeForm
from talent.models import SharingDay, SharingKey, SharingState
from talent.models.sharing import GRANTS
from talent.workflow import sharing

DAYS = 31


def _waits(row: SharingKey) -> bool:
    return row.state == SharingState.ASKED


def _runs(row: SharingKey) -> bool:
    return row.state == SharingState.GRANTED


def _grant(row: SharingKey, answers: dict[str, Any], by: User, at: datetime) -> str:
    sharing.decide(row, granted=True, opinion=answers["opinion"], by=by, at=at)
    return "已批准，由使用部门的负责人领取密钥。"


def _refuse(row: SharingKey, answers: dict[str, Any], by: User, at: datetime) -> str:
    sharing.decide(row, granted=False, opinion=answers["opinion"], by=by, at=at)
    return "已答复不予批准。"


def _issue(row: SharingKey, answers: dict[str, Any], by: User, at: datetime) -> str:
    _, token = sharing.issue(row, by=by, at=at)
    return f"密钥：{token}　只显示这一次，请立即妥善保存；系统中不留原文，遗失只能换发。"


def _revoke(row: SharingKey, answers: dict[str, Any], by: User, at: datetime) -> str:
    sharing.revoke(row, reason=answers["reason"], by=by, at=at)
    return "密钥已停用，即刻生效。"


@admin.register(SharingKey)
class SharingKeyAdmin(MadeByWorkflow):
    list_display = ["department", "purpose", "state", "used_today", "quota", "valid_from", "valid_to"]
    list_filter = ["state"]
    list_select_related = ["department"]
    search_fields = ["department__name", "purpose", "=handle"]
    ordering = ["-pk"]
    fields = [
        ("department", "state"), "purpose", "basis", "shared", ("quota", "used_today", "needs_about"),
        ("valid_from", "valid_to"), ("asked_by", "asked_at"), ("decided_by", "decided_at"), "opinion",
        ("handle", "issued_by", "issued_at"), ("revoked_by", "revoked_at"), "revoked_reason", "use",
    ]  # fmt: skip
    add_right = sharing.ASKS
    add_title = "申请数据共享密钥"
    add_text = "供本部门的业务系统查询企业库和人才库。由安全管理员审批；批准后由本部门负责人领取密钥。每次查询都留痕，并告知被查询的企业和个人。"
    add_form = AskForm
    deeds = (
        Deed("grant", "批准", GRANTS, _grant, GrantForm, fits=_waits,
             text="请核对使用目的、依据与共享范围是否相当：超出目的的内容不得共享。"),
        Deed("refuse", "不予批准", GRANTS, _refuse, RefuseForm, fits=_waits),
        Deed("issue", "领取密钥", sharing.ASKS, _issue, fits=_runs, stays=True,
             text=lambda row: "再次领取即为换发，原来的密钥立即失效。" if row.handle else "密钥只显示一次，请在业务系统的管理员在场时领取。"),
        Deed("revoke", "停用密钥", GRANTS, _revoke, RevokeForm, fits=_runs,
             text="立即生效，不能恢复；需要时重新申请。"),
        Deed("give-up", "交回密钥", sharing.ASKS, _revoke, RevokeForm, fits=_runs,
             text="业务系统下线、不再需要或者疑似泄露时使用。立即生效，不能恢复；需要时重新申请。"),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[SharingKey]:
        today = SharingDay.objects.filter(key=OuterRef("pk"), day=localdate()).values("used")
        used = Coalesce(Subquery(today, output_field=IntegerField()), Value(0))
        return SharingKey.objects.visible_to(cast(User, request.user), localdate()).annotate(used=used)

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        sharing.ask(department_of(by, at), **answers, by=by, at=at)
        return "申请已提交，等待安全管理员审批。"

    @admin.display(description="今天已用（次）")
    def used_today(self, row: Any) -> int:
        return int(row.used)

    @admin.display(description="共享范围")
    def shared(self, row: SharingKey) -> str:
        return row.scope_words

    @admin.display(description="近期用量")
    def use(self, row: SharingKey) -> str:
        days = row.days.order_by("-day")[:DAYS]
        lines = ((f"{one.day:%Y-%m-%d}", one.used) for one in days)
        return format_html_join("；", "{} {}次", lines) or "还没有使用"
