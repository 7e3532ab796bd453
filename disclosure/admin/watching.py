from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.timezone import localdate

from disclosure import scores, staleness
from disclosure.forms.watching import FindingForm, RecheckForm, RectifyForm
from disclosure.models import AssessmentFinding, BrokenLink, ColumnDay
from disclosure.models.watching import FindingState
from disclosure.workflow import watching
from portal.people.admin.deeds import Deed, MadeByWorkflow
from portal.people.models import User
from portal.workdays.admin import ReadAdmin
from portal.workdays.models import Light

PAGE = 50
MOST_COUNTED = 10_000
LATEST = "day"


@admin.register(ColumnDay)
class ColumnDayAdmin(ReadAdmin):
    """What the watch saw each night, the most urgent first; and the overview made from it."""

    list_display = [
        "column",
        "department",
        "rhythm",
        "visible",
        "undated",
        "newest_on",
        "breaks_on",
        "left",
        "state",
    ]
    list_filter = ["light", "rhythm"]
    list_select_related = ["column", "department"]
    search_fields = ["column__name"]
    date_hierarchy = "day"
    ordering = ["-day", "breaks_on", "pk"]
    fields = [
        "day",
        "column",
        "department",
        "rhythm",
        "visible",
        "undated",
        "newest_on",
        "breaks_on",
        "state",
    ]

    def get_urls(self) -> list[URLPattern]:
        def view(page: Any) -> Any:
            return self.admin_site.admin_view(page)

        return [
            path("overview/", view(self.overview), name="disclosure_columnday_overview"),
            path("figures/<slug:name>/", view(self.figure), name="disclosure_columnday_figure"),
            *super().get_urls(),
        ]

    @admin.display(description="还有几天")
    def left(self, row: ColumnDay) -> str:
        if row.days_left is None:
            return "—"
        return f"{row.days_left}天" if row.days_left > 0 else f"已超{-row.days_left}天"

    @admin.display(description="情况")
    def state(self, row: ColumnDay) -> str:
        return str(row.get_light_display())

    def overview(self, request: HttpRequest) -> HttpResponse:
        """What is wrong now, when the site would break a rule, and how each department did this month."""
        on, month = self._asked(request)
        day = ColumnDay.objects.order_by("-day").values_list("day", flat=True).first()
        rows = list(ColumnDay.objects.filter(day=day).select_related("column", "department")) if day else []
        urgent = [row for row in rows if row.light != staleness.Light.GREEN]
        newest = max((row.newest_on for row in rows if row.newest_on), default=None)
        found = scores.scores(month, on)
        findings = AssessmentFinding.objects.exclude(state=FindingState.CLOSED)
        context = {
            "day": day,
            "rules": staleness.rules([row.watched() for row in rows], on=on),
            "home": {"newest": newest, "light": staleness.light(on, newest, staleness.HOME_DAYS),
                     "breaks_on": staleness.breaks_on(newest, staleness.HOME_DAYS)},
            "urgent": sorted(urgent, key=lambda row: (row.breaks_on is not None, row.breaks_on or on, row.pk))[:PAGE],
            "urgent_count": len(urgent),
            "undated": scores.undated(timezone.now())[: MOST_COUNTED + 1].count(),
            "most_counted": MOST_COUNTED,
            "broken_links": BrokenLink.objects.filter(closed_on=None).aggregate(
                here=Count("pk", filter=Q(is_outside=False)), outside=Count("pk", filter=Q(is_outside=True))
            ),
            "open_findings": findings.count(),
            "month": month,
            "previous": f"?month={month.previous}",
            "next": f"?month={month.next}" if month.next.first <= on else "",
            "columns": [label for name, label in scores.LABELS.items()],
            "scores": [(score, self._figures(score, month)) for score in found],
        }  # fmt: skip
        return self._page(request, "admin/disclosure/overview.html", "政务公开监测", **context)

    def figure(self, request: HttpRequest, name: str) -> HttpResponse:
        """The rows a number counts."""
        on, month = self._asked(request)
        label = scores.LABELS_NOW.get(name) or f"{month.label}{scores.LABELS.get(name, '')}"
        if name not in scores.LABELS | scores.LABELS_NOW:
            raise Http404
        rows = scores.undated(timezone.now()) if name == "undated" else scores.rows(name, month, on)
        department = request.GET.get("department", "")
        if department.isascii() and department.isdecimal() and len(department) < 19:
            rows = rows.filter(**{scores.answerable(name): int(department)})
        after = request.GET.get("after", "")
        if after.isascii() and after.isdecimal() and len(after) < 19:
            rows = rows.filter(pk__gt=int(after))
        page = list(_with_lines(name, rows.order_by("pk"))[: PAGE + 1])
        query = {key: value for key, value in request.GET.items() if key in ("department", "month")}
        context = {
            "lines": [_line(name, row) for row in page[:PAGE]],
            "next": "?" + urlencode({**query, "after": page[PAGE - 1].pk}) if len(page) > PAGE else "",
            "back": f"{reverse('admin:disclosure_columnday_overview')}?month={month}",
        }
        return self._page(request, "admin/disclosure/figure.html", label, **context)

    def _asked(self, request: HttpRequest) -> tuple[Any, scores.Month]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        on = localdate()
        return on, scores.read_month(request.GET.get("month", ""), today=on)

    def _figures(self, score: scores.Score, month: scores.Month) -> list[tuple[int, str]]:
        query = urlencode({"month": str(month), "department": str(score.department.pk)})
        return [
            (
                score.counts.get(name, 0),
                f"{reverse('admin:disclosure_columnday_figure', args=[name])}?{query}",
            )
            for name in scores.LABELS
        ]

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, template, context)


