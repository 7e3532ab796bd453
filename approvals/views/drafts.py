"""Applying: choose, fill in, attach, pre-check, check, submit once. Saved at every step."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST

from approvals import workflow
from approvals.forms import draft_page_form, page_faults, shown_answers
from approvals.models import Draft, DraftMaterial, ItemVersion
from portal.people.acting import acting_party
from portal.people.models import Party, User
from portal.refusals import RuleBroken


class StartForm(forms.Form):
    """Whom the application is for and which situation it is."""

    party = forms.ModelChoiceField(
        label="申请人", queryset=Party.objects.none(), empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": "请选择申请人", "invalid_choice": "请在列出的申请人中选择"},
    )  # fmt: skip
    situation = forms.ChoiceField(
        label="办理情形", widget=forms.RadioSelect,
        error_messages={"required": "请选择办理情形", "invalid_choice": "请在列出的情形中选择"},
    )  # fmt: skip

    def __init__(self, *args: Any, version: ItemVersion, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = parties  # type: ignore[attr-defined]
        situations = [(s.code, s.name) for s in version.situations.all()]
        if situations:
            self.fields["situation"].choices = situations  # type: ignore[attr-defined]
        else:
            del self.fields["situation"]


def _applicants(user: User, version: ItemVersion) -> Any:
    parties = Party.objects.actable_by(user, localdate())
    if version.applicant_kinds:
        parties = parties.filter(kind__in=version.applicant_kinds)
    return parties.order_by("kind", "name")


@login_required
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the applicant and the situation; POST makes the draft."""
    user = _citizen(request)
    version = get_object_or_404(ItemVersion.objects.current().with_contents(), item__code=code)
    parties = _applicants(user, version)
    acting = acting_party(request)
    initial = {"party": acting.pk if acting and parties.filter(pk=acting.pk).exists() else parties.first()}
    form = StartForm(request.POST or None, version=version, parties=parties, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            draft = workflow.begin_draft(
                version,
                party=form.cleaned_data["party"],
                situation=form.cleaned_data.get("situation", ""),
                by=user,
                at=timezone.now(),
            )
        except RuleBroken as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return redirect("approvals:draft_form", key=draft.key, page=1)
    unfinished = Draft.objects.visible_to(user, localdate()).unsubmitted().filter(version__item=version.item)
    context = {
        "version": version,
        "form": form,
        "parties": parties,
        "unfinished": list(unfinished.select_related("party", "situation").order_by("-saved_at")[:3]),
    }
    return render(request, "approvals/apply.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, key: UUID, page: int) -> HttpResponse:
    """One page of the application form; saving is going on."""
    draft = _draft(request, key)
    pages = draft.version.form_pages
    if not 1 <= page <= len(pages):
        raise Http404
    filled = draft_page_form(draft, page, request.POST if request.method == "POST" else None)
    if request.method == "POST" and filled.is_valid():
        try:
            workflow.save_step(
                draft, page=page, answers=filled.stored(), by=_citizen(request), at=timezone.now()
            )
        except RuleBroken as refusal:
            filled.add_error(None, str(refusal))
        else:
            return redirect(_after_page(draft, page))
    context = {
        **_frame(draft, f"form{page}"),
        "form": filled,
        "page": pages[page - 1],
        "back": _step_url(draft, f"form{page - 1}") if page > 1 else "",
    }
    return render(request, "approvals/draft_form.html", context, status=422 if filled.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def materials(request: HttpRequest, key: UUID) -> HttpResponse:
    """Attach, reuse or remove files; every change is kept at once, one fault never costs the others."""
    draft = _draft(request, key)
    user, refused = _citizen(request), {}
    if request.method == "POST":
        refused = _take_files(request, draft, user)
        if not refused:
            onward = "go" in request.POST
            return redirect("approvals:draft_precheck" if onward else "approvals:draft_materials", key=key)
    given: dict[int, list[DraftMaterial]] = {}
    for row in draft.materials.select_related("attachment").order_by("pk"):
        given.setdefault(row.material_id, []).append(row)
    reusable = workflow.reusable_files(draft)
    lines = [
        {
            "material": material,
            "files": given.get(material.pk, []),
            "reusable": [
                row for row in reusable.get(material.code, [])[:5]
                if row.attachment_id not in {f.attachment_id for f in given.get(material.pk, [])}
            ],
            "error": refused.get(material.code, ""),
        }
        for material in draft.asked_materials()
    ]  # fmt: skip
    context = {**_frame(draft, "materials"), "lines": lines, "refused": refused}
    return render(request, "approvals/draft_materials.html", context, status=422 if refused else 200)


def _take_files(request: HttpRequest, draft: Draft, user: User) -> dict[str, str]:
    """What was refused, by material code."""
    refused: dict[str, str] = {}
    at = timezone.now()
    remove = request.POST.get("remove", "")
    if remove.isdecimal() and len(remove) < 19 and (row := draft.materials.filter(pk=int(remove)).first()):
        workflow.remove_material(row, by=user, at=at)
    reusable = {
        str(row.pk): (code, row) for code, rows in workflow.reusable_files(draft).items() for row in rows
    }
    for chosen in request.POST.getlist("reuse"):
        if chosen in reusable:
            code, earlier = reusable[chosen]
            _try(refused, code, draft, reuse=earlier.attachment, by=user, at=at)
    for material in draft.asked_materials():
        for file in request.FILES.getlist(f"file-{material.code}"):
            _try(refused, material.code, draft, file=file, by=user, at=at)
    return refused


def _try(refused: dict[str, str], code: str, draft: Draft, **kwargs: Any) -> None:
    try:
        workflow.add_material(draft, material=code, **kwargs)
    except RuleBroken as refusal:
        refused[code] = str(refusal)


@login_required
@require_http_methods(["GET"])
def precheck(request: HttpRequest, key: UUID) -> HttpResponse:
    """预审: every unmet condition with its reason and cure, before anything is submitted."""
    draft = _draft(request, key)
    findings = workflow.precheck(draft, on=localdate())
    context = {
        **_frame(draft, "precheck"),
        "unmet": [finding for finding in findings if finding.result == "not_met"],
        "unknown": [finding for finding in findings if finding.result == "cannot_tell"],
        "met": [finding for finding in findings if finding.result == "met"],
        "faults": _fault_links(draft),
    }
    return render(request, "approvals/draft_precheck.html", context)


@login_required
@require_http_methods(["GET"])
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """核对页: everything on one page, each part with 修改."""
    draft = _draft(request, key)
    return render(request, "approvals/draft_check.html", _check_context(draft))


@login_required
@require_POST
def submit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Submit once: a double click, a second tab or a replay lands on the same case."""
    draft = _draft(request, key, submitted=True)
    if not request.POST.get("promise") and not draft.submitted_case_id:
        refusal = "请先勾选承诺，再提交申请。"
        return render(
            request, "approvals/draft_check.html", {**_check_context(draft), "refusal": refusal}, status=422
        )
    try:
        case = workflow.submit(draft, by=_citizen(request), at=timezone.now())
    except RuleBroken as refused:
        if refused.field == "version":
            workflow.carry_over(draft, by=_citizen(request), at=timezone.now())
            messages.warning(request, f"{refused}您填写的内容已经保留。")
            return redirect("approvals:draft_form", key=key, page=1)
        context = {**_check_context(draft), "refusal": str(refused)}
        return render(request, "approvals/draft_check.html", context, status=422)
    return redirect("approvals:submitted", number=case.number)


@login_required
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """放弃草稿, asked once."""
    draft = _draft(request, key)
    if request.method == "POST":
        workflow.discard(draft, by=_citizen(request), at=timezone.now())
        messages.success(request, f"已放弃《{draft.version.name}》的草稿。")
        return redirect("site:my")
    return render(request, "approvals/draft_discard.html", {"draft": draft, "version": draft.version})


def _citizen(request: HttpRequest) -> User:
    """Only public accounts apply; staff are told so by the 403 page."""
    user = request.user
    if not isinstance(user, User) or not user.is_citizen:
        from django.core.exceptions import PermissionDenied

        raise PermissionDenied("工作人员账号不能提交申请，请使用个人账号。")
    return user


def _draft(request: HttpRequest, key: UUID, *, submitted: bool = False) -> Draft:
    drafts = Draft.objects.visible_to(_citizen(request), localdate())
    if not submitted:
        drafts = drafts.unsubmitted()
    return get_object_or_404(
        drafts.select_related("version__item__department", "party", "situation"), key=key
    )


def _step_url(draft: Draft, step: str) -> str:
    if step.startswith("form"):
        return reverse("approvals:draft_form", args=[draft.key, int(step[4:])])
    return reverse(f"approvals:draft_{step}", args=[draft.key])


def _after_page(draft: Draft, page: int) -> str:
    last = page >= len(draft.version.form_pages)
    return _step_url(draft, "materials" if last else f"form{page + 1}")


def _frame(draft: Draft, now: str) -> dict[str, Any]:
    """The draft with its step list: done up to where it was saved, the rest to do."""
    names = [(f"form{n}", page["title"]) for n, page in enumerate(draft.version.form_pages, start=1)]
    names += [("materials", "上传材料"), ("precheck", "预先检查"), ("check", "核对并提交")]
    here = [name for name, _ in names].index(now)
    steps = []
    for place, (name, label) in enumerate(names):
        reached = place < here or (name.startswith("form") and place < draft.step)
        state = "now" if place == here else "done" if reached else "todo"
        steps.append({"label": label, "state": state, "url": _step_url(draft, name) if reached else ""})
    return {"draft": draft, "version": draft.version, "steps": steps}


def _fault_links(draft: Draft) -> list[dict[str, str]]:
    return [
        {"text": f"第{page}页：{said}", "href": _step_url(draft, f"form{page}")}
        for page, faults in page_faults(draft).items()
        for texts in faults.values()
        for said in texts
    ]


def _check_context(draft: Draft) -> dict[str, Any]:
    pages = shown_answers(draft.version, draft.answers, draft.situation_code)
    return {
        **_frame(draft, "check"),
        "pages": [
            (title, lines, _step_url(draft, f"form{n}")) for n, (title, lines) in enumerate(pages, start=1)
        ],
        "files": list(
            draft.materials.select_related("material", "attachment").order_by("material__order", "pk")
        ),
        "missing": workflow.missing_materials(draft),
        "faults": _fault_links(draft),
    }
