import json
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from portal.audit.models import DayDigest, Entry, Heartbeat


class ReadOnlyAdmin(ModelAdmin):
    """Auditors look; nobody adds, changes or deletes here."""

    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor_label", "behalf_label", "action", "subject_type", "subject_id", "seq"]
    list_display_links = ["at", "action"]
    list_select_related = False
    search_fields = ["=subject_id", "=actor_label", "=action"]
    search_help_text = "对象编号、操作人姓名或者事项代码，须完整"
    ordering = ["-at", "-id"]
    date_hierarchy = None
    fields = [
        "at", "actor_label", "behalf_label", "action", "subject_type", "subject_id", "seq", "shown_facts",
        "prev_hash", "hash",
    ]  # fmt: skip
    readonly_fields = ["shown_facts"]

    @admin.display(description="事实")
    def shown_facts(self, entry: Entry) -> SafeString:
        text = json.dumps(entry.facts, ensure_ascii=False, indent=2, sort_keys=True)
        return format_html("<pre><code>{}</code></pre>", text)


@admin.register(DayDigest)
class DayDigestAdmin(ReadOnlyAdmin):
    list_display = ["day", "leaf_count", "root", "made_at"]
    ordering = ["-day"]
    fields = ["day", "leaf_count", "prev_root", "root", "made_at"]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["name", "ok", "at", "ok_at", "every", "note"]
    ordering = ["name"]
