"""Versions of an item: drawn up, published, replaced, retired."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from approvals.item_checks import faults
from approvals.models import ItemStatus, ItemVersion, ServiceItem, VersionState
from portal.audit import workflow as audit
from portal.people.models import PostRole, User
from portal.refusals import RuleBroken
from portal.search import workflow as search

ELEMENTS = ("situations", "conditions", "materials", "stages", "fees", "legal_bases")
OWN = {"id", "version", "item", "number", "state", "is_current", "published_at", "published_by", "retired_at"}


class NotPublishable(RuleBroken):
    """All faults at once, on ``faults``; the message lists them."""

    def __init__(self, found: list[Any]) -> None:
        self.faults = found
        super().__init__("不能发布：" + "".join(str(fault) for fault in found))


def require_keeper(item: ServiceItem, *, by: User | None, at: datetime) -> None:
    """Raise RuleBroken unless the person heads the item's department; None is the system."""
    if by is not None and item.department_id not in kept_departments(by, localdate(at)):
        raise RuleBroken(f"只有{item.department}的负责人可以维护本事项。")


def kept_departments(user: User, on: date) -> set[int]:
    """Departments whose items the person may edit that day."""
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
