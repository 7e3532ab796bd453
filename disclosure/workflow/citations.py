"""Rows of who cites which article, written in the transaction of the words that name it."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Prefetch, Q

from disclosure import articles
from disclosure.models import Act, Article, Citation, Document, RequestReply
from portal.search import workflow as search

PAGES_LOOKED_AT = 25  # of what already named an article when it was entered


def cite_documents(documents: Iterable[Document]) -> None:
    """What each document's current version names, in place of what it named before."""
    texts: dict[int, tuple[str, date | None]] = {}
    for document in documents:
        version = document.current
        if version is not None:
            words = "\n".join((version.title, version.summary, version.text))
            texts[document.pk] = (words, version.formed_on or document.published_on)
    _write("document", texts)


def cite_reply(reply: RequestReply) -> None:
    """What a letter of reply names, and what is published of it."""
    words = "\n".join((reply.content, reply.withheld, reply.reasons, reply.law, reply.published_text))
    _write("reply", {reply.pk: (words, reply.request.replied_on)})


def cite_article(article: Article) -> None:
    """What an article names of other acts, or of its own by the full title."""
    _write("citing", {article.pk: (article.text, article.act.issued_on)})


def find_citing(article: Article) -> None:
    """What named an article before it was entered: documents, articles and replies of the past."""
    named = str(article)
    keys: list[str] = []
    rows: list[int] = []
    after = ""
    for _ in range(PAGES_LOOKED_AT):
        found = search.find(named, after=after, limit=100)
        keys += [hit.obj_id for hit in found.rows if hit.kind == "document"]
        rows += [
            int(hit.obj_id.partition("-")[2])
            for hit in found.rows
            if hit.kind == "article" and "-" in hit.obj_id
        ]
        after = found.after
        if not after:
            break
    cite_documents(Document.objects.filter(key__in=keys).select_related("current"))
    for other in Article.objects.filter(pk__in=rows).exclude(pk=article.pk).select_related("act"):
        cite_article(other)
    names = Q(content__contains=named) | Q(reasons__contains=named) | Q(law__contains=named)
    for reply in RequestReply.objects.filter(names).select_related("request"):
        cite_reply(reply)


def _write(by: str, texts: Mapping[int, tuple[str, date | None]]) -> None:
    """``by`` is the column of what cites; ``texts``: its words and their day, by its key."""
    if not texts:
        return
    named = {pk: articles.named(words) for pk, (words, _) in texts.items()}
    titles = {title for names in named.values() for title, _ in names}
    known = _known(titles) if titles else {}
    wanted = {
        (pk, article)
        for pk, names in named.items()
        for title, number in names
        if (article := _meant(known.get(title, []), number, texts[pk][1])) is not None
        and not (by == "citing" and article == pk)
    }
    had = set(Citation.objects.filter(**{f"{by}__in": list(texts)}).values_list(by, "article"))
    for pk in {pk for pk, _ in had - wanted}:
        gone = [article for one, article in had - wanted if one == pk]
        Citation.objects.filter(**{by: pk, "article__in": gone}).delete()
    Citation.objects.bulk_create(
        [Citation(**{f"{by}_id": pk, "article_id": article}) for pk, article in sorted(wanted - had)],
        ignore_conflicts=True,
    )


# Texts of one title, newest first: the day from which each holds, and its articles by anchor.
_Texts = list[tuple[date, dict[str, int]]]


def _known(titles: set[str]) -> dict[str, _Texts]:
    found: dict[str, _Texts] = {}
    numbers_only = Prefetch("articles", Article.objects.defer("text"))
    acts = Act.objects.filter(title__in=titles).newest_first().prefetch_related(numbers_only)
    for act in acts:
        holds = act.effective_on or act.issued_on or date.min
        numbers = {each.anchor: each.pk for each in act.articles.all() if each.number}
        found.setdefault(act.title, []).append((holds, numbers))
    return found


def _meant(texts: _Texts, number: str, on: date | None) -> int | None:
    """The article of the text that held on the day, by its item or paragraph or as a whole."""
    in_force = [numbers for holds, numbers in texts if on is None or holds <= on]
    for numbers in (in_force or [numbers for _, numbers in texts])[:1]:
        for anchor in articles.coarser(articles.anchor(number)):
            if anchor in numbers:
                return numbers[anchor]
    return None
