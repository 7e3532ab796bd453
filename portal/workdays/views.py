from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from portal.workdays.calendar import OutsideCalendar
from portal.workdays.deadlines import Unit
from portal.workdays.explanation import Explanation, explain_count
from portal.workdays.forms import DeadlineForm
from portal.workdays.models import current_calendar


@require_safe
def deadline(request: HttpRequest) -> HttpResponse:
    """The public calculator. Its address holds the question, so an answer can be sent to someone."""
    calendar = current_calendar()
    asked = bool(set(request.GET) & set(DeadlineForm.base_fields))
    usual = {"unit": Unit.WORKING, "direction": DeadlineForm.FORWARDS}
    if asked:
        form = DeadlineForm({**usual, **request.GET.dict()})
    else:
        form = DeadlineForm(initial={"start": localdate(), "days": 20, **usual})
    told: Explanation | None = None
    if asked and form.is_valid():
        answers = form.cleaned_data
        try:
            told = explain_count(
                answers["start"],
                answers["days"],
                Unit(answers["unit"]),
                calendar,
                backwards=answers["direction"] == DeadlineForm.BACKWARDS,
            )
        except OutsideCalendar as refusal:
            form.add_error(refusal.field, str(refusal))
    context = {"form": form, "explanation": told, "calendar": calendar}
    return render(request, "workdays/deadline.html", context, status=200 if told or not asked else 422)