def _with_lines(name: str, rows: Any) -> Any:
    if name == "reposted":
        return rows.select_related("document__current", "document__publisher")
    if name in scores.OF_DOCUMENTS:
        return rows.select_related("current", "publisher", "column").defer("current__body", "current__text")
    return (
        rows.select_related("department", "column")
        if name in ("stale", "blank")
        else rows.select_related("department", "clock")
    )


def _line(name: str, row: Any) -> dict[str, Any]:
    """What one row says: words, where it leads, who answers for it, the date that matters."""
    if name == "reposted":
        document = row.document
        return {
            "words": f"{document.current.title if document.current else document.index_no}（{row.site}）",
            "href": reverse("admin:disclosure_repost_change", args=[row.pk]),
            "who": document.publisher,
            "on": row.on,
        }
    if name in scores.OF_DOCUMENTS:
        title = row.current.title if row.current else row.index_no
        return {
            "words": f"{title}（打开{row.openings}次）" if name == "reads" else title,
            "href": f"/disclosure/documents/{row.key}/",
            "who": row.publisher,
            "on": row.published_on,
        }
    if name in ("stale", "blank"):
        return {
            "words": row.column.name,
            "href": reverse("admin:disclosure_columnday_change", args=[row.pk]),
            "who": row.department,
            "on": row.newest_on,
        }
    return {
        "words": row.text[:80],
        "href": reverse("admin:disclosure_assessmentfinding_change", args=[row.pk]),
        "who": row.department,
        "on": row.clock.due_on,
    }


@admin.register(BrokenLink)
class BrokenLinkAdmin(ReadAdmin):
    list_display = ["address", "title", "is_outside", "words", "first_seen_on", "last_seen_on", "closed_on"]
    list_select_related = ["document__current"]
    list_filter = ["is_outside", ("closed_on", admin.EmptyFieldListFilter)]
    ordering = ["-last_seen_on", "-pk"]
    fields = ["address", "title", "is_outside", "words", "first_seen_on", "last_seen_on", "closed_on"]

    @admin.display(description="所在文件")
    def title(self, link: BrokenLink) -> str:
        return link.document.current.title if link.document.current else ""


def _rectify(row: AssessmentFinding, answers: dict[str, Any], by: User, at: datetime) -> str:
    watching.rectify(row, text=answers["text"], by=by, at=at)
    return "整改情况已提交，等待复核。"


def _pass(row: AssessmentFinding, answers: dict[str, Any], by: User, at: datetime) -> str:
    watching.recheck(row, passed=True, opinion=answers["opinion"], by=by, at=at)
    return "复核通过，问题已销号。"


def _return(row: AssessmentFinding, answers: dict[str, Any], by: User, at: datetime) -> str:
    watching.recheck(row, passed=False, opinion=answers["opinion"], by=by, at=at)
    return "已退回责任部门继续整改。"


@admin.register(AssessmentFinding)
class AssessmentFindingAdmin(MadeByWorkflow):
    list_display = ["finding", "department", "veto", "found_on", "due_on", "light", "state"]
    list_filter = ["state", "veto"]
    list_select_related = ["department", "clock"]
    search_fields = ["source", "number", "text"]
    ordering = ["-found_on", "-pk"]
    fields = [
        ("source", "number"), "department", "veto", "address", "text", ("found_on", "due_on", "state"),
        "rectification", ("rectified_at", "rectified_by"), "recheck", ("rechecked_at", "rechecked_by"),
    ]  # fmt: skip
    add_right = "disclosure.add_assessmentfinding"
    add_title = "登记测评问题"
    add_form = FindingForm
    deeds = (
        Deed("rectify", "填报整改情况", "disclosure.rectify_assessmentfinding", _rectify, RectifyForm,
             fits=lambda row: row.state == FindingState.OPEN),
        Deed("pass", "复核通过", "disclosure.change_assessmentfinding", _pass, RecheckForm,
             fits=lambda row: row.state == FindingState.RECTIFIED),
        Deed("return", "退回整改", "disclosure.change_assessmentfinding", _return, RecheckForm,
             fits=lambda row: row.state == FindingState.RECTIFIED),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[AssessmentFinding]:
        return AssessmentFinding.objects.visible_to(cast(User, request.user), localdate())

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        finding = watching.open_finding(**answers, by=by, at=at)
        due_on = finding.clock.due_on if finding.clock else ""
        return f"已登记并通知{finding.department}，请其于{due_on}前整改。"

    @admin.display(description="问题")
    def finding(self, row: AssessmentFinding) -> str:
        return f"{row}：{row.text[:40]}"

    @admin.display(description="整改期限")
    def due_on(self, row: AssessmentFinding) -> Any:
        return row.clock.due_on if row.clock else None

    @admin.display(description="时限")
    def light(self, row: AssessmentFinding) -> str:
        return str(Light(row.clock.light_on(localdate())).label) if row.clock else ""
