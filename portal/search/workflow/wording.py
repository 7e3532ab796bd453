"""Synonyms, pinned results and the list of what was not found. Nothing else writes to them."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from portal.audit import workflow as audit
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken
from portal.search import tokens
from portal.search.models import Pin, SearchRow, Synonym, Unfound

MOST_TERMS = 10
MOST_PINS = 5  # for one question
KEPT_FOR = timedelta(days=180)
MOST_UNFOUND = 5_000
_NO_RIGHT = "您的岗位不能维护检索用词。"
_NUMBERS = re.compile(r"[0-9x]{6,}")  # numbers of persons, telephones, cases

_NOTE = """
INSERT INTO finding_unfound AS u (question, times, first_on, last_on) VALUES (%s, 1, %s, %s)
ON CONFLICT (question) DO UPDATE SET times = u.times + 1, last_on = excluded.last_on
"""


@transaction.atomic
def keep_synonym(terms: str, *, synonym: Synonym | None = None, by: User | None, at: datetime) -> Synonym:
    """Add or change a group of words that mean the same; ``terms`` are separated by 、 comma or white."""
    require(by, "finding.change_synonym", _NO_RIGHT)
    words = list(dict.fromkeys(_folded(word) for word in re.split(r"[\s、，,；;]+", terms) if word.strip()))
    if len(words) < 2:
        raise RuleBroken("请至少填写两个词，用顿号分开。", field="terms")
    if len(words) > MOST_TERMS:
        raise RuleBroken(f"一组最多{MOST_TERMS}个词。", field="terms")
    if wrong := [word for word in words if not 2 <= len(word) <= 30]:
        raise RuleBroken(f"“{wrong[0]}”不能用：每个词应为2至30个字。", field="terms")
    held = Synonym.objects.filter(is_active=True, terms__overlap=words)
    if other := (held.exclude(pk=synonym.pk) if synonym else held).first():
        raise RuleBroken(f"其中有词已经在“{other}”一组里，请改那一组。", field="terms")
    row = Synonym.objects.select_for_update().get(pk=synonym.pk) if synonym else Synonym()
    before = list(row.terms or [])
    row.terms, row.is_active, row.changed_at = words, True, at
    row.save()
    audit.record("search.synonym.kept", subject=row, actor=by, at=at, before=before, after=words)
    return row


@transaction.atomic
def drop_synonym(synonym: Synonym, *, by: User | None, at: datetime) -> Synonym:
    require(by, "finding.change_synonym", _NO_RIGHT)
    row = Synonym.objects.select_for_update().get(pk=synonym.pk)
    if not row.is_active:
        raise RuleBroken("这一组已经停用。")
    row.is_active, row.changed_at = False, at
    row.save(update_fields=["is_active", "changed_at"])
    audit.record("search.synonym.dropped", subject=row, actor=by, at=at, terms=list(row.terms))
    return row


@transaction.atomic
def pin(question: str, address: str, *, position: int = 1, by: User | None, at: datetime) -> Pin:
    """Show the page at this address first when exactly this is asked. The page must be findable itself."""
    require(by, "finding.change_pin", _NO_RIGHT)
    folded = _folded(question)
    if not 2 <= len(folded) <= 100:
        raise RuleBroken("搜索词应为2至100个字。", field="question")
    path = re.sub(r"^https?://[^/]+", "", address.strip())
    row = SearchRow.objects.filter(url=path).order_by("pk").first()
    if row is None:
        raise RuleBroken("这个地址不在检索范围内，请复制公开页面的地址，例如 /guides/…/。", field="address")
    if Pin.objects.filter(question=folded, is_active=True).count() >= MOST_PINS:
        raise RuleBroken(f"一个搜索词最多推荐{MOST_PINS}个页面，请先停用一个。", field="question")
    values = {"title": row.title, "url": row.url, "position": position, "is_active": True, "changed_at": at}
    pinned, _ = Pin.objects.update_or_create(
        question=folded, kind=row.kind, obj_id=row.obj_id, defaults=values
    )
    audit.record("search.pin.kept", subject=pinned, actor=by, at=at, question=folded, url=row.url)
    return pinned


@transaction.atomic
def unpin(pinned: Pin, *, by: User | None, at: datetime) -> Pin:
    require(by, "finding.change_pin", _NO_RIGHT)
    row = Pin.objects.select_for_update().get(pk=pinned.pk)
    if not row.is_active:
        raise RuleBroken("这条推荐已经停用。")
    row.is_active, row.changed_at = False, at
    row.save(update_fields=["is_active", "changed_at"])
    audit.record("search.pin.dropped", subject=row, actor=by, at=at, question=row.question, url=row.url)
    return row


def note_unfound(words: Iterable[str], *, on: date) -> None:
    """Count a question that nothing answered; not who asked, and nothing that could be a person's number."""
    question = " ".join(words)
    if not 2 <= len(question) <= 40 or _NUMBERS.search(question) or "@" in question:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [question, on, on])


@transaction.atomic
def forget_unfound(*, on: date) -> int:
    """Drop what nobody asked for in half a year, and of the rest all but the most frequent."""
    dropped, _ = Unfound.objects.filter(last_on__lt=on - KEPT_FOR).delete()
    kept = Unfound.objects.order_by("-times", "-id").values_list("pk", flat=True)[:MOST_UNFOUND]
    more, _ = Unfound.objects.exclude(pk__in=list(kept)).delete()
    return dropped + more


def _folded(text: str) -> str:
    return tokens.fold(tokens.clean(text))
