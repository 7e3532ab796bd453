"""An issue of the gazette: compiled of public documents, published, never changed after.

What the law asks when a document of a published issue is taken down: the issue itself stands (the text of
rules printed in a gazette is the standard text: 《中华人民共和国立法法》, article 待核), so number, order and
title stay; but what may not be public is public nowhere (《中华人民共和国政府信息公开条例》第十四条至第十六条),
so its words leave the page and the PDF, and a notice with date and reason stands in their place.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from disclosure import rich_text
from disclosure.models import Document, GazetteEdition, GazetteEntry, GazetteIssue, GazetteSection
from disclosure.models.codes import Genre, Method, StatutoryItem
from disclosure.models.gazette import IssueState
from portal.audit import workflow as audit
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken

REFUSAL = "政府公报由政务公开机构编排。"
CHANGE = "disclosure.change_gazetteissue"
# What belongs into a gazette by itself; of decisions those that are no penalty.
GENRES = (Genre.RULE, Genre.NORMATIVE, Genre.ORDER, Genre.DECISION)
MOST = 200


@transaction.atomic
def compile_issue(*, year: int, number: int, by: User | None, at: datetime) -> GazetteIssue:
    """A new, empty issue."""
    require(by, "disclosure.add_gazetteissue", REFUSAL)
    if GazetteIssue.objects.filter(year=year, number=number).exists():
        raise RuleBroken(f"{year}年第{number}期已经有了。", field="number")
    issue = GazetteIssue.objects.create(year=year, number=number, created_at=at)
    audit.record("disclosure.gazette.opened", subject=issue, actor=by, at=at, issue=str(issue))
    return issue


@transaction.atomic
def take_in(
    issue: GazetteIssue, *, index_nos: Iterable[str], section: str, by: User | None, at: datetime
) -> list[GazetteEntry]:
    """Put public documents at the end of a section. Raises RuleBroken naming those that are not public."""
    require(by, CHANGE, REFUSAL)
    issue = GazetteIssue.objects.locked(issue)
    issue.require_open()
    wanted = list(dict.fromkeys(number.strip() for number in index_nos if number.strip()))
    found = {
        each.index_no: each for each in Document.objects.visible_to(None, at).filter(index_no__in=wanted)
    }
    if missing := [number for number in wanted if number not in found]:
        raise RuleBroken(f"没有公开的文件用这些索引号：{'、'.join(missing[:5])}", field="index_nos")
    return _append(issue, [found[number] for number in wanted], section, by=by, at=at)


@transaction.atomic
def take_in_period(
    issue: GazetteIssue, *, since: date, until: date, by: User | None, at: datetime
) -> list[GazetteEntry]:
    """Rules, normative documents, orders and decisions of a period, and what names the gazette as its way;
    without those that stand in an issue already."""
    require(by, CHANGE, REFUSAL)
    issue = GazetteIssue.objects.locked(issue)
    issue.require_open()
    if until < since:
        raise RuleBroken("截止日期不能早于起始日期。", field="until")
    general = Q(current__genre__in=GENRES) & ~Q(current__statutory_item=StatutoryItem.PENALTIES)
    fit = general | Q(current__methods__contains=[Method.GAZETTE])
    documents = (
        Document.objects.visible_to(None, at)
        .filter(fit, published_on__range=(since, until), gazette_entries=None)
        .select_related("current", "publisher")
        .order_by("published_at", "pk")
    )
    added = []
    for section, group in _by_section(list(documents[:MOST])).items():
        added += _append(issue, group, section, by=by, at=at)
    if not added:
        raise RuleBroken("这段时间没有适合刊登而又没有刊登过的文件。", field="since")
    return added


def _by_section(documents: list[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {str(section): [] for section in GazetteSection}
    for document in documents:
        version = document.current
        if version and version.genre == Genre.RULE:
            found[GazetteSection.RULES].append(document)
        elif document.publisher.parent_id is None:
            found[GazetteSection.GOVERNMENT].append(document)
        else:
            found[GazetteSection.DEPARTMENTS].append(document)
    return {section: group for section, group in found.items() if group}


def _append(
    issue: GazetteIssue, documents: list[Document], section: str, *, by: User | None, at: datetime
) -> list[GazetteEntry]:
    known = dict(issue.entries.values_list("document_id", "position"))
    last = max(known.values(), default=0)
    entries = []
    for document in documents:
        if document.pk not in known and document.current_id is not None:
            last += 1
            entries.append(
                GazetteEntry(
                    issue=issue,
                    document=document,
                    version_id=document.current_id,
                    section=section,
                    position=last,
                )
            )
    GazetteEntry.objects.bulk_create(entries)
    if entries:
        numbers = [document.index_no for document in documents]
        audit.record(
            "disclosure.gazette.taken_in", subject=issue, actor=by, at=at, section=section, documents=numbers
        )
    return entries


@transaction.atomic
def take_out(issue: GazetteIssue, *, index_nos: Iterable[str], by: User | None, at: datetime) -> int:
    """Remove documents from an issue that is still being compiled; how many."""
    require(by, CHANGE, REFUSAL)
    issue = GazetteIssue.objects.locked(issue)
    issue.require_open()
    wanted = [number.strip() for number in index_nos if number.strip()]
    removed, _ = issue.entries.filter(document__index_no__in=wanted).delete()
    if not removed:
        raise RuleBroken("本期没有这些索引号的文件。", field="index_nos")
    audit.record("disclosure.gazette.taken_out", subject=issue, actor=by, at=at, documents=wanted)
    return removed


@transaction.atomic
def publish(issue: GazetteIssue, *, by: User | None, at: datetime) -> GazetteIssue:
    """Freeze the issue with the words its documents have today. Raises RuleBroken for one that is not public."""
    require(by, CHANGE, REFUSAL)
    issue = GazetteIssue.objects.locked(issue)
    issue.require_open()
    entries = list(issue.entries.select_related("document__current").order_by("position"))
    if not entries:
        raise RuleBroken("本期还没有选入文件，不能出版。")
    if hidden := withdrawn(issue, at):
        titles = "、".join(f"《{entry.version.title}》" for entry in hidden[:3])
        raise RuleBroken(f"{titles}现在没有公开，请先移出。")
    for entry in entries:
        if entry.document.current_id and entry.version_id != entry.document.current_id:
            entry.version_id = entry.document.current_id
            entry.save(update_fields=["version"])
    issue.state, issue.published_at, issue.published_on, issue.published_by = (
        IssueState.PUBLISHED, at, localdate(at), by,
    )  # fmt: skip
    issue.save(update_fields=["state", "published_at", "published_on", "published_by"])
    audit.record(
        "disclosure.gazette.published", subject=issue, actor=by, at=at,
        documents=[entry.document.index_no for entry in entries],
    )  # fmt: skip
    return issue


def withdrawn(issue: GazetteIssue, at: datetime) -> list[GazetteEntry]:
    """The entries whose document the public may not see now."""
    visible = Document.objects.visible_to(None, at).filter(gazette_entries__issue=issue).values("pk")
    hidden = issue.entries.exclude(document__in=visible)
    return list(hidden.select_related("document", "version").order_by("position"))


def edition(issue: GazetteIssue, *, at: datetime) -> GazetteEdition:
    """The PDF as the public may have it now; made when what may be seen of the issue has changed.

    Made under lock and looked for first, so two visitors make it once.
    """
    left_out = [str(entry.document.key) for entry in withdrawn(issue, at)]
    latest = issue.editions.order_by("-number").first()
    if latest and latest.left_out == left_out:
        return latest
    with transaction.atomic():
        issue = GazetteIssue.objects.locked(issue)
        latest = issue.editions.order_by("-number").first()
        if latest and latest.left_out == left_out:
            return latest
        # Half a second of imports: only a process that makes papers pays it.
        from portal.papers.typesetting import typeset_gazette

        content = typeset_gazette(_words(issue, set(left_out)), at=issue.published_at or at)
        number = latest.number + 1 if latest else 1
        name = default_storage.save(f"gazette/{issue.year}/{issue.key}-{number}.pdf", ContentFile(content))
        made = GazetteEdition.objects.create(
            issue=issue, number=number, left_out=left_out, file=name, size=len(content),
            sha256=hashlib.sha256(content).hexdigest(), made_at=at,
        )  # fmt: skip
        audit.record(
            "disclosure.gazette.edition_made", subject=issue, actor=None, at=at, number=number, sha256=made.sha256,
            left_out=len(left_out),
        )  # fmt: skip
        return made


def _words(issue: GazetteIssue, left_out: set[str]) -> dict[str, Any]:
    sections: dict[str, list[dict[str, Any]]] = {}
    entries = issue.entries.select_related("document__publisher", "version")
    for entry in sorted(
        entries, key=lambda each: (list(GazetteSection.values).index(each.section), each.position)
    ):
        document, version = entry.document, entry.version
        gone = str(document.key) in left_out
        notice = (
            f"本篇已于{localdate(document.withdrawn_at):%Y-%m-%d}撤下。"
            if document.withdrawn_at
            else "本篇已不再公开。"
        )
        sections.setdefault(str(GazetteSection(entry.section).label), []).append(
            {
                "title": version.title,
                "doc_no": "" if gone else version.doc_no,
                "index_no": document.index_no,
                "publisher": document.publisher.name,
                "formed_on": version.formed_on.isoformat() if version.formed_on else "",
                "paragraphs": [] if gone else rich_text.paragraphs(version.body),
                "notice": f"{notice}{document.withdrawn_reason}" if gone else "",
            }
        )
    return {
        "name": f"{settings.SITE['organ']}公报",
        "organ": settings.SITE["organ"],
        "label": str(issue),
        "published_on": issue.published_on.isoformat() if issue.published_on else "",
        "sections": [{"title": title, "entries": rows} for title, rows in sections.items()],
    }
