"""Who may open a request's pages: its people by account, anyone by number and query code."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.timezone import localdate

from disclosure.models import InformationRequest, RecordCorrection
from portal.people.models import Party, User
from portal.refusals import RuleBroken

SESSION_KEY = "tracked_requests"
TRACKED_FOR = timedelta(minutes=30)
MOST_FAILURES = 10  # wrong codes for one number or from one address, in WINDOW seconds
WINDOW = 15 * 60
Followed = InformationRequest | RecordCorrection


def readable(request: HttpRequest, number: str) -> InformationRequest:
    """The request, if this visitor may follow it. Raises Http404, which tells nothing about its existence."""
    rows = InformationRequest.objects.select_related(
        "department", "current_clock", "reply_clock", "correction", "reasons", "reply_words"
    )
    found = rows.defer("tokens").filter(number=number).first()
    if found and (_is_tracked(request, found) or _is_visible(request, found)):
        return found
    raise Http404


def own(request: HttpRequest, number: str) -> InformationRequest:
    """The request, if the visitor may move it for its applicant: by account, or by number and code."""
    found = readable(request, number)
    if not is_applicant(request, found):
        raise Http404
    return found


def readable_record(request: HttpRequest, number: str) -> RecordCorrection:
    found = RecordCorrection.objects.select_related("department", "clock").filter(number=number).first()
    if found and (
        _is_tracked(request, found)
        or RecordCorrection.objects.visible_to(request.user).filter(pk=found.pk).exists()
    ):
        return found
    raise Http404


def is_applicant(request: HttpRequest, found: InformationRequest) -> bool:
    if _is_tracked(request, found):
        return True
    user = request.user
    if not isinstance(user, User) or not user.is_citizen:
        return False
    if found.applicant_user_id == user.pk:
        return True
    return Party.objects.actable_by(user, localdate()).filter(pk=found.party_id or 0).exists()


def remember(request: HttpRequest, found: Followed, *, at: datetime) -> None:
    """This visitor knows the row's code: for half an hour its pages open."""
    tracked = dict(request.session.get(SESSION_KEY, {}))
    tracked[found.number] = (at + TRACKED_FOR).timestamp()
    request.session[SESSION_KEY] = tracked


def track(request: HttpRequest, number: str, code: str, *, at: datetime) -> Followed:
    """As ``look_up``, and its pages open for this visitor."""
    found = look_up(request, number, code)
    remember(request, found, at=at)
    return found


def look_up(request: HttpRequest, number: str, code: str) -> Followed:
    """What has this number and code; nothing is remembered.

    Raises RuleBroken for a wrong pair, and after too many for a quarter of an hour.
    """
    keys = [f"request:number:{number}", f"request:address:{request.META.get('REMOTE_ADDR', '')}"]
    if any((cache.get(key) or 0) >= MOST_FAILURES for key in keys):
        raise RuleBroken("查询次数过多，请15分钟后再试，或者拨打咨询电话。")
    found: Followed | None = InformationRequest.objects.all().tracked(number, code).first()
    found = found or RecordCorrection.objects.all().tracked(number, code).first()
    if found is None:
        for key in keys:
            if not cache.add(key, 1, WINDOW):
                cache.incr(key)
        raise RuleBroken("没有找到这个申请。请核对登记号和查询码，二者都印在登记回执上，也在提交后的短信里。")
    return found


def _is_visible(request: HttpRequest, found: InformationRequest) -> bool:
    return InformationRequest.objects.visible_to(request.user).filter(pk=found.pk).exists()


def _is_tracked(request: HttpRequest, found: Followed) -> bool:
    until = request.session.get(SESSION_KEY, {}).get(found.number, 0)
    return isinstance(until, float | int) and until > timezone.now().timestamp()
