"""我的企业和人员登记: what stands in the registries about one's own enterprises and oneself."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Model
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.paging import NEWEST_KEY_FIRST, walk
from portal.papers import workflow as papers
from portal.people.models import Party, PartyKind, User
from portal.people.views import citizens_only, refuse
from portal.refusals import RuleBroken
from talent import catalogue, workflow
from talent.forms.keeping import CompleteForm, DeclareForm, EndForm, ProposeForm, RowForm
from talent.models import Described, Enterprise, Invitation, Person, Project, Proposal
from talent.workflow.facts import why_locked
from talent.workflow.keeping import Section

A_PAGE = 20
MOST = 50  # of one's own enterprises, shown at once


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def own_enterprise(request: HttpRequest, uscc: str) -> Enterprise:
    """An enterprise the visitor may act for today; any other does not exist for them."""
    found = Enterprise.objects.actable_by(user_of(request), localdate()).select_related("party", "origin")
    return cast(Enterprise, get_object_or_404(found, uscc=uscc))


def keyset(request: HttpRequest, rows: Any) -> tuple[list[Any], dict[str, str]]:
    """One page of rows in falling order of their key, and the addresses around it."""
    walked = walk(rows.order_by("-pk"), NEWEST_KEY_FIRST, request.GET, size=A_PAGE)
    return walked.rows, walked.links


@never_cache
@login_required
@citizens_only
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's enterprises, one's own record, and what waits for one's answer."""
    user, today = user_of(request), localdate()
    parties = list(Party.objects.actable_by(user, today).order_by("name", "pk")[:MOST])
    enterprises = {row.party_id: row for row in Enterprise.objects.live().filter(party__in=parties)}
    own = next((party for party in parties if party.user_id == user.pk), None)
    firms = [party for party in parties if party.kind != PartyKind.NATURAL]
    context = {
        "lines": [(party, enterprises.get(party.pk)) for party in firms],
        "own": own,
        "person": Person.objects.of_user(user).first(),
        "asked": Invitation.objects.waiting()
        .filter(party__user=user)
        .select_related("enterprise")
        .order_by("-pk")[:A_PAGE],
    }
    return render(request, "talent/mine.html", context)


