"""What cites an article of law, of every domain that may: guides, documents, replies and other articles."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from approvals.models import ItemVersion
from disclosure.models import Article

SHOWN = 50


@dataclass(frozen=True)
class Citing:
    """``more`` when there are others than those shown."""

    title: str
    links: list[tuple[str, str, str]]  # words, address, note
    more: bool = False


def of(article: Article, at: datetime) -> list[Citing]:
    """One list for each kind of thing that cites the article, without the empty ones."""
    kinds = (_guides(article), _rules(article), _documents(article, at), _replies(article))
    return [citing for citing in kinds if citing.links]


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


def _rules(article: Article) -> Citing:
    rows = article.citations.by_public_articles().select_related("citing__act").newest_first()[: SHOWN + 1]
    found = [row.citing for row in rows if row.citing]
    links = [(str(each), each.address, each.act.doc_no) for each in found[:SHOWN]]
    return Citing("引用本条的规定", links, more=len(found) > SHOWN)


def _documents(article: Article, at: datetime) -> Citing:
    rows = article.citations.by_public_documents(at).select_related(
        "document__current", "document__publisher"
    )
    found = [row.document for row in rows.newest_first()[: SHOWN + 1] if row.document]
    links = [
        (
            each.current.title,
            reverse("disclosure:document", args=[each.key]),
            f"{each.publisher.name}，{each.published_on}",
        )
        for each in found[:SHOWN]
        if each.current
    ]
    return Citing("引用本条的公开文件", links, more=len(found) > SHOWN)


def _replies(article: Article) -> Citing:
    rows = article.citations.by_published_replies().select_related("reply__request__department")
    found = [row.reply for row in rows.newest_first()[: SHOWN + 1] if row.reply]
    # The page of replies begins with those numbered below what it is asked for.
    links = [
        (
            each.published_title,
            f"{reverse('disclosure:replies')}?after={each.pk + 1}#reply-{each.pk}",
            each.request.department.name,
        )
        for each in found[:SHOWN]
    ]
    return Citing("引用本条的信息公开答复", links, more=len(found) > SHOWN)
