"""Who works at one's enterprise; who is asked to come and to go; the person's own answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.people.views import citizens_only, refuse
from portal.refusals import RuleBroken
from talent import workflow
from talent.departures import would_lack
from talent.forms.keeping import AnswerForm, InviteForm, LeaveForm, ReleaseForm
from talent.models import Employment, Invitation
from talent.views.keeping import keyset, own_enterprise, user_of


@never_cache
@login_required
@citizens_only
@require_GET
def staff(request: HttpRequest, uscc: str) -> HttpResponse:
    """Who works here today, and the invitations that wait or were answered lately."""
    found, today = own_enterprise(request, uscc), localdate()
    shown, page = keyset(request, found.employments.in_force(today).select_related("person"))
    people = [row.person_id for row in shown]
    held: dict[int, list[str]] = {}
    for related in (found.registrations, found.safety_certificates):
        for row in related.in_force(today).filter(person__in=people).order_by("pk"):
            held.setdefault(row.person_id, []).append(str(row))
    context = {
        "enterprise": found,
        "lines": [(row, "、".join(held.get(row.person_id, []))) for row in shown],
        "page": page,
        "invitations": found.invitations.select_related("party").order_by("-pk")[:10],
    }
    return render(request, "talent/own_staff.html", context)


@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, uscc: str) -> HttpResponse:
    """Ask a person by name and number to join."""
    found = own_enterprise(request, uscc)
    form = InviteForm(request.POST if request.method == "POST" else None, initial={"on": localdate()})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            party = workflow.find_party(data.pop("name"), data.pop("number"))
            workflow.invite(found, party, **data, by=user_of(request), at=timezone.now())
        except RuleBroken as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已邀请{party.name}，本人登录确认后登记任职。")
            return redirect("talent:own_staff", found.uscc)
    context = {"enterprise": found, "form": form}
    return render(request, "talent/invite.html", context, status=422 if form.errors else 200)


@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, uscc: str, pk: int) -> HttpResponse:
    """Ask a person to confirm their departure; what would then be lacking is said first."""
    found, today = own_enterprise(request, uscc), localdate()
    row = get_object_or_404(found.employments.in_force(today).select_related("person"), pk=pk)
    form = ReleaseForm(request.POST if request.method == "POST" else None, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        try:
            workflow.ask_release(row, **form.cleaned_data, by=user_of(request), at=timezone.now())
        except RuleBroken as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已请{row.person.name}确认离职，本人确认后登记。")
            return redirect("talent:own_staff", found.uscc)
    context = {"enterprise": found, "employment": row, "form": form, "effects": would_lack(row, today)}
    return render(request, "talent/release.html", context, status=422 if form.errors else 200)


@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own departure: what it does is said first, then it is confirmed."""
    today = localdate()
    running = Employment.objects.in_force(today).filter(person__party__user=user_of(request))
    row = get_object_or_404(running.select_related("person", "enterprise"), pk=pk)
    form = LeaveForm(request.POST if request.method == "POST" else None, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        try:
            workflow.leave(row, on=form.cleaned_data["on"], by=user_of(request), at=timezone.now())
        except RuleBroken as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已登记您自{row.enterprise}离职，并已告知该单位。")
            return redirect("talent:own_person")
    context = {"employment": row, "form": form, "effects": would_lack(row, today)}
    return render(request, "talent/leave.html", context, status=422 if form.errors else 200)


ANSWERS = {"accept": "已同意，并已告知该单位。", "decline": "已答复不同意。", "withdraw": "已撤回。"}


@never_cache
@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """One invitation: the person answers it, the enterprise may take it back."""
    user, today = user_of(request), localdate()
    asked = Invitation.objects.visible_to(user, today).select_related(
        "enterprise", "party", "employment__person", "employment__enterprise"
    )
    found = get_object_or_404(asked, key=key)
    is_theirs = found.party.user_id == user.pk
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = request.POST.get("deed", "")
        if answer not in ANSWERS or (answer == "withdraw") == is_theirs:
            raise Http404
        at = timezone.now()
        try:
            if answer == "accept":
                workflow.accept(found, by=user, at=at)
            elif answer == "decline":
                workflow.decline(found, answer=form.cleaned_data["answer"], by=user, at=at)
            else:
                workflow.withdraw_invitation(found, by=user, at=at)
        except RuleBroken as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, ANSWERS[answer])
            if is_theirs:
                return redirect("talent:mine")
            return redirect("talent:own_staff", found.enterprise.uscc)
    leaving = found.employment
    context = {
        "invitation": found, "is_theirs": is_theirs, "form": form,
        "effects": would_lack(leaving, today) if leaving and found.is_open else [],
    }  # fmt: skip
    return render(request, "talent/invitation.html", context, status=422 if form.errors else 200)
