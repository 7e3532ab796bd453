"""我的办事: what needs me now, what is on its way, what I was told."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from approvals.models import Case, CaseStatus, Draft
from approvals.models.codes import OPEN
from disclosure.models import InformationRequest
from disclosure.request_timeline import next_step
from portal.notices import workflow as notices
from portal.notices.models import Notice
from portal.paging import NEWEST_KEY_FIRST, walk
from portal.people.models import User
from portal.workdays.models import Clock

A_PAGE = 20
MOST_OPEN = 100


@never_cache
@login_required
@require_GET
def my(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not isinstance(user, User) or not user.is_citizen:
        return render(request, "site/my_staff.html")
    today = localdate()
    cases = list(_cases(user, today).filter(status__in=OPEN).order_by("-pk")[:MOST_OPEN])
    for case in cases:
        case.sentence, case.due_on = case.next_step(today)
    ended = _cases(user, today).exclude(status__in=OPEN).prefetch_related("reversals")
    finished, page = _keyset(request, ended.order_by("-pk"))
    told = Notice.objects.in_site_for(user)
    context = {
        "drafts": Draft.objects.visible_to(user, today)
        .unsubmitted()
        .select_related("version__item", "party")
        .order_by("-saved_at")[:A_PAGE],
        "waiting": [case for case in cases if case.status == CaseStatus.SUPPLEMENT],
        "running": [case for case in cases if case.status != CaseStatus.SUPPLEMENT],
        "finished": finished,
        "page": page,
        "requests": _requests(user, today),
        "unread": told.unread()[:3],
        "unread_count": told.unread().count(),
    }
    return render(request, "site/my.html", context)


def _cases(user: User, on: date) -> Any:
    return (
        Case.objects.visible_to(user, on)
        .select_related("item", "department")
        .prefetch_related("supplements", Prefetch("current_clock", Clock.objects.with_light(on)))
        .defer("answers")
    )


def _requests(user: User, on: date) -> list[InformationRequest]:
    """The person's requests for information, running ones first; what waits for them says so."""
    rows = InformationRequest.objects.visible_to(user, on).select_related("department").defer("tokens")
    found = list(
        rows.prefetch_related(Prefetch("current_clock", Clock.objects.with_light(on))).order_by(
            F("replied_on").desc(nulls_first=True), "-pk"
        )[:A_PAGE]
    )
    for request in found:
        request.sentence, request.due_on = next_step(request, on)  # type: ignore[attr-defined]
    return found


def _keyset(request: HttpRequest, rows: Any) -> tuple[list[Any], dict[str, str]]:
    """One page of rows in falling order of their key, and the addresses of the ones beside it."""
    walked = walk(rows, NEWEST_KEY_FIRST, request.GET, size=A_PAGE)
    return walked.rows, walked.links


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def my_messages(request: HttpRequest) -> HttpResponse:
    """站内消息, newest first; a button marks them all as read."""
    user = request.user
    if not isinstance(user, User):
        return redirect("site:home")
    if request.method == "POST":
        count = notices.mark_read(user, at=timezone.now())
        messages.success(request, f"已将{count}条消息标为已读。" if count else "没有未读的消息。")
        return redirect("site:messages")
    rows, page = _keyset(request, Notice.objects.in_site_for(user))
    cases = _numbers(rows, "approvals.case", Case.objects.all())
    asked = _numbers(rows, "disclosure.informationrequest", InformationRequest.objects.all())
    for row in rows:
        row.case_number = cases.get((row.subject_type, row.subject_id))
        row.request_number = asked.get((row.subject_type, row.subject_id))
    unread = Notice.objects.in_site_for(user).unread().exists()
    return render(request, "site/messages.html", {"rows": rows, "page": page, "unread": unread})


def _numbers(rows: list[Notice], kind: str, subjects: Any) -> dict[tuple[str, str], str]:
    """The numbers of what these messages are about, by type and key."""
    keys = {row.subject_id for row in rows if row.subject_type == kind and row.subject_id.isdecimal()}
    found = subjects.filter(pk__in=keys).values_list("pk", "number") if keys else ()
    return {(kind, str(pk)): number for pk, number in found}
