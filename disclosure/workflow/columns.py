"""Every change of a column."""

import re
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models import Column
from disclosure.models.codes import ColumnType, Entry, Rhythm
from disclosure.workflow import finding
from portal.audit import workflow as audit
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken
from portal.search import workflow as search

FIELDS = (
    "parent", "slug", "name", "department", "type", "rhythm", "entry", "description", "keywords",
    "position", "is_active",
)  # fmt: skip


SLUG_WANTED = "网址名由小写字母、数字组成，中间可以用连字符，例如：tongzhi-gonggao。"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def check(column: Column, *, by: User | None, at: datetime) -> None:
    """Raises RuleBroken, at its field, for who may not and for what cannot stand in the tree."""
    require(by, "disclosure.change_column", "您没有维护栏目的权限。")
    if (
        by is not None
        and not by.posts.in_force(localdate(at)).filter(department__code=settings.DISCLOSURE_OFFICE).exists()
    ):
        raise RuleBroken("栏目由政务公开主管部门统一维护，请联系该部门调整。")
    _check_words(column)
    _check_place(column)


def _check_words(column: Column) -> None:
    column.name, column.slug = column.name.strip(), column.slug.strip()
    others = Column.objects.exclude(pk=column.pk)
    if not column.name:
        raise RuleBroken("请填写栏目名称。", field="name")
    if not SLUG.fullmatch(column.slug):
        raise RuleBroken(SLUG_WANTED, field="slug")
    if others.filter(slug=column.slug).exists():
        raise RuleBroken(f"网址名“{column.slug}”已有栏目使用，请换一个。", field="slug")
    for field, choices, what in (
        ("type", ColumnType, "栏目类型"), ("rhythm", Rhythm, "更新频率"), ("entry", Entry, "固定入口"),
    ):  # fmt: skip
        value = getattr(column, field)
        if value not in choices.values and (value or field != "entry"):
            raise RuleBroken(f"请从列出的{what}中选择。", field=field)
    if column.entry and (holder := others.filter(entry=column.entry).first()):
        raise RuleBroken(
            f"固定入口“{column.get_entry_display()}”已由栏目“{holder}”承担，一个入口只能有一个栏目。",
            field="entry",
        )


def _check_place(column: Column) -> None:
    parent = column.parent
    below = Column.objects.under(column) if column.pk else Column.objects.none()
    if parent is not None and (parent.pk == column.pk or below.filter(pk=parent.pk).exists()):
        raise RuleBroken("上级栏目不能是本栏目或者它的下级栏目。", field="parent")
    if parent is not None and column.is_active and not parent.is_active:
        raise RuleBroken(f"上级栏目“{parent}”已停用，请先启用它，或者另选上级栏目。", field="parent")
    if not column.is_active and below.active().exclude(pk=column.pk).exists():
        raise RuleBroken("请先停用下级栏目。", field="is_active")


@transaction.atomic
def keep(column: Column, *, by: User | None, at: datetime) -> Column:
    """Add a column, or store what was changed of one; search follows at once. Raises RuleBroken as ``check`` does."""
    list(
        Column.objects.select_for_update(no_key=True).order_by("pk").values("pk")
    )  # a tree is changed by one at a time
    check(column, by=by, at=at)
    former = Column.objects.select_related("parent").filter(pk=column.pk).first() if column.pk else None
    changed = {
        name: str(getattr(column, name))
        for name in FIELDS
        if former is None or getattr(former, name) != getattr(column, name)
    }
    if not changed:
        return column
    column.save()
    if {"name", "is_active"} & set(changed):
        finding.name_columns([column])
    if (
        former is not None
        and "name" in changed
        and not Column.objects.filter(name=former.name).exclude(pk=column.pk).exists()
    ):
        search.follow_column(former.name, column.name, at=at)
    if former is not None and "parent" in changed:
        finding.hang_column(column, former=former.parent)
    deed = "disclosure.column.changed" if former else "disclosure.column.added"
    audit.record(deed, subject=column, actor=by, at=at, **changed)
    return column
