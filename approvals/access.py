"""Who may open a case's pages: its people by account, anyone by number and query code."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.timezone import localdate

from approvals.models import Case
from portal.people.models import User
from portal.refusals import RuleBroken

SESSION_KEY = "tracked_cases"
TRACKED_FOR = timedelta(minutes=30)
MOST_FAILURES = 10  # wrong codes for one number or from one address, in WINDOW seconds
WINDOW = 15 * 60


def readable_case(request: HttpRequest, number: str) -> Case:
    """The case, if this visitor may follow it. Raises Http404, which tells nothing about its existence."""
    cases = Case.objects.select_related(
        "item", "version", "department", "party", "current_clock", "situation"
    )
    case = cases.filter(number=number).first()
    if case is not None and (_is_tracked(request, case) or is_visible(request, case)):
        return case
    raise Http404


def own_case(request: HttpRequest, number: str) -> Case:
    """The case, if the visitor's account may see it; a query code is not enough."""
    case = Case.objects.select_related("item", "version", "department", "party").filter(number=number).first()
    if case is not None and is_visible(request, case):
        return case
    raise Http404


def is_visible(request: HttpRequest, case: Case) -> bool:
    return (
        isinstance(request.user, User) and Case.objects.visible_to(request.user).filter(pk=case.pk).exists()
    )


def is_applicant(request: HttpRequest, case: Case) -> bool:
    """Whether the visitor may move the case for its applicant."""
    from portal.people.models import Party

    user = request.user
    if not isinstance(user, User) or not user.is_citizen:
        return False
    return Party.objects.actable_by(user, localdate()).filter(pk=case.party_id).exists()


def track(request: HttpRequest, number: str, code: str, *, at: datetime) -> Case:
    """As ``look_up``, and remember in the session that this visitor knows the case's code."""
    case = look_up(request, number, code)
    tracked = dict(request.session.get(SESSION_KEY, {}))
    tracked[str(case.pk)] = (at + TRACKED_FOR).timestamp()
    request.session[SESSION_KEY] = tracked
    return case


def look_up(request: HttpRequest, number: str, code: str) -> Case:
    """The case of this number and query code; nothing is remembered.

    Raises RuleBroken for a wrong pair, and after too many wrong ones for a quarter of an hour.
    """
    keys = [f"track:number:{number}", f"track:address:{request.META.get('REMOTE_ADDR', '')}"]
    if any((cache.get(key) or 0) >= MOST_FAILURES for key in keys):
        raise RuleBroken("查询次数过多，请15分钟后再试，或者拨打咨询电话。")
    case = Case.objects.all().tracked(number, code).first()
    if case is None:
        for key in keys:
            if not cache.add(key, 1, WINDOW):
                cache.incr(key)
        raise RuleBroken(
            "没有找到这个办件。请核对办件编号和查询码，二者都印在收件凭证上，也在提交后的短信里。"
        )
    return case


def _is_tracked(request: HttpRequest, case: Case) -> bool:
    until = request.session.get(SESSION_KEY, {}).get(str(case.pk), 0)
    return until > timezone.now().timestamp()
