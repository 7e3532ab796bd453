"""What the page of a version lays before the person who judges it: everything in one window."""

from datetime import date
from typing import Any

from django.urls import reverse

from disclosure.admin.document_deeds import takedown_reason
from disclosure.models import (
    DocumentLink,
    DocumentVersion,
    LinkKind,
    Method,
    ReviewStage,
    ReviewStep,
    Verdict,
)
from portal.days import spoken
from portal.people.models import User
from portal.workdays.models import Clock, ClockKind

# The columns of a version as the record shows them, in the order of the catalogue.
SHOWN = (
    "formed_on", "doc_no", "topic", "genre", "statutory_item", "group", "audience", "keywords", "attribute",
    "withheld_reason", "methods", "scope", "public_until", "effective_on", "expires_on", "source", "office",
    "editor", "no_interpretation_reason",
)  # fmt: skip
COMPARED = ("title", "summary", *SHOWN)


def shown_value(version: DocumentVersion, name: str) -> str:
    """A field as people read it; empty when nothing is written."""
    value = getattr(version, name)
    if name == "methods":
        return "、".join(str(Method(each).label) for each in value)
    if isinstance(value, date):
        return spoken(value)
    display = getattr(version, f"get_{name}_display", None)
    return str(display() if display and value else value or "")


def label_of(name: str) -> str:
    return str(getattr(DocumentVersion._meta.get_field(name), "verbose_name", name))


def record(version: DocumentVersion, on: date) -> list[tuple[str, str]]:
    """The catalogue record of the version and its document: label and value, empty ones left out."""
    document = version.document
    lines = [
        ("索引号", document.index_no or "发布时编制"),
        ("发布机构", "、".join(document.publisher_names())),
        ("栏目", document.column.name),
        ("发布日期", shown_day(document.published_on)),
        ("有效性", document.validity_on(on)),
        ("内容概述", version.summary),
        *((label_of(name), shown_value(version, name)) for name in SHOWN),
    ]
    return [(label, value) for label, value in lines if value]


def shown_day(day: date | None) -> str:
    return spoken(day) if day else ""


def changed_fields(old: DocumentVersion, new: DocumentVersion, on: date) -> list[tuple[str, str, str]]:
    """Label, before, after of each field that differs."""
    return [
        (label_of(name), shown_value(old, name), shown_value(new, name))
        for name in COMPARED
        if shown_value(old, name) != shown_value(new, name)
    ]


def changed_files(old: DocumentVersion, new: DocumentVersion) -> list[tuple[str, str]]:
    """What was added to or taken from the attachments: the title, and which of the two."""
    before = {row.attachment_id: row.title for row in old.files.in_order()}
    after = {row.attachment_id: row.title for row in new.files.in_order()}
    gone = [(title, "移除") for pk, title in before.items() if pk not in after]
    return gone + [(title, "新增") for pk, title in after.items() if pk not in before]


def facts(version: DocumentVersion, user: User, on: date) -> dict[str, Any]:
    """The context of the version's page; a fixed number of queries whatever the document holds."""
    document = version.document
    findings = list(version.findings.select_related("overridden_by").order_by("pk"))
    clocks = list(Clock.objects.of(document).with_light(on).order_by("pk"))
    return {
        "record": record(version, on),
        "files": list(version.files.in_order().select_related("attachment")),
        "findings": findings,
        "unsettled": sum(finding.overridden_at is None for finding in findings) if version.is_open else 0,
        "returned": _returned(version),
        "steps": _steps(version),
        "versions": list(document.versions.order_by("-number").defer("body", "text")),
        "links": _links(version),
        "clocks": clocks,
        "takedown": next(
            (clock for clock in clocks if clock.kind == ClockKind.TAKEDOWN and not clock.is_closed), None
        ),
        "takedown_reason": takedown_reason(document),
        "exits": list(document.exit_checks.order_by("-pk")[:20]),
    }


def _returned(version: DocumentVersion) -> ReviewStep | None:
    """The word with which a draft came back, until it is handed in again."""
    last = version.steps.select_related("person").order_by("-pk").first() if version.is_editable else None
    came_back = last and last.verdict == Verdict.RETURNED and last.stage != ReviewStage.RECALL
    return last if came_back else None


def _steps(version: DocumentVersion) -> list[dict[str, Any]]:
    """The chain so far, as the timeline component shows it."""
    lines = []
    for step in version.steps.select_related("person").order_by("pk"):
        checks = f"（审查清单{len(step.checklist)}项已逐项确认）" if step.checklist else ""
        passed = step.verdict == "passed"
        lines.append(
            {
                "at": step.at,
                "title": f"{step.get_stage_display()}{'' if step.stage in ('submission', 'recall') else step.get_verdict_display()}",
                "office": str(step.person or "系统"),
                "text": step.opinion + checks,
                "state": "done" if passed else "alarm",
            }
        )
    return lines


def _links(version: DocumentVersion) -> list[dict[str, str]]:
    """Relations in both directions, each with the page of the other document's newest version."""
    document = version.document
    out = [(link, link.target) for link in document.links_out.select_related("target").order_by("pk")]
    inward = [(link, link.source) for link in document.links_in.select_related("source").order_by("pk")]
    others = {other.pk for _, other in (*out, *inward)}
    newest: dict[int, DocumentVersion] = {}
    rows = DocumentVersion.objects.filter(document__in=others).defer("body", "text").order_by("number")
    for row in rows:
        newest[row.document_id] = row
    words = {LinkKind.INTERPRETS: "被解读于", LinkKind.SUPERSEDES: "被替代于", LinkKind.REPEALS: "被废止于",
             LinkKind.AMENDS: "被修改于"}  # fmt: skip

    def line(link: DocumentLink, other: int, word: str) -> dict[str, str]:
        row = newest[other]
        address = reverse("admin:disclosure_documentversion_work", args=[row.pk])
        return {"word": word, "title": row.title, "href": address, "note": link.note}

    return [line(link, other.pk, str(link.get_kind_display())) for link, other in out] + [
        line(link, other.pk, words[LinkKind(link.kind)]) for link, other in inward
    ]
