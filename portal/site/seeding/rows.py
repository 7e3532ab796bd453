"""Invented rows on their way into the database: COPY's text format, and the labels of search rows."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from portal.search.labels import VALID, Place, way
from portal.search.tokens import label
from portal.search.workflow.index import COLUMNS, Wanted, keep_labels
from portal.site.seeding.texts import SEED, Text


@dataclass(frozen=True)
class Choices:
    """What is given out, the first of each most often."""

    departments: Sequence[Any]
    columns: Sequence[Any]
    topics: Sequence[str]
    genres: Sequence[str]
    validities: Sequence[str]  # the first to nine of ten

    def pick(self, number: int) -> tuple[Any, Any, str, str, str]:
        """The labels of a number: always the same from the same choices."""
        dice = random.Random(SEED * 7 + number)  # noqa: S311 (seeded on purpose)

        def one(values: Sequence[Any]) -> Any:
            return values[int(len(values) * dice.random() ** 2)]

        validity = self.validities[0] if dice.random() < 0.9 else one(self.validities[1:])
        return one(self.departments), one(self.columns), one(self.topics), one(self.genres), validity


# For an index alone, without the documents behind it.
INVENTED = Choices(
    departments=range(1, 21),
    columns=[
        ("政策文件", "规范性文件"), ("政策文件", "政策解读"), ("通知公告",), ("财政预决算",), ("行政许可",),
        ("行政处罚",), ("规划计划",), ("人事信息",),
    ],
    topics=["综合政务", "城乡建设、环境保护", "财政、金融、审计", "科技、教育", "卫生、体育", "其他"],
    genres=["通知", "公告", "意见", "批复", "行政规范性文件", "政策解读"],
    validities=[VALID, "失效", "废止", "已修改"],
)  # fmt: skip


def wanted(text: Text) -> Wanted:
    department, column, topic, genre, validity = INVENTED.pick(text.number)
    url = f"/disclosure/documents/{text.number}/"
    return Wanted(
        str(text.number), text.title, text.body, url, text.on, department, column, topic, genre, validity
    )


def copy_wanted(kind: str, rows: Iterable[Wanted]) -> None:
    """Into the index as fast as it goes. The labels of the rows must be there."""
    lines = (line([kind, row.obj_id, *row.values(kind)]) for row in rows)
    _copy(f"finding_searchrow (kind, obj_id, {COLUMNS})", lines)


def copy_models(instances: Sequence[models.Model]) -> None:
    """Rows of one model with their keys, as they stand in memory."""
    fields = instances[0]._meta.local_concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    lines = (
        line([field.get_db_prep_save(getattr(each, field.attname), connection) for field in fields])
        for each in instances
    )
    _copy(f"{instances[0]._meta.db_table} ({names})", lines)


def keys(model: type[models.Model], count: int) -> list[int]:
    """So many new primary keys of a model."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def keep_all_labels(ways: Iterable[Sequence[str | Place]], **worded: Iterable[str]) -> None:
    named = [(label("column", key), "column", name) for each in ways for key, name in way(each)]
    named += [(label(name, value), name, value) for name, values in worded.items() for value in values]
    with connection.cursor() as cursor:
        keep_labels(cursor, list(dict.fromkeys(named)))


def _copy(target: str, lines: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {target} FROM STDIN", Lines(lines))


_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def line(values: Iterable[object]) -> str:
    """One row in COPY's text format."""
    return "\t".join(map(_cell, values)) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"  # numbers and plain codes only
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).translate(_ESCAPES)


class Lines:
    """A stream COPY can read from, made as it is read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.rest = b""

    def read(self, size: int = 8192) -> bytes:
        while len(self.rest) < size and (text := next(self.lines, "")):
            self.rest += text.encode()
        part, self.rest = self.rest[:size], self.rest[size:]
        return part
