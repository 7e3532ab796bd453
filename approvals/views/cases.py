"""Following a case: confirmation, progress, dates, papers, files, supplementing, withdrawing."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from approvals import access, workflow
from approvals.models import Case, CaseMaterial, CaseStatus
from approvals.timeline import timeline
from portal.papers import workflow as papers
from portal.papers.models import Paper
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import Clock


class TrackForm(forms.Form):
    number = forms.CharField(
        label="办件编号", help_text="14位数字，印在收件凭证上", max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 16}),
        error_messages={"required": "请填写办件编号"},
    )  # fmt: skip
    code = forms.CharField(
        label="查询码", help_text="在提交后的短信和收件凭证里", max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 8}),
        error_messages={"required": "请填写查询码"},
    )  # fmt: skip

    def clean_number(self) -> str:
        number = "".join(self.cleaned_data["number"].split())
        if not number.isdecimal() or len(number) != 14:
            raise forms.ValidationError(f"办件编号应为14位数字，现为{len(number)}位")
        return number

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


@never_cache
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """查办件进度: number and query code, no account needed."""
    form = TrackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            case = access.track(request, **form.cleaned_data, at=timezone.now())
        except RuleBroken as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("approvals:case", number=case.number)
    return render(request, "approvals/track.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Progress: the next step and its date on top, the story below."""
    found = access.readable_case(request, number)
    on = localdate()
    sentence, due_on = found.next_step(on)
    clock = Clock.objects.filter(pk=found.current_clock_id or 0).with_light(on).first()
    context = {
        "case": found,
        "sentence": sentence,
        "due_on": due_on,
        "clock": clock if clock and clock.closed_on is None else None,
        "timeline": timeline(found, audience="citizen"),
        "papers": list(Paper.objects.of(found)),
        "is_applicant": access.is_applicant(request, found),
        "may_withdraw": found.status in (CaseStatus.SUBMITTED, CaseStatus.SUPPLEMENT, CaseStatus.ACCEPTED),
        "supplement": found.open_supplement,
        "clocks": list(Clock.objects.of(found).order_by("pk")),
        "reversal": workflow.open_reversal(found),
        "reversed": workflow.standing_reversal(found),
    }
    return render(request, "approvals/case.html", context)


@never_cache
@login_required
@require_GET
def submitted(request: HttpRequest, number: str) -> HttpResponse:
    """Confirmation: number, query code, what happens next, whom to ask, the receipt."""
    found = access.own_case(request, number)
    if not access.is_applicant(request, found):
        raise Http404
    sentence, due_on = found.next_step(localdate())
    receipt = Paper.objects.of(found).filter(kind="receipt").first()
    context = {"case": found, "sentence": sentence, "due_on": due_on, "receipt": receipt}
    return render(request, "approvals/submitted.html", context)


