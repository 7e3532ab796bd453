from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline

from portal.notices import numbering, workflow
from portal.notices.forms import ResendForm
from portal.notices.models import Channel, FollowUp, Halt, Notice, NoticeState, Receipt
from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.crypto import keyed_hash
from portal.people.forms import ReasonForm
from portal.people.identity import normalise_phone
from portal.people.models import User

COUNT_CAP = 10_000
OPEN_STATES = (NoticeState.WAITING, NoticeState.SENDING, NoticeState.SENT)


class AtMost(int):
    """A count that stopped counting, and says so where it is shown."""

    def __str__(self) -> str:
        return f"{COUNT_CAP:,}+" if self > COUNT_CAP else str(int(self))


class CappedPaginator(Paginator):
    """Counts no further than the pages people turn."""

    @cached_property
    def count(self) -> int:
        return _capped(cast("QuerySet[Any]", self.object_list))


class ReceiptInline(TabularInline):
    model = Receipt
    fields = ["received_at", "source", "delivered", "code", "detail", "reported_at"]
    readonly_fields = fields
    ordering = ["received_at", "pk"]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("notices.view_notice")


def _resend(notice: Notice, answers: dict[str, Any], by: User, at: datetime) -> str:
    again = workflow.resend(notice, reason=answers["reason"], by=by, at=at)
    return f"已安排重发（第{again.version}版），结果见台账。"


def _reveal(notice: Notice, answers: dict[str, Any], by: User, at: datetime) -> str:
    return workflow.reveal_address(notice, reason=answers["reason"], by=by, at=at) or "未登记"


@admin.register(Notice)
class NoticeAdmin(DeedsAdmin):
    """The ledger: every message of one's own department, masked, with what the gateway said."""

    list_display = [
        "created_at",
        "template",
        "recipient_name",
        "shown_address",
        "channel",
        "state",
        "business",
    ]
    list_display_links = ["created_at", "template"]
    list_filter = ["state", "channel", "template"]
    list_select_related = ["template"]
    search_fields = ["=key"]
    search_help_text = "完整的手机号码、邮箱、办件编号或网关业务号"
    ordering = ["-pk"]
    paginator = CappedPaginator
    list_before_template = "admin/notices/ledger.html"
    inlines = [ReceiptInline]
    fields = [
        "title", "recipient_name", "shown_address", "channel", "department", "business", "version",
        "shown_text", "segments", "state", "code", "detail", "attempts", "created_at", "act_at",
        "sent_at", "finished_at", "read_at", "expires_at", "gateway", "reference", "gateway_id",
        "shown_follows", "reason",
    ]  # fmt: skip
    readonly_fields = ["title", "business", "shown_address", "shown_text", "reference", "shown_follows"]
    deeds = (
        Deed(
            "resend", "重发", "notices.resend_notice", _resend, ResendForm,
            "原文按原号码或邮箱再发一次，安静时段内的短信次日8时发出。",
            fits=lambda notice: notice.can_be_resent,
        ),
        Deed(
            "reveal", "查看完整号码", "people.unmask_party", _reveal, ReasonForm,
            "依据《中华人民共和国个人信息保护法》第六条，限于办理事项所必需。",
            fits=lambda notice: bool(notice.address), stays=True,
        ),
    )  # fmt: skip

    @admin.display(description="标题")
    def title(self, notice: Notice) -> str:
        return notice.title

    @admin.display(description="事由")
    def business(self, notice: Notice) -> str:
        return notice.business

    @admin.display(description="号码或邮箱")
    def shown_address(self, notice: Notice) -> str:
        return notice.masked_address or "—"

    @admin.display(description="正文")
    def shown_text(self, notice: Notice) -> str:
        return notice.shown_text

    @admin.display(description="网关业务号")
    def reference(self, notice: Notice) -> str:
        return notice.reference if notice.channel != Channel.IN_SITE else "—"

    @admin.display(description="承接")
    def shown_follows(self, notice: Notice) -> str | SafeString:
        if notice.follows_id is None:
            return "—"
        url = reverse("admin:notices_notice_change", args=[notice.follows_id])
        return format_html('<a href="{}">{}</a>', url, notice.follows)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        notices = cast("QuerySet[Notice]", super().get_queryset(request))
        allowed = Notice.objects.in_charge_of(cast(User, request.user), timezone.localdate())
        return notices & allowed

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Notice], search_term: str
    ) -> tuple[QuerySet[Notice], bool]:
        """By the hash of a whole number or address (neither is anywhere to be read), key or reference."""
        term = search_term.strip()
        if not term:
            return queryset, False
        by_phone = Q(recipient_hash=keyed_hash("phone", normalise_phone(term)))
        by_mail = Q(recipient_hash=keyed_hash("email", term.lower()))
        pk = numbering.pk_of(term)
        by_reference = Q(pk=pk) if pk else Q(gateway_id=term)
        by_number = Q(key=term) | Q(key__startswith=f"{term}:")
        return queryset.filter(by_phone | by_mail | by_reference | by_number), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        notices = self.get_queryset(request).order_by()
        labels = dict(NoticeState.choices)
        open_counts = [
            (labels[state], f"?state__exact={state}", _capped(notices.filter(state=state)))
            for state in OPEN_STATES
        ]
        follow_ups = FollowUp.objects.open().in_charge_of(cast(User, request.user), timezone.localdate())
        context = {
            "open_counts": open_counts,
            "follow_ups": _capped(follow_ups) if request.user.has_perm("notices.view_followup") else None,
            "halts": Halt.objects.filter(lifted_at=None),
        }
        return super().changelist_view(request, {**(extra_context or {}), **context})


def _capped(rows: QuerySet[Any]) -> AtMost:
    return AtMost(rows[: COUNT_CAP + 1].count())
