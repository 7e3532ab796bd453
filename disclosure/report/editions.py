"""What a later edition of a report says otherwise than the one it replaces. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from disclosure.report import cells, wording
from disclosure.report.cells import Figures, count


def changed_figures(before: Figures, after: Figures, year: int) -> list[dict[str, str]]:
    """Each cell that counts otherwise now, in the order printed."""
    return [
        {
            "cell": address,
            "name": name,
            "before": wording.printed(before.get(address)),
            "after": wording.printed(after.get(address)),
        }
        for address, name in (cells.names(year) | cells.FEE_NAMES).items()
        if count(before.get(address)) != count(after.get(address))
    ]


def changed_words(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> list[str]:
    """The titles of the paragraphs that read otherwise, new and dropped ones with them."""
    was, now = ({one["title"]: one["text"] for one in words} for words in (before, after))
    return [title for title in {**was, **now} if was.get(title) != now.get(title)]