@never_cache
@require_GET
def date_page(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """为什么是这一天: the same page for applicant, handler and supervisor."""
    found = access.readable_case(request, number)
    clock = get_object_or_404(Clock.objects.of(found), public_key=key)
    context = {
        "clock": clock,
        "explanation": clocks.explain(clock, on=localdate()),
        "subject": f"{found.item.name}（办件{found.number}）",
        "subject_url": reverse("approvals:case", args=[number]),
    }
    return render(request, "workdays/why.html", context)


@never_cache
@require_GET
def paper(request: HttpRequest, number: str, key: UUID) -> FileResponse:
    """An issued paper, made now if it is still due."""
    found = access.readable_case(request, number)
    wanted = get_object_or_404(Paper.objects.of(found), key=key)
    return papers.serve_paper(wanted, at=timezone.now(), inline="inline" in request.GET)


@never_cache
@require_GET
def file(request: HttpRequest, number: str, key: UUID) -> FileResponse:
    """A file the applicant handed in: for the applicant and the office, never by query code."""
    found = access.own_case(request, number)
    row = get_object_or_404(
        CaseMaterial.objects.select_related("attachment"), case=found, attachment__key=key
    )
    return papers.serve(row.attachment, inline=True)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def supplement(request: HttpRequest, number: str) -> HttpResponse:
    """补正: what is missing, one upload a material, then hand in once."""
    found = _applicants_case(request, number)
    asked = found.open_supplement
    if asked is None:
        messages.info(request, "这个办件现在不需要补充材料。")
        return redirect("approvals:case", number=number)
    refused: dict[str, str] = {}
    if request.method == "POST":
        refused = _take_supplement(request, found)
        if not refused:
            return redirect(
                "approvals:case" if "send" in request.POST else "approvals:supplement", number=number
            )
    given: dict[int, list[Any]] = {}
    for row in CaseMaterial.objects.filter(case=found).select_related("attachment").order_by("pk"):
        given.setdefault(row.material_id, []).append(row)
    lines = [
        {
            "material": m,
            "files": given.get(m.pk, []),
            "removable": [row for row in given.get(m.pk, []) if row.supplement_id == asked.pk],
            "error": refused.get(m.code, ""),
        }
        for m in found.asked_materials()
    ]
    context = {
        "case": found,
        "asked": asked,
        "lines": lines,
        "refused": refused,
        "clock": Clock.objects.filter(pk=found.current_clock_id or 0).with_light(localdate()).first(),
    }
    return render(request, "approvals/supplement.html", context, status=422 if refused else 200)


def _take_supplement(request: HttpRequest, found: Case) -> dict[str, str]:
    refused: dict[str, str] = {}
    user, at = _user(request), timezone.now()
    remove = request.POST.get("remove", "")
    if remove.isdecimal() and len(remove) < 19 and (row := found.materials.filter(pk=int(remove)).first()):
        try:
            workflow.remove_supplement_file(row, by=user, at=at)
        except RuleBroken as refusal:
            refused["materials"] = str(refusal)
    for material in found.asked_materials():
        for upload in request.FILES.getlist(f"file-{material.code}"):
            try:
                workflow.add_supplement_file(found, material=material.code, file=upload, by=user, at=at)
            except RuleBroken as refusal:
                refused[material.code] = str(refusal)
    if "send" in request.POST and not refused:
        try:
            workflow.receive_supplement(found, by=user, at=at)
        except RuleBroken as refusal:
            refused["materials"] = str(refusal)
        else:
            messages.success(request, "补充材料已提交，受理时限继续计算。")
    return refused


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="撤回原因", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """撤回申请, asked once with what it means."""
    found = _applicants_case(request, number)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            workflow.withdraw(found, reason=form.cleaned_data["reason"], by=_user(request), at=timezone.now())
        except RuleBroken as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"办件{number}的申请已撤回。需要时可以重新申请。")
            return redirect("approvals:case", number=number)
    return render(
        request, "approvals/withdraw.html", {"case": found, "form": form}, status=422 if form.errors else 200
    )


class StatementForm(forms.Form):
    text = forms.CharField(
        label="陈述、申辩意见", max_length=2000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="写明您认为的事实、理由和依据；提交后不能修改。",
        error_messages={"required": "请填写陈述、申辩意见"},
    )  # fmt: skip


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def statement(request: HttpRequest, number: str) -> HttpResponse:
    """陈述申辩, before a licence is taken back."""
    found = _applicants_case(request, number)
    reversal = workflow.open_reversal(found)
    if reversal is None or not reversal.is_heard or reversal.stated_at:
        messages.info(request, "现在没有需要您陈述、申辩的事项。")
        return redirect("approvals:case", number=number)
    form = StatementForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            workflow.make_statement(
                found, text=form.cleaned_data["text"], by=_user(request), at=timezone.now()
            )
        except RuleBroken as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, "您的陈述、申辩意见已提交，办理机关将听取后作出决定。")
            return redirect("approvals:case", number=number)
    context = {"case": found, "reversal": reversal, "form": form}
    return render(request, "approvals/statement.html", context, status=422 if form.errors else 200)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (login_required went before)
    return request.user


def _applicants_case(request: HttpRequest, number: str) -> Case:
    found = access.own_case(request, number)
    if not access.is_applicant(request, found):
        raise Http404
    return found
