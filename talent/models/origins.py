"""Where each fact of the registries comes from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self, TypeVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate

from portal.days import spoken
from portal.people.models import Department, Party, User
from talent.models.codes import ArchiveGround, OriginKind


class Origin(models.Model):
    """One act that stated facts: a declaration, an import, a decision. Never changed afterwards.

    A batch of half a million rows has one origin. ``case_number`` and ``decision_number`` name a case
    by its number, as the registries stand below the cases.
    """

    kind = models.CharField("来源", max_length=8, choices=OriginKind)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人"
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申报人"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="部门"
    )
    source = models.CharField("来源说明", max_length=200, blank=True)
    case_number = models.CharField("办件编号", max_length=43, blank=True, db_index=True)
    decision_number = models.CharField("决定文号", max_length=80, blank=True)

    class Meta:
        verbose_name = "数据来源"
        verbose_name_plural = "数据来源"
        constraints = [
            models.CheckConstraint(
                name="origin_names_who_states",
                condition=Q(kind=OriginKind.SELF, party__isnull=False)
                | (Q(kind=OriginKind.IMPORT) & ~Q(source=""))
                | (Q(kind=OriginKind.DECISION, department__isnull=False) & ~Q(decision_number="")),
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        """As a page says it: 由示范市住房和城乡建设局2026年11月25日决定（文号…）写入."""
        on = localdate(self.at)
        day = spoken(on)
        if self.kind == OriginKind.DECISION:
            return f"由{self.department}{day}决定（{self.decision_number}）写入"
        if self.kind == OriginKind.IMPORT:
            return f"{day}导入（{self.source}）"
        return f"{self.party}{day}自行申报"

    @property
    def is_locked(self) -> bool:
        """Only another decision changes what a decision wrote."""
        return self.kind == OriginKind.DECISION

    @property
    def lock_word(self) -> str:
        """Beside a field that its party may not change by itself; empty for what it said itself."""
        return {OriginKind.DECISION: "已锁定", OriginKind.IMPORT: "不能自行修改"}.get(
            OriginKind(self.kind), ""
        )


F = TypeVar("F", bound=models.Model)


def label_of(model: type[models.Model], field: str) -> str:
    return str(model._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def worded(model: type[models.Model], field: str, value: Any) -> str:
    """A field's value as pages say it."""
    column = model._meta.get_field(field)
    value = column.to_python(value)  # type: ignore[union-attr]
    if value in (None, ""):
        return "（空）"
    if column.choices:  # type: ignore[union-attr]
        return str(dict(column.flatchoices).get(value, value))  # type: ignore[union-attr]
    if isinstance(value, date):
        return spoken(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


class FactQuerySet(models.QuerySet[F]):
    def live(self) -> Self:
        """Without what was put away."""
        return self.filter(archived_at=None)


class Fact(models.Model):
    """A row that someone stated. Nothing is deleted: it is archived with a reason."""

    origin = models.ForeignKey(Origin, models.PROTECT, related_name="+", verbose_name="数据来源")
    archived_at = models.DateTimeField("归档时间", null=True, blank=True, editable=False)
    archived_reason = models.CharField("归档原因", max_length=200, blank=True, editable=False)

    objects: ClassVar[Any] = FactQuerySet.as_manager()

    class Meta:
        abstract = True


@dataclass(frozen=True)
class OwnFact:
    field: str
    label: str
    words: str
    origin: Origin | None  # None: nobody has said anything of it

    @property
    def is_open(self) -> bool:
        """Whether the party may say otherwise by itself."""
        return self.origin is None or self.origin.kind == OriginKind.SELF


class Described(Fact):
    """A fact of many fields that different origins may have stated.

    ``origin`` stands for all fields but those named in ``origins`` (field to the key of its origin, or
    to null where the row came in without a word about it: then anybody may say something).
    """

    origins = models.JSONField("各字段来源", default=dict, blank=True, editable=False)
    archived_ground = models.CharField(
        "归档类别", max_length=10, choices=ArchiveGround, blank=True, editable=False
    )

    class Meta:
        abstract = True

    # Fields that the party itself may speak of; all others follow from its identity or from other acts.
    own_fields: ClassVar[tuple[str, ...]] = ()

    def own_facts(self) -> list["OwnFact"]:
        """What stands in each of ``own_fields``, and who said so; one query."""
        ids = {field: self.origin_id_of(field) for field in self.own_fields}
        wanted = {pk for pk in ids.values() if pk is not None}
        found = Origin.objects.select_related("department", "party").in_bulk(wanted)
        return [
            OwnFact(
                field, label_of(type(self), field), worded(type(self), field, getattr(self, field)),
                None if pk is None else found[pk],
            )
            for field, pk in ids.items()
        ]  # fmt: skip

    def origin_id_of(self, field: str) -> int | None:
        """None where nobody has said anything of the field."""
        pk = self.origins.get(field, self.origin_id)
        return None if pk is None else int(pk)

    def put(self, field: str, value: Any, origin: Origin) -> None:
        """In memory: the field says ``value`` because of ``origin``."""
        setattr(self, field, value)
        self.origins = {**self.origins, field: origin.pk}
