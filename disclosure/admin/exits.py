"""撤下核查: every exit at which something withdrawn was still seen, the open ones first."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from disclosure.models import ExitCheck
from portal.workdays.admin import ReadAdmin


@admin.register(ExitCheck)
class ExitCheckAdmin(ReadAdmin):
    """Opened and closed by the look from outside, never by hand: an exit is closed when nobody sees it there."""

    list_display = ["exit", "title", "where", "note", "opened_at", "seen_at", "outcome"]
    list_select_related = ["document__current"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter)]
    ordering = ["-opened_at", "-pk"]
    fields = ["exit", "title", "where", "note", "opened_at", "seen_at", "outcome", "what_next"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("document__current__body", "document__current__text")

    @admin.display(description="已撤下的文件")
    def title(self, check: ExitCheck) -> SafeString | str:
        version = check.document.current
        if version is None:
            return ""
        address = reverse("admin:disclosure_documentversion_work", args=[version.pk])
        return format_html('<a href="{}">{}</a>', address, version.title)

    @admin.display(description="地址")
    def where(self, check: ExitCheck) -> SafeString:
        return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', check.address, check.address)

    @admin.display(description="状态")
    def outcome(self, check: ExitCheck) -> str:
        if check.closed_at is None:
            return "仍可见"
        return "已看不到"

    @admin.display(description="下一步")
    def what_next(self, check: ExitCheck) -> str:
        if check.closed_at is None:
            return "请打开上面的地址核对，并请系统管理员处理这个出口；系统每五分钟从站外重新核查，看不到后自动销号。"
        return "已经看不到，无需办理；撤下后一个月内每天再核查一次。"
