"""资质条件监测: the alerts by due date, and one enterprise's standing with the people each number counts."""

from collections import defaultdict
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.models import User
from portal.workdays import queues
from portal.workdays.admin import ReadAdmin
from talent import staffing
from talent.models import (
    COMPANY_WIDE,
    Enterprise,
    Flag,
    Indicator,
    StaffingAlert,
    StaffingRule,
    StaffingState,
)
from talent.models.staffing import amount, watches
from talent.workflow.staffing import note_handling

PEOPLE = 50


def _lacks_now(alerts: list[StaffingAlert]) -> dict[int, list[str]]:
    """What each of these alerts is about today: one query."""
    broken = StaffingState.objects.filter(
        enterprise__in=[alert.enterprise_id for alert in alerts], is_broken=True
    )
    rows: dict[tuple[int, int | None], list[StaffingState]] = defaultdict(list)
    for state in broken.select_related("rule").order_by("pk"):
        of = None if state.indicator in COMPANY_WIDE else state.qualification_id
        rows[state.enterprise_id, of].append(state)
    return {
        alert.pk: [words for words, _ in staffing.said(rows[alert.enterprise_id, alert.qualification_id])]
        for alert in alerts
    }


class HandlingForm(forms.Form):
    text = forms.CharField(label="处理情况", widget=forms.Textarea(attrs={"rows": 4}), max_length=1000)


def _handle(row: StaffingAlert, answers: dict[str, Any], by: User, at: datetime) -> str:
    note_handling(row, text=answers["text"], by=by, at=at)
    return "处理情况已登记。"


@admin.register(StaffingAlert)
class StaffingAlertAdmin(DeedsAdmin):
    fields = ["enterprise", "standing", "what", "written", "department", "lack", "opened_at", "due_on", "closed_at",
              "handling", ("handled_by", "handled_at")]  # fmt: skip
    readonly_fields = ["standing", "what", "written", "lack", "due_on"]
    deeds = (
        Deed("handle", "登记处理情况", "talent.handle_staffingalert", _handle, HandlingForm,
             fits=lambda row: row.closed_at is None),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffingAlert]:
        return StaffingAlert.objects.visible_to(cast(User, request.user), localdate()).for_lists()

    def get_urls(self) -> list[URLPattern]:
        def view(page: Any) -> Any:
            return self.admin_site.admin_view(page)

        return [
            path("enterprises/<int:pk>/", view(self.enterprise), name="talent_staffingalert_enterprise"),
            path(
                "enterprises/<int:pk>/people/<int:state>/",
                view(self.people),
                name="talent_staffingalert_people",
            ),
            *super().get_urls(),
        ]

    @admin.display(description="事项")
    def what(self, row: StaffingAlert) -> str:
        return row.what

    @admin.display(description="资质的来源")
    def written(self, row: StaffingAlert) -> str:
        """Where it can be taken back: at the case that granted it."""
        if row.qualification is None:
            return "—"
        origin = row.qualification.origin
        if not origin.case_number:
            return str(origin)
        address = f"{reverse('admin:approvals_case_department')}?{urlencode({'q': origin.case_number})}"
        words = "限期整改后仍未达到标准的，在该办件中提出撤回"
        return format_html('{}，<a href="{}">办件{}</a>；{}。', origin, address, origin.case_number, words)

    @admin.display(description="出现时的缺项")
    def lack(self, row: StaffingAlert) -> str:
        return "；".join(row.lacks)

    @admin.display(description="整改期限")
    def due_on(self, row: StaffingAlert) -> Any:
        return row.current_clock.due_on if row.current_clock else None

    @admin.display(description="各项条件")
    def standing(self, row: StaffingAlert) -> str:
        address = reverse("admin:talent_staffingalert_enterprise", args=[row.enterprise_id])
        return format_html('<a href="{}">现在各项条件的情况</a>', address)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The queue: what is below its standard, the nearest date first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        on, asked = localdate(), queues.asked_of(request.GET, "q")
        rows = StaffingAlert.objects.visible_to(cast(User, request.user), on).open()
        if asked["q"]:
            rows = rows.filter(enterprise__name__contains=asked["q"])
        page = queues.page(rows, asked, columns={}, after=request.GET.get("after", ""), on=on)
        lacks = _lacks_now(page.rows)
        lines = [(row, page.clock_of(row), lacks[row.pk]) for row in page.rows]
        return self.shown(request, "queue", "资质条件监测", queue=page, lines=lines)

    def enterprise(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every rule of the qualifications held: required, found, missing and since when."""
        firm = self._firm(request, pk)
        states = (
            StaffingState.objects.filter(enterprise=firm)
            .exclude(indicator=Indicator.METHODS, found=None)  # none on record: nothing to compare
            .select_related("rule", "qualification__category")
            .order_by("-is_broken", "qualification", "rule")
        )
        held = list(firm.qualifications.in_force(localdate()).select_related("category").order_by("pk"))
        return self.shown(
            request, "enterprise", firm.name, firm=firm, states=states, held=held,
            suspended=[(each, staffing.suspended(each.category, each.grade, localdate())) for each in held],
            alerts=StaffingAlert.objects.open().of(firm).for_lists().order_by("pk"),
            flags=Flag.objects.open().about(enterprise=firm).select_related("person").order_by("pk")[:PEOPLE],
        )  # fmt: skip

    def people(self, request: HttpRequest, pk: int, state: int) -> HttpResponse:
        """The people one number counts, by key."""
        firm = self._firm(request, pk)
        row = get_object_or_404(StaffingState.objects.select_related("rule"), pk=state, enterprise=firm)
        after = request.GET.get("after", "")
        counted = staffing.counted(row, firm, localdate()).order_by("pk")
        if after.isascii() and after.isdecimal() and len(after) < 19:
            counted = counted.filter(pk__gt=int(after))
        page = list(counted[: PEOPLE + 1])
        return self.shown(
            request, "people", f"{firm.name}：{row.rule.what}", firm=firm, state=row, people=page[:PEOPLE],
            next=f"?after={page[PEOPLE - 1].pk}" if len(page) > PEOPLE else "",
        )  # fmt: skip

    def _firm(self, request: HttpRequest, pk: int) -> Enterprise:
        if not (self.has_view_permission(request) and watches(cast(User, request.user), localdate())):
            raise PermissionDenied
        return get_object_or_404(Enterprise.objects.live(), pk=pk)

    def shown(self, request: HttpRequest, page: str, title: str, **context: Any) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, f"admin/talent/staffing_{page}.html", context)


@admin.register(StaffingRule)
class StaffingRuleAdmin(ReadAdmin):
    list_display = ["what", "of", "grade", "least", "basis", "valid_from", "valid_to"]
    list_filter = ["series", "grade", "indicator"]
    list_select_related = ["category"]
    ordering = ["pk"]
    fields = [
        "series",
        "category",
        "grade",
        "what",
        "least",
        "basis",
        "department",
        ("valid_from", "valid_to"),
    ]
    readonly_fields = ["what", "least"]

    @admin.display(description="指标")
    def what(self, rule: StaffingRule) -> str:
        return rule.what

    @admin.display(description="适用")
    def of(self, rule: StaffingRule) -> str:
        return str(rule.category or rule.get_series_display())

    @admin.display(description="最低要求")
    def least(self, rule: StaffingRule) -> str:
        return amount(rule.indicator, rule.minimum)
