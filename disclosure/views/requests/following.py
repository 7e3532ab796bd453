"""Following a request: progress, dates, letters, correcting, withdrawing; and the replies shown to everyone."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from disclosure import request_access as access
from disclosure.forms.requests import FollowForm, WithdrawForm
from disclosure.models import InformationRequest, RecordCorrection, RequestFile, RequestReply
from disclosure.models.requests import FilePurpose, RequestStatus
from disclosure.request_timeline import next_step, timeline
from disclosure.workflow import requests as workflow
from portal.paging import NEWEST_KEY_FIRST, walk
from portal.papers import workflow as papers
from portal.papers.models import Paper
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import Clock

A_PAGE = 20
# Letters to others than the applicant.
TO_OTHERS = ("foi_consult", "foi_third_party")


@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """查申请进度: number and query code, no account needed."""
    form = FollowForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            found = access.track(request, **form.cleaned_data, at=timezone.now())
        except RuleBroken as refusal:
            form.add_error(None, str(refusal))
        else:
            name = "record" if isinstance(found, RecordCorrection) else "progress"
            return redirect(f"disclosure:{name}", number=found.number)
    return render(
        request, "disclosure/requests/follow.html", {"form": form}, status=422 if form.errors else 200
    )


@never_cache
@require_GET
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """The next step and its date on top, the story below."""
    found = access.readable(request, number)
    on = localdate()
    sentence, due_on = next_step(found, on)
    clock = Clock.objects.filter(pk=found.current_clock_id or 0).with_light(on).first()
    letters = list(Paper.objects.of(found).exclude(kind__in=TO_OTHERS))
    context = {
        "found": found,
        "sentence": sentence,
        "letter": _letter_of(found, letters),
        "letter_name": "收费通知" if found.status == RequestStatus.PAYMENT else "告知书",
        "ended": found.status in (RequestStatus.ABANDONED, RequestStatus.WITHDRAWN),
        "due_on": due_on,
        "clock": clock if clock and clock.closed_on is None else None,
        "timeline": timeline(found, audience="citizen"),
        "papers": letters,
        "files": found.files.filter(purpose=FilePurpose.REPLY).select_related("attachment").order_by("pk"),
        "is_applicant": access.is_applicant(request, found),
        "fee": found.open_fee if found.status == RequestStatus.PAYMENT else None,
        "asked": found.asked_correction if found.status == RequestStatus.CORRECTION else None,
        "reasons": found.asked_reasons if found.status == RequestStatus.REASONS else None,
        "clocks": list(Clock.objects.of(found).order_by("pk")),
    }
    return render(request, "disclosure/requests/progress.html", context)


def _letter_of(found: InformationRequest, letters: list[Paper]) -> Paper | None:
    """What the present step is about: the reply, or the notice of the fee to be paid."""
    if found.status == RequestStatus.REPLIED:
        words = getattr(found, "reply_words", None)
        return next((paper for paper in letters if words and paper.pk == words.paper_id), None)
    if found.status == RequestStatus.PAYMENT:
        return next((paper for paper in letters if paper.kind == "foi_fee"), None)
    return None


@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """撤回申请, asked once with what it means."""
    found = access.own(request, number)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            workflow.withdraw(
                found, reason=form.cleaned_data["reason"], by=_citizen(request), at=timezone.now()
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"申请{number}已经撤回。需要时可以重新提出。")
            return redirect("disclosure:progress", number=number)
    context = {"found": found, "form": form}
    return render(request, "disclosure/requests/withdraw.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
def date_page(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """为什么是这一天: the same page for applicant, handler and supervisor."""
    found = access.readable(request, number)
    clock = get_object_or_404(Clock.objects.of(found), public_key=key)
    context = {
        "clock": clock,
        "explanation": clocks.explain(clock, on=localdate()),
        "subject": f"政府信息公开申请{found.number}",
        "subject_url": reverse("disclosure:progress", args=[number]),
    }
    return render(request, "workdays/why.html", context)


@never_cache
@require_GET
def paper(request: HttpRequest, number: str, key: UUID) -> FileResponse:
    """An issued letter, made now if it is still due; those to others only for the office."""
    found = access.readable(request, number)
    letters = Paper.objects.of(found)
    if access.is_applicant(request, found):
        letters = letters.exclude(kind__in=TO_OTHERS)
    wanted = get_object_or_404(letters, key=key)
    return papers.serve_paper(wanted, at=timezone.now(), inline="inline" in request.GET)


@never_cache
@require_GET
def file(request: HttpRequest, number: str, key: UUID) -> FileResponse:
    """What was handed over goes to all who may follow; what was handed in, to account and office only."""
    found = access.readable(request, number)
    files = RequestFile.objects.filter(request=found, attachment__key=key).select_related("attachment")
    files = files.shown_to(request.user)
    if not InformationRequest.objects.visible_to(request.user).filter(pk=found.pk).exists():
        files = files.filter(purpose=FilePurpose.REPLY)
    if access.is_applicant(request, found):
        files = files.exclude(purpose=FilePurpose.DRAFT)  # not before it is signed
    row = files.order_by("pk").first()
    if row is None:
        raise Http404
    return papers.serve(row.attachment, inline=True)


@never_cache
@require_GET
def record(request: HttpRequest, number: str) -> HttpResponse:
    """更正申请: where it stands, and its answer."""
    found = access.readable_record(request, number)
    clock = Clock.objects.filter(pk=found.clock_id or 0).with_light(localdate()).first()
    is_staff = getattr(request.user, "is_staff", False)
    context = {"found": found, "clock": clock, "is_staff": is_staff}
    return render(request, "disclosure/requests/record.html", context)


@require_GET
def replies(request: HttpRequest) -> HttpResponse:
    """Replies the office shows to everyone: only the words chosen for that, newest first."""
    rows = RequestReply.objects.filter(published_at__isnull=False).order_by("-pk")
    shown = rows.select_related("request__department").only(
        "published_at", "published_title", "published_text", "request__reply", "request__replied_on",
        "request__department__name",
    )  # fmt: skip
    walked = walk(shown, NEWEST_KEY_FIRST, request.GET, size=A_PAGE)
    context = {"replies": walked.rows, "page": walked.links}
    return render(request, "disclosure/requests/replies.html", context)


def _citizen(request: HttpRequest) -> User | None:
    """None for one known only by number and code."""
    user = request.user
    return user if isinstance(user, User) and user.is_citizen else None
