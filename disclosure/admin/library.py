from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from disclosure.forms.library import (
    ActFileForm,
    ActForm,
    ArticleForm,
    DropFileForm,
    RepealForm,
    RestoreForm,
    SupersedeForm,
)
from disclosure.models import Act, ActStatus, Article
from disclosure.workflow import library
from portal.people.admin.deeds import Deed, DeedsAdmin, LeanAdmin
from portal.people.models import User

CHANGE = "disclosure.change_act"


def _supersede(act: Act, answers: dict[str, Any], by: User, at: datetime) -> str:
    link = library.supersede(act, **answers, by=by, at=at)
    return f"已登记：自{link.on:%Y-%m-%d}起，{link}。"


def _repeal(act: Act, answers: dict[str, Any], by: User, at: datetime) -> str:
    act = library.repeal(act, **answers, by=by, at=at)
    return f"已登记：{act}自{act.repealed_on:%Y-%m-%d}起废止。"


def _restore(act: Act, answers: dict[str, Any], by: User, at: datetime) -> str:
    library.restore(act, **answers, by=by, at=at)
    return "已更正，时效按日期重新算出。"


def _attach(act: Act, answers: dict[str, Any], by: User, at: datetime) -> str:
    row = library.attach(act, **answers, by=by, at=at)
    return f"已添加附件“{row.title}”。"


def _detach(act: Act, answers: dict[str, Any], by: User, at: datetime) -> str:
    row = answers["file"]
    library.detach(row, by=by, at=at)
    return f"已移除附件“{row.title}”。"


def _has_ended(act: Act) -> bool:
    return bool(act.repealed_on or act.superseded_on)


class StatusFilter(admin.SimpleListFilter):
    title = "时效"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in ActStatus.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Act]) -> QuerySet[Act]:
        asked = Act.objects.in_status(self.value() or "", localdate())
        return queryset.filter(pk__in=asked.values("pk")) if self.value() else queryset


@admin.register(Act)
class ActAdmin(DeedsAdmin):
    """The law library: edited on a form, saved by the workflow; what ends an act is a deed with its basis."""

    form = ActForm
    list_display = [
        "title",
        "level_name",
        "doc_no",
        "effective_on",
        "amended_on",
        "time",
        "count",
        "is_certain",
    ]
    list_filter = ["level", StatusFilter, "is_certain"]
    search_fields = ["title", "doc_no"]
    ordering = ["level", "title", "pk"]
    readonly_fields = ["time", "superseded_on", "repealed_on", "repeal_basis", "contents", "attachments"]
    fieldsets = [
        (None, {"fields": ["title", "level", ("doc_no", "issuer")]}),
        ("日期", {"fields": [("issued_on", "effective_on"), "amended_on"]}),
        ("时效", {"fields": ["time", ("superseded_on", "repealed_on"), "repeal_basis"]}),
        ("条款", {"fields": ["contents"]}),
        ("全文和附件", {"fields": ["text", "attachments"]}),
        ("来源", {"fields": ["url", "is_certain"]}),
    ]
    deeds = (
        Deed("supersede", "登记被取代", CHANGE, _supersede, SupersedeForm, "新文件修订或者取代本文件。"),
        Deed("repeal", "登记废止", CHANGE, _repeal, RepealForm, "没有新文件取代而废止的。"),
        Deed(
            "restore",
            "更正沿革",
            CHANGE,
            _restore,
            RestoreForm,
            "撤销登记错了的取代和废止。",
            fits=_has_ended,
        ),
        Deed("attach", "添加附件", CHANGE, _attach, ActFileForm, "公开页面上任何人都可以打开。"),
        Deed(
            "detach",
            "移除附件",
            CHANGE,
            _detach,
            DropFileForm,
            "公开页面不再提供，留痕中保留名称和摘要值。",
            fits=lambda act: act.files.exists(),
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("disclosure.add_act")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(CHANGE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Act]:
        return super().get_queryset(request).annotate(article_count=Count("articles"))

    def save_model(self, request: HttpRequest, obj: Act, form: Any, change: bool) -> None:
        library.keep_act(obj, by=cast(User, request.user), at=timezone.now())

    @admin.display(description="效力级别", ordering="level")
    def level_name(self, act: Act) -> str:
        return str(act.get_level_display())

    @admin.display(description="时效")
    def time(self, act: Act) -> str:
        return str(act.status_on(localdate()).label)

    @admin.display(description="条款数")
    def count(self, act: Act) -> int:
        return act.article_count  # type: ignore[attr-defined]

    @admin.display(description="条款")
    def contents(self, act: Act) -> SafeString | str:
        if act.pk is None:
            return "保存后登记条款"
        address = f"{reverse('admin:disclosure_article_changelist')}?act__id__exact={act.pk}"
        return format_html('<a class="text-primary-600 underline" href="{}">查看和登记条款</a>', address)

    @admin.display(description="附件")
    def attachments(self, act: Act) -> SafeString | str:
        if act.pk is None:
            return "保存后添加附件"
        files = act.files.order_by("pk")
        if not files:
            return "没有附件，用上面的“添加附件”"
        return format_html_join(
            "、",
            '<a class="text-primary-600 underline" href="{}">{}</a>',
            ((file.address, file.title) for file in files),
        )


@admin.register(Article)
class ArticleAdmin(LeanAdmin):
    form = ArticleForm
    list_display = ["number", "act", "text", "is_certain"]
    list_select_related = ["act"]
    list_filter = ["is_certain"]
    search_fields = ["act__title", "number"]
    ordering = ["act__title", "pk"]
    fields = ["act", "number", "text", "is_certain"]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "act__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> list[str]:
        return ["act"] if obj else []  # an article does not move to another act

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        library.keep_article(obj, by=cast(User, request.user), at=timezone.now())
