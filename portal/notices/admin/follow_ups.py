from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.notices import workflow
from portal.notices.admin.notices import CappedPaginator
from portal.notices.forms import AnswerForm
from portal.notices.models import FollowUp
from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.forms import ReasonForm
from portal.people.models import User


def _answer(follow_up: FollowUp, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.answer_follow_up(follow_up, way=answers["way"], note=answers["note"], by=by, at=at)
    return "已登记告知结果。"


def _reveal(follow_up: FollowUp, answers: dict[str, Any], by: User, at: datetime) -> str:
    return workflow.reveal_address(follow_up.notice, reason=answers["reason"], by=by, at=at) or "未登记"


class OpenFilter(admin.SimpleListFilter):
    title, parameter_name = "办理情况", "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "待办理"), ("no", "已办理")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(answered_at__isnull=self.value() == "yes")


@admin.register(FollowUp)
class FollowUpAdmin(DeedsAdmin):
    """People whom no message reached, and who told them in the end."""

    list_display = ["opened_at", "shown_notice", "recipient", "shown_address", "why", "way"]
    list_filter = [OpenFilter, "way"]
    list_select_related = ["notice__template"]
    search_fields = ["=notice__key", "notice__key__startswith"]
    search_help_text = "完整的办件编号"
    ordering = ["-opened_at", "-pk"]
    paginator = CappedPaginator
    fields = [
        "link", "recipient", "shown_address", "shown_text", "why", "opened_at", "way", "note",
        "answered_by", "answered_at",
    ]  # fmt: skip
    readonly_fields = ["link", "recipient", "shown_address", "shown_text"]
    deeds = (
        Deed(
            "answer", "登记告知结果", "notices.answer_followup", _answer, AnswerForm,
            "短信仅为提醒；需要送达的文书仍须依法送达。", fits=lambda row: row.answered_at is None,
        ),
        Deed(
            "reveal", "查看完整号码", "people.unmask_party", _reveal, ReasonForm,
            "依据《中华人民共和国个人信息保护法》第六条，限于办理事项所必需。",
            fits=lambda row: bool(row.notice.address), stays=True,
        ),
    )  # fmt: skip

    @admin.display(description="通知")
    def shown_notice(self, follow_up: FollowUp) -> str:
        return str(follow_up.notice)

    @admin.display(description="通知")
    def link(self, follow_up: FollowUp) -> SafeString:
        url = reverse("admin:notices_notice_change", args=[follow_up.notice_id])
        return format_html('<a href="{}">{}</a>', url, follow_up.notice)

    @admin.display(description="收件人")
    def recipient(self, follow_up: FollowUp) -> str:
        return follow_up.notice.recipient_name

    @admin.display(description="号码或邮箱")
    def shown_address(self, follow_up: FollowUp) -> str:
        return follow_up.notice.masked_address or "—"

    @admin.display(description="应告知的内容")
    def shown_text(self, follow_up: FollowUp) -> str:
        return follow_up.notice.shown_text

    def get_queryset(self, request: HttpRequest) -> QuerySet[FollowUp]:
        rows = cast("QuerySet[FollowUp]", super().get_queryset(request))
        return rows & FollowUp.objects.in_charge_of(cast(User, request.user), timezone.localdate())
