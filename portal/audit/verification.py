"""Walks the whole record in the database: chains, heads, days, and the rows the law makes us keep."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any, TextIO

from django.db import connection, models, transaction

from portal.audit import sealing
from portal.audit.history import CHAINED, STATUTORY
from portal.audit.inspection import Fault, Inspection, Line, name_of
from portal.audit.models import Chain, DayDigest, DigestLeaf, Entry


def lines() -> Iterator[Line]:
    """The record as an export: each day with its leaves, then the entries chain by chain."""
    for digest in DayDigest.objects.order_by("day"):
        yield {
            "record": "digest",
            "day": digest.day.isoformat(),
            "prev_root": digest.prev_root,
            "root": digest.root,
            "leaf_count": digest.leaf_count,
        }
        leaves = DigestLeaf.objects.filter(digest=digest).order_by("id")
        for leaf in leaves.values("subject_type", "subject_id", "seq", "hash").iterator(5000):
            yield {"record": "leaf", "day": digest.day.isoformat(), **leaf}
    columns = "subject_type subject_id seq action actor_id actor_label behalf_label at facts prev_hash hash"
    entries = Entry.objects.order_by("subject_type", "subject_id", "seq", "id").values(*columns.split())
    for entry in entries.iterator(5000):
        moment = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
        yield {"record": "entry", **entry, "at": moment}


def verify(export: TextIO | None = None) -> list[Fault]:
    """Everything that does not hold, the first broken entry first; an empty list is a sound record.

    Reads one snapshot, so writers may go on meanwhile. ``export`` receives the lines read.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            _one_snapshot()
        inspection = Inspection().run(_copied(lines(), export) if export else lines())
        return [*inspection.faults, *_heads(), *_seals(), *_unchained_rows(), *_unrecorded_changes()]


def _one_snapshot() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _copied(source: Iterator[Line], export: TextIO) -> Iterator[Line]:
    for line in source:
        export.write(sealing.canonical(line) + "\n")
        yield line


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _heads() -> Iterator[Fault]:
    """Entries cut off at the end, added at the end, or whole chains gone."""
    for kind, ident, seq, found in _rows(
        "SELECT c.subject_type, c.subject_id, c.seq, e.hash FROM audit_chain c"
        " LEFT JOIN audit_entry e USING (subject_type, subject_id, seq)"
        " WHERE e.hash IS DISTINCT FROM c.hash ORDER BY 1, 2"
    ):
        what = "链尾登记的这一条不存在（记录被删除）" if found is None else "与链尾登记的摘要不符"
        yield Fault(name_of(kind, ident, seq), what)
    for kind, ident, seq in _rows(
        "SELECT e.subject_type, e.subject_id, e.seq FROM audit_entry e"
        " LEFT JOIN audit_chain c USING (subject_type, subject_id)"
        " WHERE c.seq IS NULL OR e.seq > c.seq ORDER BY 1, 2, 3"
    ):
        yield Fault(name_of(kind, ident, seq), "链尾没有登记这一条（绕过系统插入）")


def _seals() -> Iterator[Fault]:
    for kind, ident, seq in _rows(
        "SELECT subject_type, subject_id, seq FROM audit_chain c WHERE is_sealed AND NOT EXISTS ("
        " SELECT FROM audit_digestleaf l WHERE (l.subject_type, l.subject_id, l.seq, l.hash)"
        " = (c.subject_type, c.subject_id, c.seq, c.hash)) ORDER BY 1, 2"
    ):
        yield Fault(name_of(kind, ident, seq), "已封存，但每日摘要里没有它（摘要被删除或改动）")


def _unchained_rows() -> Iterator[Fault]:
    for model in CHAINED:
        label = model._meta.label_lower
        chained = Chain.objects.filter(
            subject_type=label,
            subject_id=models.functions.Cast(models.OuterRef("pk"), models.CharField()),
        )
        rows = model._base_manager.filter(~models.Exists(chained)).order_by("pk")
        for key in rows.values_list("pk", flat=True)[:1000]:
            yield Fault(f"{label}:{key}", "没有任何留痕记录（整条链被删除）")


# Names come from the models, never from input.
_DIFFERING = """
SELECT coalesce(r.{key}, h.pgh_obj_id)::text, r.{key} IS NOT NULL, h.pgh_label
FROM {table} r
FULL JOIN (SELECT DISTINCT ON (pgh_obj_id) * FROM {history} ORDER BY pgh_obj_id, pgh_id DESC) h
  ON r.{key} = h.pgh_obj_id
WHERE CASE WHEN r.{key} IS NULL THEN h.pgh_label <> 'delete'
           WHEN h.pgh_obj_id IS NULL OR h.pgh_label = 'delete' THEN true
           ELSE ROW({row}) IS DISTINCT FROM ROW({last}) END
ORDER BY 1
"""


def _unrecorded_changes() -> Iterator[Fault]:
    """Rows that differ from their last recorded version: changed with the triggers off."""
    quote = connection.ops.quote_name
    for model in STATUTORY:
        fields = [field for field in model._meta.local_concrete_fields if field.column]
        sql = _DIFFERING.format(
            key=quote(str(model._meta.pk.column)),
            table=quote(model._meta.db_table),
            history=quote(model.pgh_event_model._meta.db_table),  # type: ignore[attr-defined]
            row=", ".join(f"r.{quote(str(field.column))}" for field in fields),
            last=", ".join(f"h.{quote(str(field.column))}" for field in fields),
        )
        for ident, exists, label in _rows(sql):
            yield Fault(
                f"{model._meta.label_lower}:{ident}", f"{_difference(exists, label)}（绕过触发器改动）"
            )


def _difference(exists: bool, last_label: str | None) -> str:
    if not exists:
        return "不存在，而没有删除记录"
    if last_label is None:
        return "存在，而没有变更记录"
    return "已有删除记录，而仍然存在" if last_label == "delete" else "内容与最后一次变更记录不符"
