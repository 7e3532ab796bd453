"""The list of service items: what of its versions stands in each line."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from approvals.item_checks import faults
from approvals.models import ItemVersion, ServiceItem, VersionState
from portal.people.admin.deeds import LeanAdmin


class ItemColumns(LeanAdmin):
    """One line an item, its current version and the draft beside it asked for in one query a list."""

    list_display = ["name", "department", "versions_in_hand", "promise", "statute", "status", "light"]
    list_filter = ["status", "department"]
    search_fields = ["name", "code", "implementation_code"]
    ordering = ["department", "code"]
    list_select_related = ["department"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceItem]:
        in_hand = ItemVersion.objects.filter(Q(is_current=True) | Q(state=VersionState.DRAFT))
        in_hand = in_hand.with_contents().order_by("-number")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("versions", queryset=in_hand, to_attr="in_hand"))
        )

    @admin.display(description="版本")
    def versions_in_hand(self, item: Any) -> str:
        return (
            "，".join(f"第{v.number}版{'（草稿）' if v.is_draft else ' 现行'}" for v in item.in_hand)
            or "没有现行版本"
        )

    @admin.display(description="承诺时限")
    def promise(self, item: Any) -> str:
        return item.in_hand[0].promise_words or "未定" if item.in_hand else ""

    @admin.display(description="法定时限")
    def statute(self, item: Any) -> str:
        return item.in_hand[0].statutory_words or "未定" if item.in_hand else ""

    @admin.display(description="检查")
    def light(self, item: Any) -> str:
        if not item.in_hand:
            return ""
        count = len(faults(item.in_hand[0]))
        if not count:
            return format_html('<span class="light light--green">{}</span>', "无问题")
        return format_html('<span class="light light--red">{}处问题</span>', count)
