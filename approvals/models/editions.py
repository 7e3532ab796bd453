"""Which guide is in force, and whether it still says what it said."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from approvals.models.items import ItemVersion

# Where PostgreSQL keeps a row and which transaction wrote it: both change with every update of the row,
# and no later state of it has the same two. The version's own elements are frozen with it and an uploaded
# file is never rewritten; what else a guide prints is its item, the department, and the law it cites.
# Look-ups inside look-ups: planning the same as joins takes longer than all the rest.
_MARK = """
row(approvals_itemversion.xmin, approvals_itemversion.ctid, approvals_serviceitem.xmin, approvals_serviceitem.ctid,
    (SELECT row(office.xmin, office.ctid) FROM people_department office
     WHERE office.id = approvals_serviceitem.department_id),
    ARRAY(SELECT (SELECT row(article.xmin, article.ctid, (SELECT row(act.xmin, act.ctid) FROM disclosure_act act
                                                         WHERE act.id = article.act_id))
                  FROM disclosure_article article WHERE article.id = basis.article_id)::text
          FROM approvals_legalbasis basis WHERE basis.version_id = approvals_itemversion.id))::text
"""
_CODE = "the code asked for"


@dataclass(frozen=True)
class Edition:
    """A version in force, with a mark that changes with any word its guide prints."""

    version_id: int
    mark: str


def edition_in_force(code: str) -> Edition | None:
    """One question; nothing where a visitor finds no guide."""
    sql, values = _question()
    with connection.cursor() as cursor:
        cursor.execute(sql, [code if value == _CODE else value for value in values])
        found = cursor.fetchone()
    return Edition(*found) if found else None


@cache
def _question() -> tuple[str, tuple[Any, ...]]:
    """Put together once from the one rule of what is in force: that takes longer than the answer."""
    asked = ItemVersion.objects.current().filter(item__code=_CODE)
    return asked.values_list("pk", RawSQL(_MARK, [])).query.sql_with_params()  # noqa: S611 (no value in it)