@require_POST
@login_required
@citizens_only
def enter(request: HttpRequest) -> HttpResponse:
    """Put a party one may act for, or oneself, on the register."""
    chosen = request.POST.get("party", "")
    pk = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 18 else 0
    party = get_object_or_404(Party.objects.actable_by(user_of(request), localdate()), pk=pk)
    try:
        row = workflow.enter_own(party, by=user_of(request), at=timezone.now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect("talent:mine")
    messages.success(request, f"“{party.name}”已入库，请补充登记信息。")
    if isinstance(row, Person):
        return redirect("talent:own_person")
    return redirect("talent:own_enterprise", row.uscc)


@never_cache
@login_required
@citizens_only
@require_GET
def enterprise(request: HttpRequest, uscc: str) -> HttpResponse:
    """The enterprise's record with who said what; the way to each of its parts."""
    found, today = own_enterprise(request, uscc), localdate()
    sections = [(section, getattr(found, section.related).live().count()) for section in SECTIONS]
    context = {
        "enterprise": found,
        "facts": found.own_facts(),
        "sections": sections,
        "staff_count": found.employments.in_force(today).count(),
        "waiting": found.invitations.waiting().count(),
        "qualifications": found.qualifications.in_force(today)
        .select_related("category", "origin")
        .order_by("pk"),
        "permits": found.safety_permits.in_force(today).select_related("origin").order_by("pk"),
        "proposals": found.proposals.order_by("-pk")[:5],
        "shortfalls": catalogue.shortfalls(found),
    }
    return render(request, "talent/own_enterprise.html", context)


SECTIONS = [section for section in workflow.SECTIONS.values() if section.is_declared]


@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def facts(request: HttpRequest, uscc: str) -> HttpResponse:
    found = own_enterprise(request, uscc)
    return _declare(request, found, "talent:own_enterprise", found.uscc, context={"enterprise": found})


def _declare(request: HttpRequest, row: Described, onward: str, *args: Any, context: Any) -> HttpResponse:
    form = DeclareForm(request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            changed = workflow.declare(row, form.cleaned_data, by=user_of(request), at=timezone.now())
        except RuleBroken as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已保存：{'、'.join(changed)}。" if changed else "内容没有变化。")
            return redirect(onward, *args)
    context |= {"form": form, "locked": [fact for fact in row.own_facts() if not fact.is_open], "row": row}
    return render(request, "talent/facts.html", context, status=422 if form.errors else 200)


@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest) -> HttpResponse:
    """One's own record in the people registry, with what one may state oneself."""
    user, today = user_of(request), localdate()
    found = get_object_or_404(Person.objects.of_user(user).select_related("party", "origin"))
    context = {
        "person": found,
        "employments": found.employments.in_force(today).select_related("enterprise").order_by("-pk"),
        "registrations": found.registrations.in_force(today)
        .select_related("enterprise", "origin")
        .order_by("-pk"),
        "certificates": found.safetycertificates.in_force(today)
        .select_related("enterprise", "origin")
        .order_by("-pk"),
        "trades": found.specialtrades.in_force(today).select_related("origin").order_by("-pk"),
        "proposals": found.proposals.order_by("-pk")[:5],
        "idle": set(found.registrations.in_force(today).values_list("pk", flat=True))
        - set(found.registrations.counting(today).values_list("pk", flat=True)),
        "career": [
            (section, getattr(found, section.related).live().count()) for section in workflow.CAREER.values()
        ],
    }
    return _declare(request, found, "talent:own_person", context=context)


@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, uscc: str, field: str) -> HttpResponse:
    found = own_enterprise(request, uscc)
    return _propose(request, found, field, "talent:own_enterprise", found.uscc)


@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def propose_person(request: HttpRequest, field: str) -> HttpResponse:
    found = get_object_or_404(Person.objects.of_user(user_of(request)).select_related("party", "origin"))
    return _propose(request, found, field, "talent:own_person")


