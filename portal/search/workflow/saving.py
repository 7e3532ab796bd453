"""Questions citizens keep, and telling them once of what is new."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.search import query
from portal.search.models import Mark, SavedSearch, SearchRow, Told
from portal.search.questions import Question

MOST_SAVED = 20  # for one person
MOST_NEWS = 1_000  # things told of in one message; more is told as that many
BATCH = 500


@transaction.atomic
def subscribe(
    question: Question, *, by_sms: bool = False, by_email: bool = False, by: User, at: datetime
) -> SavedSearch:
    """Keep a question; its keeper is told on the site, and by SMS and e-mail if they wish.

    Saved twice it is one subscription, with the channels chosen last.
    """
    if not by.is_citizen:
        raise RuleBroken("订阅只对公众账号开放。")
    query.words_of(question.q)
    if by_email and not by.email:
        raise RuleBroken("您的账号还没有登记电子邮箱，请先登记，或者选择其他方式。", field="by_email")
    if by_sms and not by.phone:
        raise RuleBroken("您的账号还没有绑定手机号码，请先绑定，或者选择其他方式。", field="by_sms")
    User.objects.select_for_update().get(pk=by.pk)  # two tabs save one after the other
    running = by.saved_searches.filter(stopped_at=None)
    narrowed = Question("", question.filters).address()
    saved = running.filter(question=question.q, query=narrowed).first()
    if saved is None:
        if running.count() >= MOST_SAVED:
            raise RuleBroken(f"最多订阅{MOST_SAVED}个搜索，请先取消一个。")
        saved = SavedSearch(user=by, question=question.q, query=narrowed, saved_at=at, above=highest())
    saved.by_sms, saved.by_email = by_sms, by_email
    saved.save()
    audit.record("search.saved.kept", subject=saved, actor=by, at=at, by_sms=by_sms, by_email=by_email)
    return saved


def follow_column(former: str, now: str, *, at: datetime) -> int:
    """Questions narrowed to a column go on under its new name; in the transaction that renames it.

    Who kept the same question under the new name already keeps one of the two. Returns how many followed.
    """
    running = SavedSearch.objects.filter(
        stopped_at=None, query__contains=urlencode({"column": former})
    ).select_for_update()
    followed = 0
    for saved in running.order_by("pk"):
        asked = Question.read(dict(parse_qsl(saved.query)))
        if asked.filters.column != former:
            continue
        query = Question("", replace(asked.filters, column=now)).address()
        if SavedSearch.objects.filter(
            user=saved.user_id, question=saved.question, query=query, stopped_at=None
        ).exists():
            saved.stopped_at = at
        saved.query = query
        saved.save(update_fields=["query", "stopped_at"])
        followed += 1
    return followed


@transaction.atomic
def unsubscribe(saved: SavedSearch, *, by: User | None, at: datetime) -> SavedSearch:
    """End a subscription; whoever has its secret address may. Ended twice is ended."""
    saved = SavedSearch.objects.select_for_update().get(pk=saved.pk)
    if saved.stopped_at is None:
        saved.stopped_at = at
        saved.save(update_fields=["stopped_at"])
        audit.record("search.saved.stopped", subject=saved, actor=by, at=at)
    return saved


def highest() -> int:
    return SearchRow.objects.aggregate(top=Max("pk"))["top"] or 0


def tell_all(*, at: datetime) -> int:
    """Tell every keeper of what answers their question and was put since; how many were told.

    Only rows above the mark of the day before are looked at, so that a run costs as much as there
    is new, and a row whose transaction was slow is still seen the next time.
    """
    today, top = localdate(at), highest()
    Mark.objects.get_or_create(day=today, defaults={"highest": top})
    floor = Mark.objects.filter(day__lt=today).aggregate(top=Max("highest"))["top"] or 0
    Mark.objects.filter(day__lt=today - timedelta(days=30)).delete()
    if top <= floor:
        return 0
    told, last = 0, 0
    running = SavedSearch.objects.filter(stopped_at=None, user__is_active=True).order_by("pk")
    while keys := list(running.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        told += sum(_tell(key, floor, at) for key in keys)
        last = keys[-1]
    return told


@transaction.atomic
def _tell(key: int, floor: int, at: datetime) -> bool:
    saved = (
        SavedSearch.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .filter(pk=key, stopped_at=None)
        .first()
    )
    news = _news(saved, max(saved.above, floor)) if saved else []
    if saved is None or not news:
        return False
    Told.objects.bulk_create(
        [Told(saved=saved, kind=hit.kind, obj_id=hit.obj_id, at=at) for hit in news], ignore_conflicts=True
    )
    saved.told_at = at
    saved.save(update_fields=["told_at"])
    wished = (("sms", saved.by_sms and saved.user.phone), ("email", saved.by_email and saved.user.email))
    notices.queue(
        "saved_search_news",
        to=saved.user,
        at=at,
        key=f"{saved.key}:{saved.told.count()}",
        subject=saved,
        channels=("in_site", *(channel for channel, wish in wished if wish)),
        question=saved.question,
        count=len(news),
        title=news[0].title[:40],
        address=settings.PUBLIC_URL + reverse("search:subscription", args=[saved.key]),
    )
    return True


def _news(saved: SavedSearch, above: int) -> list[query.Hit]:
    """What answers the question above the key and was not told of yet, newest first."""
    question = Question.read(dict(parse_qsl(saved.query)) | {"q": saved.question})
    found = query.find(question.q, question.filters, sort=query.Sort.DATE, limit=MOST_NEWS, above=above)
    if not found.rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, obj_id FROM finding_told WHERE saved_id = %s AND obj_id = ANY(%s)",
            [saved.pk, [hit.obj_id for hit in found.rows]],
        )
        told = set(cursor.fetchall())
    return [hit for hit in found.rows if (hit.kind, hit.obj_id) not in told]
