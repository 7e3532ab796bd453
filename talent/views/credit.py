"""One's own credit: each point with what it rests on, and the way to have a bad record end early."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.people.views import citizens_only, refuse
from portal.refusals import RuleBroken
from talent import scores, workflow
from talent.forms.credit import RepairForm
from talent.models import Blacklisting, CreditRecord, Enterprise, Person
from talent.views.keeping import own_enterprise, user_of


@never_cache
@login_required
@citizens_only
@require_GET
def enterprise(request: HttpRequest, uscc: str) -> HttpResponse:
    return _credit(request, own_enterprise(request, uscc))


@never_cache
@login_required
@citizens_only
@require_GET
def person(request: HttpRequest) -> HttpResponse:
    return _credit(request, get_object_or_404(Person.objects.of_user(user_of(request))))


def _credit(request: HttpRequest, row: Enterprise | Person) -> HttpResponse:
    today = localdate()
    found = scores.score(row, today)
    for point in found.points:
        if point.record is not None:
            point.record.may_repair = not point.record.item.is_good and today >= point.record.repairable_from  # type: ignore[attr-defined]
    context = {
        "row": row,
        "enterprise": row if isinstance(row, Enterprise) else None,
        "score": found,
        "listed": Blacklisting.objects.in_force(today).of(row).first(),
        "today": today,
    }
    return render(request, "talent/own_credit.html", context)


@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def repair(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that a bad record end early."""
    user, today = user_of(request), localdate()
    theirs = CreditRecord.objects.in_use(today).filter(item__is_good=False)
    firms, people = Enterprise.objects.actable_by(user, today), Person.objects.of_user(user)
    theirs = theirs.filter(enterprise__in=firms) | theirs.filter(person__in=people)
    record = get_object_or_404(theirs.select_related("item", "enterprise", "person"), pk=pk)
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = RepairForm(*given)
    if request.method == "POST" and form.is_valid():
        try:
            made = workflow.ask_repair(record, **form.cleaned_data, by=user, at=timezone.now())
        except RuleBroken as refusal:
            refuse(form, refusal)
        else:
            due = f"，{made.clock.due_on:%Y年%-m月%-d日}前答复" if made.clock else ""
            messages.success(request, f"修复申请已提交{due}。")
            if record.enterprise is not None:
                return redirect("talent:own_credit", record.enterprise.uscc)
            return redirect("talent:person_credit")
    context = {"record": record, "form": form, "enterprise": record.enterprise}
    return render(request, "talent/repair.html", context, status=422 if form.errors else 200)
