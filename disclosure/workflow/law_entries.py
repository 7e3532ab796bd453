"""Acts as a file lists them, into the law library."""

from datetime import datetime
from typing import Any

from disclosure.models import Act, Article, Succession
from disclosure.workflow import library
from portal.people.models import User
from portal.refusals import RuleBroken

ACT_KEYS = (
    "title", "level", "doc_no", "issuer", "issued_on", "effective_on", "amended_on", "url", "text", "is_certain",
)  # fmt: skip
# Of an act besides its columns: ``replaces`` lists {title, doc_no, kind: revises | replaces, on, basis}.
MORE_KEYS = ("articles", "replaces", "repealed_on", "repeal_basis")


def keep(entries: list[dict[str, Any]], *, by: User | None, at: datetime) -> None:
    """Enter or change each act with its articles, then what takes the place of what; twice changes nothing."""
    kept = [(_keep_act(entry, by=by, at=at), entry) for entry in entries]
    for act, entry in kept:
        for row in entry.get("replaces") or []:
            _follow(act, row, by=by, at=at)
        if entry.get("repealed_on") and not act.repealed_on:
            library.repeal(
                act, on=entry["repealed_on"], basis=str(entry.get("repeal_basis", "")), by=by, at=at
            )


def _keep_act(entry: dict[str, Any], *, by: User | None, at: datetime) -> Act:
    values = {name: entry[name] for name in ACT_KEYS if entry.get(name) is not None}
    act = Act.objects.filter(title=entry["title"], doc_no=values.get("doc_no", "")).first() or Act(
        level="normative"
    )
    for name, value in values.items():
        setattr(act, name, value)
    library.keep_act(act, by=by, at=at)
    known = {article.number: article for article in act.articles.all()}
    for row in entry.get("articles") or []:
        number = str(row["number"])
        article = known.get(number) or Article(act=act, number=number)
        article.text, article.is_certain = row.get("text", ""), row.get("certain", True)
        library.keep_article(article, by=by, at=at)
    return act


def _follow(act: Act, row: dict[str, Any], *, by: User | None, at: datetime) -> None:
    earlier = Act.objects.filter(title=row.get("title", ""), doc_no=row.get("doc_no", "")).first()
    if earlier is None:
        raise RuleBroken(f"{act}取代的《{row.get('title', '')}》{row.get('doc_no', '')}不在法规标准库中。")
    if not Succession.objects.filter(earlier=earlier, later=act).exists():
        library.supersede(
            earlier,
            later=act,
            kind=row.get("kind", Succession.Kind.REPLACES),
            on=row.get("on"),
            basis=row.get("basis", ""),
            by=by,
            at=at,
        )
