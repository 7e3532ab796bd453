from typing import cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, user_passes_test
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from portal.people import acting, workflow
from portal.people.forms import EnterpriseForm, IdentityForm
from portal.people.models import Authorisation, AuthorisationRole, IdType, Party, User
from portal.refusals import RuleBroken

citizens_only = user_passes_test(
    lambda user: not user.is_authenticated or user.is_citizen, login_url="/admin/"
)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def refuse(form: forms.Form, refusal: RuleBroken) -> None:
    """Show a broken rule at the field it belongs to."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


@require_safe
def staff_door(request: HttpRequest) -> HttpResponse:
    """Where the workbench sends who may not enter: to sign in, or, signed in as a citizen, no further."""
    user = request.user
    if isinstance(user, User) and not user.is_staff:
        raise PermissionDenied("工作台只对工作人员开放。")
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("account_login") + (f"?{query}" if query else ""))


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: phone, password, second factor."""
    own = Party.objects.filter(user=_user(request)).first()
    return render(request, "people/account.html", {"own": own})


@login_required
@citizens_only
def identity(request: HttpRequest) -> HttpResponse:
    """One's own name and identity number, self-declared until checked at a window."""
    user = _user(request)
    own = Party.objects.filter(user=user).first()
    initial = (
        {"name": own.name, "id_type": own.id_type, "address": own.address} if own else {"name": user.name}
    )
    form = IdentityForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                workflow.declare_identity(user, **form.cleaned_data, at=timezone.now())
            except RuleBroken as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "身份信息已保存。")
                return redirect(_next(request, "people:parties"))
        status = 422
    context = {"form": form, "own": own, "next": request.GET.get("next") or request.POST.get("next", "")}
    return render(request, "people/identity.html", context, status=status)


@login_required
@citizens_only
@require_safe
def parties(request: HttpRequest) -> HttpResponse:
    """For whom one may act, and for whom one has asked to."""
    user, today = _user(request), timezone.localdate()
    standing = (
        Authorisation.objects.filter(user=user, withdrawn_at=None)
        .select_related("party")
        .order_by("requested_at")
    )
    context = {
        "own": Party.objects.filter(user=user).first(),
        "acting": acting.acting_party(request),
        "in_force": [row for row in standing if row.is_in_force(today)],
        "pending": [row for row in standing if row.verified_at is None],
        "past": Authorisation.objects.filter(user=user, withdrawn_at__isnull=False)
        .select_related("party")
        .order_by("-withdrawn_at")[:10],
    }
    return render(request, "people/parties.html", context)


@login_required
@citizens_only
def add_party(request: HttpRequest) -> HttpResponse:
    """Ask to act for an organisation; a clerk or its legal representative confirms."""
    form = EnterpriseForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                asked = _ask(request, form)
            except RuleBroken as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, f"已提交代办“{asked.party.name}”的申请，核验后即可办事。")
                return redirect("people:parties")
        status = 422
    return render(request, "people/add_party.html", {"form": form}, status=status)


def _ask(request: HttpRequest, form: EnterpriseForm) -> Authorisation:
    data = form.cleaned_data
    return workflow.ask_to_act_for(
        _user(request),
        kind=form.kind,
        applicant_type=data["applicant_type"],
        name=data["name"],
        id_type=IdType.USCC,
        id_number=data["id_number"],
        legal_representative=data["legal_representative"],
        role=data["role"],
        at=timezone.now(),
    )


@login_required
@citizens_only
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Choose for whom one acts from now on."""
    chosen = request.POST.get("party", "")
    try:
        party = acting.act_for(request, int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"现在以“{party.name}”的名义办事。")
    return redirect(_next(request, "people:parties"))


@login_required
@citizens_only
@require_safe
def party(request: HttpRequest, party_id: int) -> HttpResponse:
    """For the legal representative: who acts for the organisation, and who asks to."""
    found = _spoken_for(request, party_id)
    rows = found.authorisations.filter(withdrawn_at=None).select_related("user").order_by("requested_at")
    return render(request, "people/party.html", {"party": found, "rows": rows})


@login_required
@citizens_only
@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    authorisation = _reachable(request, pk)
    try:
        workflow.verify_authorisation(authorisation, by=_user(request), at=timezone.now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已同意{authorisation.user.name}代办“{authorisation.party.name}”。")
    return redirect("people:party", authorisation.party_id)


@login_required
@citizens_only
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once, then ends the authorisation at once."""
    authorisation = _reachable(request, pk)
    if request.method != "POST":
        return render(request, "people/withdraw.html", {"authorisation": authorisation})
    try:
        workflow.withdraw_authorisation(
            authorisation,
            reason=request.POST.get("reason", "").replace("\0", "")[:200],
            by=_user(request),
            at=timezone.now(),
        )
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已撤回代办“{authorisation.party.name}”的授权。")
    if authorisation.user_id != _user(request).pk:
        return redirect("people:party", authorisation.party_id)
    return redirect("people:parties")


def _spoken_for(request: HttpRequest, party_id: int) -> Party:
    """A party the user is the legal representative of; any other does not exist for them."""
    speaks = Authorisation.objects.in_force(timezone.localdate()).filter(
        user=_user(request), role=AuthorisationRole.LEGAL_REPRESENTATIVE
    )
    return get_object_or_404(Party, pk=party_id, pk__in=speaks.values("party_id"))


def _reachable(request: HttpRequest, pk: int) -> Authorisation:
    """One's own authorisation, or one for a party one speaks for."""
    found = get_object_or_404(Authorisation.objects.select_related("party", "user"), pk=pk)
    if found.user_id != _user(request).pk:
        try:
            _spoken_for(request, found.party_id)
        except Http404:
            raise Http404("没有这项授权。") from None
    return found


def _next(request: HttpRequest, default: str) -> str:
    wanted = request.POST.get("next", "")
    hosts = {request.get_host(), *(host for host in settings.ALLOWED_HOSTS if host != "*")}
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, hosts, request.is_secure())
    return wanted if ours else default
