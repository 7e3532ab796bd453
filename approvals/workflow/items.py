"""Versions of an item: drawn up, published, replaced, retired."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from approvals.item_checks import faults
from approvals.models import ItemStatus, ItemVersion, ServiceItem, VersionState
from approvals.models.codes import ExerciseLevel
from approvals.numbering import IMPLEMENTATION, implementation_code
from portal.audit import workflow as audit
from portal.people import workflow as people
from portal.people.models import Department, PostRole, User
from portal.people.rights import may_on
from portal.refusals import RuleBroken
from portal.search import workflow as search

ELEMENTS = ("situations", "conditions", "materials", "stages", "fees", "legal_bases")
OWN = {"id", "version", "item", "number", "state", "is_current", "published_at", "published_by", "retired_at"}


EDIT = "approvals.change_serviceitem"


class NotPublishable(RuleBroken):
    """All faults at once, on ``faults``; the message lists them."""

    def __init__(self, found: list[Any]) -> None:
        self.faults = found
        super().__init__("不能发布：" + "".join(str(fault) for fault in found))


def require_keeper(item: ServiceItem, *, by: User | None, at: datetime) -> None:
    """Raise RuleBroken unless the person heads a department this item is granted to; None is the system."""
    if by is not None and not may_on(by, EDIT, item, localdate(at)):
        raise RuleBroken(f"只有{item.department}的负责人可以维护本事项。")


def require_founder(department: Department, *, by: User | None, at: datetime) -> None:
    """Raise RuleBroken unless the person heads the department; None is the system."""
    if by is not None and department.pk not in headed_departments(by, localdate(at)):
        raise RuleBroken(f"只有{department}的负责人可以登记其事项。")


def grant_item(item: ServiceItem) -> None:
    """The item belongs to its department's people, and to nobody else's."""
    people.hand_to_department(item.department, EDIT, item)


def headed_departments(user: User, on: date) -> set[int]:
    """Departments for which the person may found items that day."""
    return set(user.acting_posts(on).filter(role=PostRole.HEAD).values_list("department_id", flat=True))


@transaction.atomic
def new_version(item: ServiceItem, *, by: User | None, at: datetime) -> ItemVersion:
    """A draft copied from the latest version, or the draft there already is."""
    item = ServiceItem.objects.select_for_update().select_related("department").get(pk=item.pk)
    require_keeper(item, by=by, at=at)
    latest = item.versions.order_by("-number").first()
    if latest is None:
        made = ItemVersion.objects.create(item=item, number=1, name=item.name)
    elif latest.is_draft:
        return latest
    else:
        made = _copied(latest)
    audit.record("approvals.item.version_drawn_up", subject=item, actor=by, at=at, version=made.number)
    return made


def _copied(latest: ItemVersion) -> ItemVersion:
    concrete = {f.attname: getattr(latest, f.attname) for f in ItemVersion._meta.concrete_fields}
    own = {name for name in concrete if name in OWN or name.removesuffix("_id") in OWN}
    made = ItemVersion.objects.create(
        item_id=latest.item_id,
        number=latest.number + 1,
        **{name: value for name, value in concrete.items() if name not in own},
    )
    for element in ELEMENTS:
        manager = getattr(latest, element)
        manager.model.objects.bulk_create(
            manager.model(
                version=made,
                **{
                    f.attname: getattr(row, f.attname)
                    for f in manager.model._meta.concrete_fields
                    if f.attname not in ("id", "version_id")
                },
            )
            for row in manager.all()
        )
    return made


@transaction.atomic
def publish(version: ItemVersion, *, by: User | None, at: datetime) -> ItemVersion:
    """Make a draft the current version, frozen from now on. Raises NotPublishable with every fault."""
    item = ServiceItem.objects.select_for_update().select_related("department").get(pk=version.item_id)
    require_keeper(item, by=by, at=at)
    version = ItemVersion.objects.select_for_update().get(pk=version.pk)
    if not version.is_draft:
        raise RuleBroken(f"{version}已经发布过。")
    found = faults(version)
    if found:
        raise NotPublishable(found)
    item.versions.filter(is_current=True).update(is_current=False, state=VersionState.RETIRED, retired_at=at)
    version.state, version.is_current = VersionState.PUBLISHED, True
    version.published_at, version.published_by = at, by
    version.save(update_fields=["state", "is_current", "published_at", "published_by"])
    if item.name != version.name or item.status != ItemStatus.IN_USE:
        item.name, item.status = version.name, ItemStatus.IN_USE
        item.save(update_fields=["name", "status"])
    audit.record(
        "approvals.item.version_published",
        subject=item,
        actor=by,
        at=at,
        version=version.number,
        note=version.change_note,
    )
    make_findable(version, at=at)
    return version


def make_findable(version: ItemVersion, *, at: datetime) -> None:
    search.put(
        "guide",
        version.item.code,
        title=version.name,
        body=guide_text(version),
        url=f"/guides/{version.item.code}/",
        on=localdate(at),
        department_id=version.item.department_id,
    )


def guide_text(version: ItemVersion) -> str:
    """What a search for the guide reads; nothing that only staff see."""
    certain = [
        str(basis.article) for basis in version.legal_bases.select_related("article__act") if basis.is_certain
    ]
    return "\n".join(
        [
            version.summary,
            version.scope,
            *(condition.text for condition in version.conditions.all()),
            *(material.name for material in version.materials.all()),
            version.procedure,
            version.result_name,
            *certain,
            version.item.department.name,
        ]
    )


@transaction.atomic
def hand_over(
    item: ServiceItem, *, to: Department, reason: str, by: User | None, at: datetime
) -> ServiceItem:
    """划转: another department carries the item from now on; open cases stay where they were filed.

    Raises RuleBroken when the department is the same or has no credit code to number the item under.
    """
    item = ServiceItem.objects.select_for_update().select_related("department").get(pk=item.pk)
    require_keeper(item, by=by, at=at)
    if not reason.strip():
        raise RuleBroken("请写明划转原因。", field="moving_reason")
    if to.pk == item.department_id:
        raise RuleBroken("本事项已由该部门实施。", field="to")
    latest = item.versions.order_by("-number").first()
    level = latest.exercise_level if latest else ExerciseLevel.CITY
    code = implementation_code(to.uscc, level, item.basic_code)
    if not IMPLEMENTATION.fullmatch(code):
        raise RuleBroken(f"{to}没有登记统一社会信用代码，不能编实施编码。", field="to")
    before, item.department, item.implementation_code = item.department, to, code
    item.save(update_fields=["department", "implementation_code"])
    grant_item(item)
    if current := item.versions.filter(is_current=True).select_related("item__department").first():
        make_findable(current, at=at)
    audit.record(
        "approvals.item.handed_over",
        subject=item,
        actor=by,
        at=at,
        before=before.code,
        after=to.code,
        reason=reason.strip(),
    )
    return item


@transaction.atomic
def retire(item: ServiceItem, *, reason: str, by: User | None, at: datetime) -> ServiceItem:
    """Stop taking applications; open cases go on under their versions."""
    item = ServiceItem.objects.select_for_update().select_related("department").get(pk=item.pk)
    require_keeper(item, by=by, at=at)
    if not reason.strip():
        raise RuleBroken("请写明停用原因。", field="reason")
    item.status = ItemStatus.CANCELLED
    item.save(update_fields=["status"])
    item.versions.filter(is_current=True).update(is_current=False, state=VersionState.RETIRED, retired_at=at)
    search.remove("guide", item.code)
    audit.record("approvals.item.retired", subject=item, actor=by, at=at, reason=reason.strip())
    return item
