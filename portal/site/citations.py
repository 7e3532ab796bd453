"""What cites an article of law, of every domain that may: guides, and published words that name it."""

from dataclasses import dataclass

from approvals.models import ItemVersion
from disclosure.models import Article
from portal.search import workflow as search

SHOWN = 50


@dataclass(frozen=True)
class Citing:
    """``more`` when there are others than those shown."""

    title: str
    links: list[tuple[str, str, str]]  # words, address, note
    more: bool = False


def of(article: Article) -> list[Citing]:
    """One list for each kind of thing that cites the article, without the empty ones."""
    return [citing for citing in (_guides(article), _texts(article)) if citing.links]


def _guides(article: Article) -> Citing:
    versions = (
        ItemVersion.objects.current()
        .filter(legal_bases__article=article, legal_bases__is_certain=True)
        .select_related("item__department")
        .order_by("item__code")
    )
    page = list(versions[: SHOWN + 1])
    links = [(v.name, f"/guides/{v.item.code}/", v.item.department.name) for v in page[:SHOWN]]
    return Citing("以本条为依据的政务服务事项", links, more=len(page) > SHOWN)


def _texts(article: Article) -> Citing:
    """Public documents and articles of other acts whose words name this article."""
    if not article.number:
        return Citing("", [])
    found = search.find(f"{article}")
    links = [
        (hit.title, hit.url, f"{hit.on:%Y-%m-%d}")
        for hit in found.rows
        if hit.kind in ("document", "article") and hit.url != article.address
    ]
    return Citing("提到本条的公开文件和规定", links, more=bool(found.after))
