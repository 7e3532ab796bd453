"""Every change of a column."""

from datetime import datetime

from django.db import transaction

from disclosure.models import Column
from portal.audit import workflow as audit
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken

FIELDS = (
    "parent", "slug", "name", "department", "type", "rhythm", "entry", "description", "keywords",
    "position", "is_active",
)  # fmt: skip


@transaction.atomic
def save(column: Column, *, by: User | None, at: datetime) -> Column:
    """Add a column, or store what was changed of one. Raises RuleBroken for a circle or an emptied entry."""
    require(by, "disclosure.change_column", "您没有维护栏目的权限。")
    former = Column.objects.select_for_update().filter(pk=column.pk).first() if column.pk else None
    if former and column.parent_id and Column.objects.under(former).filter(pk=column.parent_id).exists():
        raise RuleBroken("上级栏目不能是本栏目或者它的下级栏目。", field="parent")
    if former and former.is_active and not column.is_active and former.children.active().exists():
        raise RuleBroken("请先停用下级栏目。", field="is_active")
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
