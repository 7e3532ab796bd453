"""Projects, and the one person who leads each."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.people.models import User
from portal.refusals import RuleBroken
from talent.models import Enterprise, Leadership, Origin, Person, Project
from talent.workflow import facts
from talent.workflow.staff import _one_at_a_time, _overlapping

LONG_STOP = timedelta(days=120)  # 注册建造师执业管理办法（试行）第九条: 停工超过120天（待核）


@transaction.atomic
def begin_project(
    enterprise: Enterprise, *, origin: Origin, by: User | None, at: datetime, **values: Any
) -> Project:
    """A phase names the whole project it belongs to; a phase of a phase belongs to the same whole."""
    whole = values.pop("whole", None)
    if whole is not None and whole.whole_id is not None:
        whole = whole.whole
    row = Project.objects.create(enterprise=enterprise, origin=origin, whole=whole, **values)
    audit.record("talent.project.begun", subject=row, actor=by, at=at, name=row.name, code=row.code)
    return row


@transaction.atomic
def lead(
    person: Person, project: Project, *, on: date, origin: Origin, by: User | None, at: datetime
) -> Leadership:
    """Raises RuleBroken when the person leads another project on that day or later."""
    person = Person.objects.locked(person)
    ends = project.completed_on
    held = (
        person.leaderships.live()
        .filter(_overlapping(on, ends))
        .exclude(works_id=project.whole_id_or_own)
        .select_related("project")
        .first()
    )
    sentence = f"{person.name}正在担任“{{}}”的项目负责人，一人不能同时在两个以上工程项目担任项目负责人。"
    if held is not None:
        raise RuleBroken(sentence.format(held.project))
    with _one_at_a_time(sentence.format("其他项目")):
        row = Leadership.objects.create(
            person=person, project=project, works_id=project.whole_id_or_own, valid_from=on, valid_to=ends,
            origin=origin,
        )  # fmt: skip
    audit.record("talent.leadership.begun", subject=row, actor=by, at=at, person=person.pk, on=on)
    return row


@transaction.atomic
def complete(project: Project, *, on: date, origin: Origin, by: User | None, at: datetime) -> Project:
    """Completed: an achievement from now on, and its leader is free the next day."""
    project = Project.objects.select_for_update(of=("self",)).select_related("origin").get(pk=project.pk)
    facts.require_replaceable(project, origin=origin)
    if on < project.begun_on:
        raise RuleBroken("竣工日期不能早于开工日期。", field="on")
    project.completed_on, project.origin = on, origin
    project.save(update_fields=["completed_on", "origin"])
    _release(project, on=on, origin=origin)
    audit.record("talent.project.completed", subject=project, actor=by, at=at, on=on)
    return project


@transaction.atomic
def stop_long(
    project: Project, *, stopped_on: date, origin: Origin, by: User | None, at: datetime
) -> Project:
    """Stopped for more than 120 days: the leader may lead another project meanwhile."""
    project = Project.objects.select_for_update(of=("self",)).select_related("origin").get(pk=project.pk)
    if localdate(at) - stopped_on <= LONG_STOP:
        raise RuleBroken(
            f"停工超过{LONG_STOP.days}天的，项目负责人才可以在其他项目任职。", field="stopped_on"
        )
    project.stopped_on, project.origin = stopped_on, origin
    project.save(update_fields=["stopped_on", "origin"])
    _release(project, on=stopped_on, origin=origin)
    audit.record("talent.project.stopped", subject=project, actor=by, at=at, on=stopped_on)
    return project


def _release(project: Project, *, on: date, origin: Origin) -> None:
    """In time order for one project; a leader who began after that day never led it."""
    for row in project.leaderships.live().filter(_overlapping(on, None)).select_for_update():
        row.valid_to, row.origin = max(on, row.valid_from), origin
        row.save(update_fields=["valid_to", "origin"])
