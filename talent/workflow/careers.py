"""A person keeps the record of their training and of what they did, on their own word."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.people.models import User
from portal.refusals import RuleBroken
from talent.models import Fact, Person, PersonAchievement, Training
from talent.workflow import facts, origins
from talent.workflow.keeping import Section, require_actable

MOST_ROWS = 200  # of one kind that a person may declare
DAY_OF = {"trainings": "finished_on", "achievements": "on"}
CAREER = {
    one.code: one
    for one in (
        Section("trainings", "培训和继续教育", "培训", Training, "trainings",
                ("name", "organiser", "hours", "finished_on")),
        Section("achievements", "个人业绩和奖项", "业绩", PersonAchievement, "personachievements",
                ("name", "role", "on")),
    )
}  # fmt: skip


@transaction.atomic
def add_career_row(
    person: Person, code: str, values: dict[str, Any], *, by: User | None, at: datetime
) -> Fact:
    """Raises RuleBroken for a day that has not come yet."""
    section, day = CAREER[code], DAY_OF[code]
    person = Person.objects.locked(person)
    require_actable(person.party, by, at)
    if values[day] > localdate(at):
        raise RuleBroken("日期不能晚于今天。", field=day)
    rows = getattr(person, section.related)
    if rows.live().count() >= MOST_ROWS:
        raise RuleBroken(f"{section.noun}已有{MOST_ROWS}条，请先停用不再需要的记录。")
    if rows.live().filter(**{"name": values["name"], day: values[day]}).exists():
        raise RuleBroken(f"这项{section.noun}已经登记。", field="name")
    row: Fact = rows.create(origin=origins.declared(person.party, by=by, at=at), **values)
    audit.record("talent.fact.added", subject=person, actor=by, at=at, what=section.noun, row=str(row))
    return row


@transaction.atomic
def end_career_row(row: Any, *, reason: str, by: User | None, at: datetime) -> Fact:
    """Put a row of one's own away, with a reason."""
    require_actable(row.person.party, by, at)
    origin = origins.declared(row.person.party, by=by, at=at)
    return facts.archive(row, reason=reason, origin=origin, by=by, at=at)
