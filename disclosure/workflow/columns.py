"""Every change of a column."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models import Column
from portal.audit import workflow as audit
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken

FIELDS = (
    "parent", "slug", "name", "department", "type", "rhythm", "entry", "description", "keywords",
    "position", "is_active",
)  # fmt: skip


def check(column: Column, *, by: User | None, at: datetime) -> None:
    """Raises RuleBroken for who may not, for a circle, for a column shut over open ones."""
    require(by, "disclosure.change_column", "您没有维护栏目的权限。")
    if (
        by is not None
        and not by.posts.in_force(localdate(at)).filter(department__code=settings.DISCLOSURE_OFFICE).exists()
    ):
        raise RuleBroken("栏目由政务公开主管部门统一维护，请联系该部门调整。")
    if column.pk is None:
        return
    below = Column.objects.under(column)
    if column.parent_id and below.filter(pk=column.parent_id).exists():
        raise RuleBroken("上级栏目不能是本栏目或者它的下级栏目。", field="parent")
    if not column.is_active and below.active().exclude(pk=column.pk).exists():
        raise RuleBroken("请先停用下级栏目。", field="is_active")


@transaction.atomic
def keep(column: Column, *, by: User | None, at: datetime) -> Column:
    """Add a column, or store what was changed of one. Raises RuleBroken as ``check`` does."""
    check(column, by=by, at=at)
    former = Column.objects.select_for_update().filter(pk=column.pk).first() if column.pk else None
    changed = {
        name: str(getattr(column, name))
        for name in FIELDS
        if former is None or getattr(former, name) != getattr(column, name)
    }
    if not changed:
        return column
    column.save()
    deed = "disclosure.column.changed" if former else "disclosure.column.added"
    audit.record(deed, subject=column, actor=by, at=at, **changed)
    return column
