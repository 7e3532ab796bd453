"""Two records of one enterprise or person become one. Nothing is deleted; what may move is listed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from portal.audit import workflow as audit
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken
from talent.models import ArchiveGround, Enterprise, Person
from talent.workflow import finding, staffing

MIN_REASON = 4
MOVES, STAYS = True, False

# Every relation to an enterprise or a person: whether its rows follow when two are merged. A relation that
# is not named here is a decision nobody has made; a test finds it.
RELATIONS: dict[type, dict[str, bool]] = {
    Enterprise: {
        "merged": MOVES, "qualifications": MOVES, "safety_permits": MOVES, "equipment": MOVES, "finances": MOVES,
        "subsidiaries": MOVES, "files": MOVES, "projects": MOVES, "employments": MOVES, "registrations": MOVES,
        "safety_certificates": MOVES, "creditrecords": MOVES, "blacklistings": MOVES,
        "flags": MOVES,
        "invitations": STAYS, "proposals": STAYS,  # words exchanged under the old record
        "lookups": STAYS,  # of the record that was looked up; its owner reads both
        "staffing_states": STAYS, "staffing_alerts": STAYS,  # computed anew for the kept one
    },
    Person: {
        "merged": MOVES, "employments": MOVES, "registrations": MOVES, "safetycertificates": MOVES,
        "specialtrades": MOVES, "trainings": MOVES, "personachievements": MOVES, "leaderships": MOVES,
        "creditrecords": MOVES, "blacklistings": MOVES, "resident": MOVES,
        "flags": MOVES, "insurances": MOVES,
        "proposals": STAYS, "lookups": STAYS,
    },
}  # fmt: skip


class _Undo(Exception):
    """Raised to take back a trial."""


@dataclass
class Outcome:
    """How many rows of each kind follow, and which cannot because the kept record says otherwise."""

    moved: dict[str, int] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    stays: dict[str, int] = field(default_factory=dict)

    @property
    def words(self) -> str:
        said = [
            f"移入：{'、'.join(f'{noun}{n}条' for noun, n in self.moved.items()) or '没有需要移入的内容'}。"
        ]
        if self.conflicts:
            said.append(f"与保留的记录冲突，留在原记录中：{'；'.join(self.conflicts)}。")
        if self.stays:
            said.append(f"不移动：{'、'.join(f'{noun}{n}条' for noun, n in self.stays.items())}。")
        return "".join(said)


def relations(model: type) -> Iterator[tuple[Any, bool | None]]:
    """Each relation to the model, with what was decided about it; None where nothing was."""
    decided = RELATIONS[model]
    for relation in model._meta.related_objects:  # type: ignore[attr-defined]
        name = relation.get_accessor_name()
        if name not in ("row_versions", None) and not name.endswith("+"):
            yield relation, decided.get(name)


def preview(kept: Any, gone: Any) -> Outcome:
    """What a merge would do: done, looked at and taken back."""
    outcome = Outcome()
    with _taken_back():
        kept, gone = _pair(kept, gone)
        outcome = _move(kept, gone)
        raise _Undo
    return outcome


@contextmanager
def _taken_back() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except _Undo:
        pass


@transaction.atomic
def merge(kept: Any, gone: Any, *, reason: str, by: User | None, at: datetime) -> Outcome:
    """Move what may move to ``kept`` and put ``gone`` away, pointing there.

    What conflicts with the kept record stays where it was and is named. The parties stay two: cases
    and letters of the old one are not touched.
    """
    require(by, "talent.merge_record", "登记合并由登记库主管部门的负责人办理。")
    kept, gone = _pair(kept, gone)
    if len(reason.strip()) < MIN_REASON:
        raise RuleBroken(f"请写明合并原因，至少{MIN_REASON}个字。", field="reason")
    outcome = _move(kept, gone)
    gone.merged_into, gone.archived_at = kept, at
    gone.archived_reason = f"并入{kept}：{reason.strip()}"[:200]
    gone.archived_ground = ArchiveGround.MERGED
    gone.save(update_fields=["merged_into", "archived_at", "archived_reason", "archived_ground"])
    if isinstance(kept, Person) and gone.is_professional and not kept.is_professional:
        kept.is_professional = True
        kept.save(update_fields=["is_professional"])
    firms = {kept.pk, gone.pk} if isinstance(kept, Enterprise) else _employers(kept)
    staffing.follow(*sorted(firms), at=at)
    _renew(kept, gone)
    told: dict[str, Any] = {"moved": outcome.moved, "conflicts": outcome.conflicts, "reason": reason.strip()}
    audit.record("talent.record.merged_away", subject=gone, actor=by, at=at, into=kept.pk, **told)
    audit.record("talent.record.merged_in", subject=kept, actor=by, at=at, taken=gone.pk, **told)
    return outcome


def _renew(*rows: Any) -> None:
    """What the search says of them, at once."""
    renew = finding.renew_enterprises if isinstance(rows[0], Enterprise) else finding.renew_people
    renew([row.pk for row in rows])


def _employers(person: Person) -> set[int]:
    return set(person.employments.live().values_list("enterprise", flat=True))


@transaction.atomic
def archive_record(
    row: Any, *, reason: str, ground: str = ArchiveGround.OTHER, by: User | None, at: datetime
) -> Any:
    """Take an enterprise or a person off the register, with a reason; the record and its rows stay on file.

    Of the reason the public reads only its ``ground``.
    """
    require(by, "talent.merge_record", "归档由登记库主管部门的负责人办理。")
    row = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.archived_at is not None:
        raise RuleBroken(f"“{row}”已经归档。")
    if len(reason.strip()) < MIN_REASON:
        raise RuleBroken(f"请写明归档原因，至少{MIN_REASON}个字。", field="reason")
    row.archived_at, row.archived_reason, row.archived_ground = at, reason.strip()[:200], ground
    row.save(update_fields=["archived_at", "archived_reason", "archived_ground"])
    _renew(row)
    audit.record("talent.record.archived", subject=row, actor=by, at=at, reason=row.archived_reason)
    return row


def _pair(kept: Any, gone: Any) -> tuple[Any, Any]:
    """Both under lock, the older first, whichever way round they were named."""
    if type(kept) is not type(gone):
        raise RuleBroken("企业和人员不能合并。", field="other")
    if kept.pk == gone.pk:
        raise RuleBroken("这是同一条记录。", field="other")
    rows = type(kept).objects.select_for_update(of=("self",)).filter(pk__in=(kept.pk, gone.pk)).order_by("pk")
    found = {row.pk: row for row in rows}
    kept, gone = found[kept.pk], found[gone.pk]
    for row in (kept, gone):
        if row.archived_at is not None:
            raise RuleBroken(f"“{row}”已经归档，不能合并。", field="other")
    return kept, gone


def _move(kept: Any, gone: Any) -> Outcome:
    outcome = Outcome()
    for relation, moves in relations(type(kept)):
        noun = str(relation.related_model._meta.verbose_name)
        name = relation.field.name
        rows = relation.related_model._default_manager.filter(**{name: gone}).order_by("pk")
        if not moves:
            if count := rows.count():
                outcome.stays[noun] = count
            continue
        moved = 0
        for row in rows.select_for_update(of=("self",)):
            try:
                with transaction.atomic():
                    setattr(row, name, kept)
                    row.save(update_fields=[name])
            except IntegrityError:
                setattr(row, name, gone)
                outcome.conflicts.append(f"{noun}“{row}”")
            else:
                moved += 1
        if moved:
            outcome.moved[noun] = moved
    return outcome
