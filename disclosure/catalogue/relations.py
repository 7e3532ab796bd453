"""What a document has to do with others, both ways, as far as both ends are public."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from disclosure.models import Document, DocumentLink
from disclosure.models.codes import LinkKind

# (kind, whether this document is the source): what the others are to it, in the order of the page.
LABELS = {
    (LinkKind.INTERPRETS, False): "政策解读",
    (LinkKind.INTERPRETS, True): "解读的文件",
    (LinkKind.AMENDS, False): "修改本文件的文件",
    (LinkKind.SUPERSEDES, False): "替代本文件的文件",
    (LinkKind.REPEALS, False): "废止本文件的文件",
    (LinkKind.AMENDS, True): "本文件修改的文件",
    (LinkKind.SUPERSEDES, True): "本文件替代的文件",
    (LinkKind.REPEALS, True): "本文件废止的文件",
}
ENDS = {(LinkKind.SUPERSEDES, False), (LinkKind.REPEALS, False), (LinkKind.AMENDS, False)}


@dataclass(frozen=True)
class Other:
    key: UUID
    title: str
    doc_no: str
    published_at: datetime | None


@dataclass(frozen=True)
class Relation:
    """``ends``: the others took force, or part of it, from this document."""

    label: str
    ends: bool
    others: list[Other]


def relations(document: Document, at: datetime) -> list[Relation]:
    """Every relation there is, each with its documents from the oldest to the newest."""
    links = (
        DocumentLink.objects.between_public(at)
        .filter(Q(source=document) | Q(target=document))
        .order_by("pk")
        .values(
            "kind",
            *(
                f"{end}__{field}"
                for end in ("source", "target")
                for field in ("id", "key", "published_at", "current__title", "current__doc_no")
            ),
        )
    )
    found: dict[tuple[str, bool], list[Other]] = {}
    for link in links:
        is_source = link["source__id"] == document.pk
        end = "target" if is_source else "source"
        fields = ("key", "current__title", "current__doc_no", "published_at")
        other = Other(*(link[f"{end}__{field}"] for field in fields))
        found.setdefault((link["kind"], is_source), []).append(other)
    return [Relation(label, key in ENDS, found[key]) for key, label in LABELS.items() if key in found]
