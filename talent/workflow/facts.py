"""Every change of a fact goes through here, so that provenance decides and nothing is overwritten unseen."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from portal import copying
from portal.audit import workflow as audit
from portal.people.models import User
from portal.refusals import RuleBroken
from talent.models import (
    Described,
    Enterprise,
    Fact,
    Origin,
    OriginKind,
    Person,
    Qualification,
    Registration,
    SafetyCertificate,
)
from talent.provenance import may_replace
from talent.workflow import finding, staffing

# Fields of an enterprise or a person that the staffing rules count by.
COUNTED = frozenset({"capital", "title", "career_from"})


@transaction.atomic
def state(row: Described, values: dict[str, Any], *, origin: Origin) -> list[str]:
    """Put what an origin says of a row's fields; the names of the fields it may not change.

    A field that already says so is left to its first origin, unless a decision confirms it: then it is
    locked. The caller records the act; each row keeps its versions by trigger.
    """
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    refused, changed = _put(row, values, origin, _kinds([row], values))
    if changed:
        row.save(update_fields=[*changed, "origins"])
        _renew(row)
        if COUNTED.intersection(changed):
            staffing.follow(*_enterprises_of(row, origin.at), at=origin.at)
    return refused


@transaction.atomic
def state_all(
    model: type[Described], told: Mapping[int, dict[str, Any]], *, origin: Origin
) -> dict[int, tuple[list[str], list[str]]]:
    """As ``state`` for many rows by their keys: what was refused and what changed of each; a few statements in all."""
    rows = list(model._default_manager.select_for_update().filter(pk__in=list(told)).order_by("pk"))
    kinds = _kinds(rows, {field for values in told.values() for field in values})
    answers = {row.pk: _put(row, told[row.pk], origin, kinds) for row in rows}
    moved = [row for row in rows if answers[row.pk][1]]
    fields = {field for _, changed in answers.values() for field in changed}
    copying.update_models(moved, [*sorted(fields), "origins"])
    _RENEWERS[model]([row.pk for row in moved])
    return answers


def _kinds(rows: Iterable[Described], fields: Iterable[str]) -> dict[int, str]:
    fields = list(fields)
    standing = (row.origin_id_of(field) for row in rows for field in fields)
    wanted = {pk for pk in standing if pk is not None}
    return dict(Origin.objects.filter(pk__in=wanted).values_list("pk", "kind"))


def _put(
    row: Described, values: dict[str, Any], origin: Origin, kinds: dict[int, str]
) -> tuple[list[str], list[str]]:
    """In memory, what may be put; the names refused and those changed."""
    refused, changed = [], []
    for field, value in values.items():
        standing = row.origin_id_of(field)
        kind = None if standing is None else kinds[standing]
        if (
            kind is not None
            and getattr(row, field) == value
            and not (origin.is_locked and kind != origin.kind)
        ):
            continue
        if kind is not None and not may_replace(origin.kind, kind):
            refused.append(field)
            continue
        row.put(field, value, origin)
        changed.append(field)
    return refused, changed


_RENEWERS: dict[type[Described], Callable[[list[int]], None]] = {
    Person: finding.renew_people,
    Enterprise: finding.renew_enterprises,
}


def _renew(row: Fact) -> None:
    """What the search says of it, or of the enterprise it belongs to."""
    if isinstance(row, Person):
        finding.renew_people([row.pk])
    elif isinstance(row, Enterprise):
        finding.renew_enterprises([row.pk])
    elif isinstance(row, Qualification):
        finding.renew_enterprises([row.enterprise_id])
    elif isinstance(row, Registration | SafetyCertificate):
        finding.renew_people([row.person_id])


def _enterprises_of(row: Fact, at: datetime) -> list[int]:
    """Whose state a change of this row may move."""
    if isinstance(row, Enterprise):
        return [row.pk]
    if isinstance(row, Person):
        return list(row.employments.in_force(localdate(at)).values_list("enterprise_id", flat=True))
    enterprise = getattr(row, "enterprise_id", None)
    return [enterprise] if enterprise else []


def why_locked(row: Fact, kind: str = OriginKind.SELF) -> str:
    """Why a statement of this kind may not change or end the row; empty when it may."""
    if may_replace(kind, row.origin.kind):
        return ""
    why = (
        "如需变更，请申请办理相应事项"
        if row.origin.is_locked
        else "如有错误，请向提供数据的部门或者住房和城乡建设主管部门提出"
    )
    return f"“{row}”{row.origin}，不能自行修改；{why}。"


def require_replaceable(row: Fact, *, origin: Origin) -> None:
    """Raises RuleBroken unless a statement of this origin may change or end the row."""
    if refusal := why_locked(row, origin.kind):
        raise RuleBroken(refusal)


@transaction.atomic
def archive(row: Fact, *, reason: str, origin: Origin, by: User | None, at: datetime) -> Fact:
    """Put a fact away with a reason; it stays in the history and counts nowhere any more."""
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if row.archived_at is not None:
        raise RuleBroken(f"“{row}”已经归档。")
    if len(reason.strip()) < 2:
        raise RuleBroken("请写明归档原因。", field="reason")
    require_replaceable(row, origin=origin)
    row.archived_at, row.archived_reason = at, reason.strip()[:200]
    row.save(update_fields=["archived_at", "archived_reason"])
    audit.record(
        "talent.fact.archived", subject=row, actor=by, at=at, reason=row.archived_reason, what=str(row)
    )
    _renew(row)
    staffing.follow(*_enterprises_of(row, at), at=at)
    return row
