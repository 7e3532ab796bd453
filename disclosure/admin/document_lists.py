"""The lists of the publishing desk: one line a version, counts capped, pages by key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict

from disclosure.models import Document, DocumentState, DocumentVersion, VersionStatus
from disclosure.models.codes import OPEN_VERSIONS
from disclosure.models.versions import DocumentVersionQuerySet
from disclosure.numbering import is_index_number
from portal.people.models import User
from portal.workdays.models import Clock

PAGE = 50
COUNT_CAP = 1_000
TONES = {
    VersionStatus.DRAFT: "plain",
    VersionStatus.SCHEDULED: "ok",
    VersionStatus.PUBLISHED: "ok",
    VersionStatus.DISCARDED: "plain",
}


@dataclass(frozen=True)
class Line:
    version: DocumentVersion
    clock: Clock | None
    tone: str
    state: str


@dataclass(frozen=True)
class Choice:
    label: str
    url: str
    count: str
    is_on: bool


@dataclass(frozen=True)
class Listing:
    lines: list[Line]
    total: str
    choices: list[Choice]
    next_url: str
    query: dict[str, str]

    @property
    def is_filtered(self) -> bool:
        return any(self.query.values())


def _mine(user: User, on: date) -> DocumentVersionQuerySet:
    return DocumentVersion.objects.visible_to(user, on).filter(author=user).open()


def _review(user: User, on: date) -> DocumentVersionQuerySet:
    return DocumentVersion.objects.waiting_for(user, on)


def _department(user: User, on: date) -> DocumentVersionQuerySet:
    return DocumentVersion.objects.visible_to(user, on).open()


def _public(user: User, on: date) -> DocumentVersionQuerySet:
    return DocumentVersion.objects.visible_to(user, on).filter(document__current=F("pk"))


def _takedown(user: User, on: date) -> DocumentVersionQuerySet:
    """Public still, and owed to be taken down by a date."""
    running = Document.objects.filter(
        state=DocumentState.PUBLISHED, takedown_clock__isnull=False, takedown_clock__closed_on=None
    )
    return DocumentVersion.objects.visible_to(user, on).filter(pk__in=running.values("current"))


SCOPES: dict[str, tuple[str, Callable[[User, date], DocumentVersionQuerySet]]] = {
    "mine": ("我的文件", _mine),
    "review": ("待我审查", _review),
    "department": ("在办文件", _department),
    "public": ("公开文件", _public),
    "takedown": ("待撤下", _takedown),
}
# What waits for somebody's word: by the date that runs, the nearest first. The others: newest first.
BY_DATE = {
    "review": ("ratification_clock__due_on", "document__publication_clock__due_on"),
    "takedown": ("document__takedown_clock__due_on",),
}
NEVER = date(9999, 12, 31)  # without a date: last
OF_DOCUMENTS = ("public", "takedown")  # what a line tells of is public, or was


def build(scope: str, user: User, query: QueryDict, on: date) -> Listing:
    """One page of a scope under the filters of the address."""
    asked = {key: query.get(key, "").strip() for key in ("status", "q")}
    values = DocumentState.values if scope in OF_DOCUMENTS else [str(each) for each in OPEN_VERSIONS]
    if asked["status"] not in values:
        asked["status"] = ""
    versions = _searched(SCOPES[scope][1](user, on), asked["q"])
    field = "document__state" if scope in OF_DOCUMENTS else "status"
    choices = _choices(versions, field, asked, scope)
    if asked["status"]:
        versions = versions.filter(**{field: asked["status"]})
    total = versions.order_by()[: COUNT_CAP + 1].count()
    page = list(_from(versions, scope, query.get("after", "")).for_lists()[: PAGE + 1])
    more, page = len(page) > PAGE, page[:PAGE]
    kept = {key: value for key, value in asked.items() if value}
    return Listing(
        lines=_lines(page, on),
        total=_capped(total),
        choices=choices,
        next_url="?" + urlencode({**kept, "after": _place(page[-1])}) if more else "",
        query=asked,
    )


def _from(versions: DocumentVersionQuerySet, scope: str, after: str) -> DocumentVersionQuerySet:
    """In the order of the scope, behind the line that ``after`` names; from the start when it names none."""
    day, _, key = after.rpartition("~")
    pk = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else None
    if scope not in BY_DATE:
        return (versions.filter(pk__lt=pk) if pk else versions).order_by("-pk")
    versions = versions.annotate(due=Coalesce(*BY_DATE[scope], Value(NEVER)))
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return versions.order_by("due", "pk")
    if pk is not None:
        versions = versions.filter(Q(due__gt=on) | Q(due=on, pk__gt=pk))
    return versions.order_by("due", "pk")


def _place(version: DocumentVersion) -> str:
    due = getattr(version, "due", None)
    return f"{due.isoformat()}~{version.pk}" if due else str(version.pk)


def _searched(versions: DocumentVersionQuerySet, q: str) -> DocumentVersionQuerySet:
    """By index number, or by a part of the title or the document number."""
    if not q:
        return versions
    if is_index_number(q.upper()):
        return versions.filter(document__index_no=q.upper())
    return versions.filter(Q(title__contains=q) | Q(doc_no__contains=q))


def _choices(
    versions: DocumentVersionQuerySet, field: str, asked: dict[str, str], scope: str
) -> list[Choice]:
    """Counts by state over at most the first thousand: one query."""
    first = versions.order_by()[: COUNT_CAP + 1].values("pk")
    rows = DocumentVersion.objects.filter(pk__in=first).values_list(field).annotate(many=Count("pk"))
    counted: dict[str, int] = dict(rows.order_by())
    kinds: Any = DocumentState if scope in OF_DOCUMENTS else VersionStatus
    shown = []
    for value in kinds.values:
        if not counted.get(value) and asked["status"] != value:
            continue
        is_on = asked["status"] == value
        kept = {"q": asked["q"], "status": "" if is_on else value}
        url = "?" + urlencode({key: one for key, one in kept.items() if one})
        shown.append(Choice(kinds(value).label, url, _capped(counted.get(value, 0)), is_on))
    return shown


def _lines(versions: list[DocumentVersion], on: date) -> list[Line]:
    wanted = [pk for each in versions for pk in _clocks_of(each) if pk]
    clocks = {clock.pk: clock for clock in Clock.objects.filter(pk__in=wanted, closed_on=None).with_light(on)}
    return [
        Line(
            version,
            next((clocks[pk] for pk in _clocks_of(version) if pk in clocks), None),
            tone_of(version),
            state_of(version),
        )
        for version in versions
    ]


def _clocks_of(version: DocumentVersion) -> tuple[int | None, ...]:
    """The clock a line shows is the first of these that runs: to take down, to approve late, to publish."""
    document = version.document
    return document.takedown_clock_id, version.ratification_clock_id, document.publication_clock_id


def tone_of(version: DocumentVersion) -> str:
    if version.status == VersionStatus.PUBLISHED and version.document.is_withdrawn:
        return "alarm"
    if version.awaits_ratification:
        return "warn"
    return TONES.get(VersionStatus(version.status), "info")


def state_of(version: DocumentVersion) -> str:
    """The version's status in words, with what has become of the document since."""
    if version.status == VersionStatus.PUBLISHED and version.document.is_withdrawn:
        return "已撤下"
    if version.awaits_ratification:
        return "已发布，待补批"
    return str(version.get_status_display())


def _capped(count: int) -> str:
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else str(count)
