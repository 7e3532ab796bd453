from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from portal.audit.models import DayDigest, Entry, Heartbeat
from portal.audit.words import codes_for, fact_words, kind_of, span_words, value_words, words_for


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
    list_display = ["at", "actor_label", "behalf_label", "deed", "kind", "subject_id", "seq"]
    list_display_links = ["at", "deed"]
    list_select_related = False
    search_fields = ["=subject_id", "=actor_label", "=action"]
    search_help_text = "对象编号、操作人姓名，须完整；或者事项名称，如“受理”"
    ordering = ["-at", "-id"]
    date_hierarchy = None
    fields = [
        "at", "actor_label", "behalf_label", "deed", "kind", "subject_id", "seq", "action", "shown_facts",
        "prev_hash", "hash",
    ]  # fmt: skip
    readonly_fields = ["deed", "kind", "shown_facts"]

    @admin.display(description="事项", ordering="action")
    def deed(self, entry: Entry) -> str:
        return words_for(entry.action)

    @admin.display(description="对象类别", ordering="subject_type")
    def kind(self, entry: Entry) -> str:
        return kind_of(entry.subject_type)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        """The codes are not what people read: their words find them as well."""
        found, distinct = super().get_search_results(request, queryset, search_term)
        codes = codes_for(search_term.strip()) if search_term.strip() else []
        return (found | queryset.filter(action__in=codes) if codes else found), distinct

    @admin.display(description="事实")
    def shown_facts(self, entry: Entry) -> SafeString:
        """Each fact under its word; who compares hashes finds the entry as it is kept in the export."""
        if not entry.facts:
            return format_html("<p>{}</p>", "没有另外记下的事实")
        lines = [
            (fact_words(name, entry.action, entry.subject_type),
             value_words(value, name, entry.action, entry.subject_type))
            for name, value in sorted(entry.facts.items())
        ]  # fmt: skip
        return format_html(
            '<dl class="facts">{}</dl>', format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", lines)
        )


@admin.register(DayDigest)
class DayDigestAdmin(ReadOnlyAdmin):
    list_display = ["day", "leaf_count", "root", "made_at"]
    ordering = ["-day"]
    fields = ["day", "leaf_count", "prev_root", "root", "made_at"]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["job", "ok", "at", "ok_at", "interval", "note"]
    ordering = ["name"]
    fields = ["job", "name", "ok", "at", "ok_at", "interval", "note"]
    readonly_fields = ["job", "interval"]

    @admin.display(description="任务", ordering="name")
    def job(self, beat: Heartbeat) -> str:
        return words_for(beat.name)

    @admin.display(description="间隔", ordering="every")
    def interval(self, beat: Heartbeat) -> str:
        return span_words(beat.every)
