"""The desk of the annual report: list, report with its checks, the rows behind a number, words, deeds."""

from datetime import datetime
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone

from disclosure import tallies
from disclosure.admin.report_deeds import COMPILE, DEEDS
from disclosure.forms.reports import (
    FigureForm,
    ImportReportForm,
    OpenForm,
    WithdrawForm,
    WordsForm,
)
from disclosure.models import AnnualReport, ImportedReport, StatedFigure
from disclosure.models.reports import STATED_NAMES
from disclosure.report import cells, checks, layout, wording
from disclosure.report.checks import Finding
from disclosure.workflow import report_sources
from disclosure.workflow import reports as workflow
from portal.people.admin.deeds import Deed, LeanAdmin, MadeByWorkflow
from portal.people.models import User
from portal.refusals import RuleBroken

PAGE = 50


@admin.register(AnnualReport)
class AnnualReportAdmin(MadeByWorkflow):
    list_display = ["year", "organ", "edition", "state", "due", "published_at"]
    list_display_links = ["organ"]
    list_filter = ["year", "state", "is_government"]
    list_select_related = ["department", "clock"]
    ordering = ["-year", "-is_government", "department__region_code", "-edition", "pk"]
    add_right, add_title, add_form = COMPILE, "编制年报", OpenForm
    deeds = DEEDS

    def get_queryset(self, request: HttpRequest) -> QuerySet[AnnualReport]:
        return AnnualReport.objects.visible_to(request.user, timezone.now()).select_related(
            "department", "clock", "replaces", "replaced_by"
        )

    @admin.display(description="编制机关")
    def organ(self, report: AnnualReport) -> str:
        return report.organ

    @admin.display(description="发布期限")
    def due(self, report: AnnualReport) -> str:
        return report.due_on.isoformat()

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        report = workflow.open_report(**answers, by=by, at=at)
        return f"已开始编制：{report}。打开后先“重新计数”。"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/words/", wrap(self.words_view), name="disclosure_annualreport_words"),
            path("<int:pk>/rows/<str:cell>/", wrap(self.rows_view), name="disclosure_annualreport_rows"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The report with the form's tables, each number a way to its rows, each failed check at its cell."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        report = self.get_object(request, object_id)
        if report is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        found = workflow.findings(report) if report.is_counted else []
        corrections = list(report.corrections.select_related("by").order_by("pk"))
        marks = layout.Marks(
            hrefs=_ways(report), notes=_notes(found), corrected={one.cell for one in corrections}
        )
        name = "admin:disclosure_annualreport_deed"
        return self._page(
            request,
            "admin/disclosure/report.html",
            report.title,
            report=report,
            following=getattr(report, "replaced_by", None),
            tables=layout.tables(report.standing, report.year, marks),
            errors=checks.errors(found),
            warnings=checks.warnings(found),
            corrections=corrections,
            words=_words(report),
            fees=[
                (
                    label,
                    report.standing.get(cell),
                    reverse("admin:disclosure_annualreport_rows", args=[report.pk, cell]),
                )
                for cell, label in cells.FEE_NAMES.items()
            ],
            deeds=[
                (deed.label, reverse(name, args=[report.pk, deed.code]))
                for deed in self.open_deeds(request, report)
            ],
            recount=_recount(report) if request.user.has_perm(COMPILE) and not report.is_closed else "",
            may_write=request.user.has_perm(COMPILE) and not report.is_closed,
        )

    def words_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The text of parts one, five and six."""
        report = self._seen(request, pk)
        if not request.user.has_perm(COMPILE):
            raise PermissionDenied
        given = {
            one.key: report.texts.get(one.key, one.default)
            for one in wording.paragraphs(is_government=report.is_government)
        }
        form = WordsForm(request.POST or None, initial=given, is_government=report.is_government)
        if request.method == "POST" and form.is_valid():
            try:
                workflow.write(report, form.cleaned_data, by=cast(User, request.user), at=timezone.now())
            except RuleBroken as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, "文字部分已保存。")
                return HttpResponseRedirect(self.page_of(report))
        status = 422 if request.method == "POST" else 200
        return self._page(
            request, "admin/disclosure/report_words.html", "编写文字部分", status=status, report=report, form=form,
            names=wording.NAMES, back=self.page_of(report),
        )  # fmt: skip

    def rows_view(self, request: HttpRequest, pk: int, cell: str) -> HttpResponse:
        """The rows a number counts, a page at a time."""
        report = self._seen(request, pk)
        name = (cells.names(report.year) | cells.FEE_NAMES).get(cell)
        if name is None:
            raise Http404
        after = request.GET.get("after", "")
        start = int(after) if after.isdecimal() and len(after) < 19 else 0
        context = {"report": report, "name": name, "back": self.page_of(report)}
        if cell in cells.FEE_NAMES:
            asked = tallies.charged_behind(report).visible_to(request.user).filter(pk__gt=start)
            return self._rows(request, context, "requests", asked.for_lists())
        table, row, column = cell.split(".")
        if table == "t3":
            asked = tallies.requests_behind(report, row, column).visible_to(request.user).filter(pk__gt=start)
            return self._rows(request, context, "requests", asked.for_lists())
        if table == "t2" and row in ("rules", "normative"):
            found = tallies.documents_behind(report, row, column).select_related("current", "publisher")
            return self._rows(request, context, "documents", found.filter(pk__gt=start))
        stated = tallies.stated_behind(report, _summands(cell)).select_related("department", "by")
        return self._rows(request, context, "stated", stated.filter(pk__gt=start))

    def _rows(
        self, request: HttpRequest, context: dict[str, Any], kind: str, found: "QuerySet[Any]"
    ) -> HttpResponse:
        rows = list(found.order_by("pk")[: PAGE + 1])
        context |= {kind: rows[:PAGE], "next_url": f"?after={rows[PAGE - 1].pk}" if len(rows) > PAGE else ""}
        return self._page(request, "admin/disclosure/report_rows.html", context["name"], **context)

    def _seen(self, request: HttpRequest, pk: int) -> AnnualReport:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def _page(
        self, request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, template, context, status=status)


def _summands(cell: str) -> list[str]:
    """The stated cells a cell shows; a total of table 4 shows its outcomes."""
    if cell.startswith("t4.") and cell.endswith(".total"):
        return [one for one in STATED_NAMES if one.startswith(cell.removesuffix("total"))]
    return [cell]


def _ways(report: AnnualReport) -> dict[str, str]:
    name = "admin:disclosure_annualreport_rows"
    kept = [
        cell
        for cell in cells.names(report.year)
        if cell.startswith(("t3.", "t4.", "t2.rules.", "t2.normative.")) or cell in STATED_NAMES
    ]
    ways = {cell: reverse(name, args=[report.pk, cell]) for cell in kept}
    return ways | {"t2.licences.decisions": _site("site:report_licences", report)}


def _notes(found: list[Finding]) -> dict[str, tuple[str, ...]]:
    notes: dict[str, tuple[str, ...]] = {}
    for one in found:
        if one.cells and one.severity == checks.Severity.ERROR:
            said = f"{one.id} 应为{wording.printed(one.expected)}"
            notes[one.cells[0]] = (*notes.get(one.cells[0], ()), said)
    return notes


def _words(report: AnnualReport) -> list[tuple[str, list[tuple[str, str]]]]:
    figures = report.standing
    return [
        (
            title,
            [
                (one.title, wording.render(report.texts.get(one.key, one.default), figures, report.year))
                for one in wording.paragraphs(is_government=report.is_government)
                if one.part == part
            ],
        )
        for part, title in wording.PART_TITLES.items()
        if part in (1, 5, 6)
    ]


def _recount(report: AnnualReport) -> str:
    """Counting needs figures of the house above, so the address is the site's."""
    return _site("site:recount_report", report)


def _site(name: str, report: AnnualReport) -> str:
    try:
        return reverse(name, args=[report.pk])
    except NoReverseMatch:
        return ""


def _withdraw(figure: StatedFigure, answers: dict[str, Any], by: User, at: datetime) -> str:
    report_sources.withdraw_figure(figure, reason=answers["reason"], by=by, at=at)
    return "已作废，不再计入年报。"


@admin.register(StatedFigure)
class StatedFigureAdmin(MadeByWorkflow):
    """Numbers the portal does not count itself."""

    list_display = ["year", "department", "name", "amount", "source", "withdrawn_at"]
    list_display_links = ["name"]
    list_filter = ["year", "department"]
    list_select_related = ["department"]
    ordering = ["-year", "department", "pk"]
    fields = [
        "department",
        "year",
        "name",
        "amount",
        "source",
        "by",
        "at",
        "withdrawn_at",
        "withdrawn_reason",
    ]
    readonly_fields = ["name"]
    add_right, add_title, add_form = COMPILE, "填报数据", FigureForm
    deeds = (
        Deed(
            "withdraw", "作废", COMPILE, _withdraw, WithdrawForm, "作废后不再计入年报，记录仍保留。",
            lambda figure: figure.withdrawn_at is None,
        ),
    )  # fmt: skip

    @admin.display(description="项目")
    def name(self, figure: StatedFigure) -> str:
        return figure.name

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        return f"已登记：{report_sources.state_figure(**answers, by=by, at=at)}。"


@admin.register(ImportedReport)
class ImportedReportAdmin(LeanAdmin):
    """Published reports taken in: flagged where they are wrong, never rejected."""

    list_display = ["year", "organ", "wrong", "hints", "at"]
    list_display_links = ["organ"]
    list_filter = ["year"]
    search_fields = ["organ"]
    ordering = ["-year", "-pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(COMPILE)

    def has_change_permission(self, request: HttpRequest, obj: ImportedReport | None = None) -> bool:
        return False

    @admin.display(description="错误")
    def wrong(self, report: ImportedReport) -> int:
        return len(report.findings["errors"])

    @admin.display(description="提示")
    def hints(self, report: ImportedReport) -> int:
        return len(report.findings["warnings"])

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportReportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            answers = form.cleaned_data
            file = answers.pop("file")
            try:
                kept = report_sources.import_report(
                    file.read(), file.name, **answers, by=cast(User, request.user), at=timezone.now()
                )
            except RuleBroken as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                wrong = len(kept.findings["errors"])
                messages.success(
                    request, f"已导入，{f'有{wrong}处勾稽关系不成立' if wrong else '勾稽关系全部成立'}。"
                )
                return HttpResponseRedirect(reverse("admin:disclosure_importedreport_change", args=[kept.pk]))
        context = {
            **self.admin_site.each_context(request), "title": "导入年报", "opts": self.opts, "form": form,
            "back": reverse("admin:disclosure_importedreport_changelist"),
        }  # fmt: skip
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/disclosure/report_import.html", context, status=status)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        report = self.get_object(request, object_id)
        if report is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        found = checks.check(report.standing, report.year)
        context = {
            **self.admin_site.each_context(request), "title": str(report), "opts": self.opts, "report": report,
            "tables": layout.tables(report.standing, report.year, layout.Marks(notes=_notes(found))),
            "back": reverse("admin:disclosure_importedreport_changelist"),
        }  # fmt: skip
        return TemplateResponse(request, "admin/disclosure/report_imported.html", context)
