"""Invented rows on their way into the database: what is given out to them, and the labels of search rows."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from portal.copying import copy, line
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


FOUND = f"finding_searchrow (kind, obj_id, {COLUMNS})"


def found(kind: str, row: Wanted) -> str:
    """One line of ``FOUND``."""
    return line([kind, row.obj_id, *row.values(kind)])


def copy_wanted(kind: str, rows: Iterable[Wanted]) -> None:
    """Into the index as fast as it goes. The labels of the rows must be there."""
    copy(FOUND, (found(kind, row) for row in rows))


def keep_all_labels(ways: Iterable[Sequence[str | Place]], **worded: Iterable[str]) -> None:
    named = [(label("column", key), "column", name) for each in ways for key, name in way(each)]
    named += [(label(name, value), name, value) for name, values in worded.items() for value in values]
    with connection.cursor() as cursor:
        keep_labels(cursor, list(dict.fromkeys(named)))