def _propose(request: HttpRequest, row: Described, field: str, onward: str, *args: Any) -> HttpResponse:
    fact = next((one for one in row.own_facts() if one.field == field), None)
    if fact is None:
        raise Http404
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ProposeForm(*given, row=row, field=field)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = workflow.propose(
                row, field, data["value"], reason=data["reason"], evidence=data["evidence"],
                by=user_of(request), at=timezone.now(),
            )  # fmt: skip
        except RuleBroken as refusal:
            refuse(form, RuleBroken(str(refusal), field=refusal.field.replace("file", "evidence")))
        else:
            due = f"，{made.department}将于{made.clock.due_on:%Y年%-m月%-d日}前答复" if made.clock else ""
            messages.success(request, f"变更申请{made.number}已提交{due}。")
            return redirect(onward, *args)
    context = {
        "form": form,
        "fact": fact,
        "row": row,
        "enterprise": row if isinstance(row, Enterprise) else None,
    }
    return render(request, "talent/propose.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
@citizens_only
def withdraw_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what the office has not decided yet."""
    user = user_of(request)
    firms, people = Enterprise.objects.actable_by(user, localdate()), Person.objects.of_user(user)
    theirs = Proposal.objects.filter(enterprise__in=firms) | Proposal.objects.filter(person__in=people)
    proposal = get_object_or_404(theirs.select_related("enterprise", "person"), pk=pk)
    try:
        workflow.withdraw_proposal(proposal, by=user, at=timezone.now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"变更申请{proposal.number}已撤回，登记内容不变。")
    if proposal.enterprise is not None:
        return redirect("talent:own_enterprise", proposal.enterprise.uscc)
    return redirect("talent:own_person")


def _section(code: str) -> Section:
    if code not in workflow.SECTIONS:
        raise Http404
    return workflow.SECTIONS[code]


@never_cache
@login_required
@citizens_only
@require_GET
def rows(request: HttpRequest, uscc: str, section: str) -> HttpResponse:
    """The rows of one kind, newest first, each with who stated it."""
    found, kind = own_enterprise(request, uscc), _section(section)
    listed = getattr(found, kind.related).live().select_related("origin__department", "origin__party")
    if kind.code == "files":
        listed = listed.select_related("attachment")
    shown, page = keyset(request, listed)
    lines = [(row, said_of(row, kind)) for row in shown]
    context = {"enterprise": found, "section": kind, "lines": lines, "page": page}
    return render(request, "talent/own_rows.html", context)


def said_of(row: Model, section: Section) -> list[tuple[str, str]]:
    """Label and value of each column that says something, without the one that names the row."""
    columns = [*section.fields[1:], *(["completed_on"] if section.code == "projects" else [])]
    said = []
    for name in columns:
        if (value := getattr(row, name)) not in (None, ""):
            shown = getattr(row, f"get_{name}_display", lambda value=value: value)()
            said.append((str(row._meta.get_field(name).verbose_name), shown))  # type: ignore[union-attr]
    return said


@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def add_row(request: HttpRequest, uscc: str, section: str) -> HttpResponse:
    found, kind = own_enterprise(request, uscc), _section(section)
    if not kind.is_declared:
        raise Http404
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = RowForm(*given, section=kind)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        file = values.pop("file", None)
        try:
            row = workflow.add_row(
                found, kind.code, values, file=file, by=user_of(request), at=timezone.now()
            )
        except RuleBroken as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已添加“{row}”。")
            return redirect("talent:own_rows", found.uscc, kind.code)
    context = {"enterprise": found, "section": kind, "form": form}
    return render(request, "talent/add_row.html", context, status=422 if form.errors else 200)


@login_required
@citizens_only
@require_http_methods(["GET", "POST"])
def end_row(request: HttpRequest, uscc: str, section: str, pk: int) -> HttpResponse:
    """Put a row away with a reason; a running project may be completed instead.

    Of what an authority wrote the page says who did, and by which way it can be changed.
    """
    found, kind = own_enterprise(request, uscc), _section(section)
    row = get_object_or_404(getattr(found, kind.related).live().select_related("origin"), pk=pk)
    running = isinstance(row, Project) and row.completed_on is None
    completing = running and "complete" in request.POST
    form: forms.Form = EndForm(request.POST if request.method == "POST" and not completing else None)
    done = CompleteForm(request.POST if completing else None, prefix="done") if running else None
    active = done if completing else form
    if request.method == "POST" and active is not None and active.is_valid():
        by, at = user_of(request), timezone.now()
        try:
            if completing:
                workflow.complete_own(cast(Project, row), on=active.cleaned_data["on"], by=by, at=at)
            else:
                workflow.end_row(row, reason=active.cleaned_data["reason"], by=by, at=at)
        except RuleBroken as refusal:
            refuse(active, refusal)
        else:
            messages.success(request, f"“{row}”已登记竣工。" if completing else f"“{row}”已停用。")
            return redirect("talent:own_rows", found.uscc, kind.code)
    wrong = bool(active is not None and active.errors)
    context = {
        "enterprise": found, "section": kind, "row": row, "form": form, "done": done,
        "locked": why_locked(row),
    }  # fmt: skip
    return render(request, "talent/end_row.html", context, status=422 if wrong else 200)


@login_required
@citizens_only
@require_GET
def file(request: HttpRequest, uscc: str, key: UUID) -> FileResponse:
    """A file of one's own enterprise."""
    found = own_enterprise(request, uscc)
    row = get_object_or_404(found.files.select_related("attachment"), attachment__key=key)
    return papers.serve(row.attachment, inline=True)
