"""Every change of an annual report: opened, counted, corrected, worded, checked, published."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from disclosure import tallies
from disclosure.models import (
    AnnualReport,
    ImportedReport,
    ReportCorrection,
    ReportState,
)
from disclosure.models.reports import due_on, kept, loaded
from disclosure.report import cells, checks, editions, reading, wording
from disclosure.report.cells import Figures
from disclosure.report.checks import Finding, Severity
from portal.audit import workflow as audit
from portal.people.models import Department, User
from portal.people.rights import require
from portal.refusals import RuleBroken
from portal.workdays.models import ClockKind, Unit
from portal.workdays.workflow import clocks

BASIS = "《中华人民共和国政府信息公开条例》第四十九条"
WARN_DAYS = 10
LONGEST_TEXT = 5_000


def disclosure_office() -> Department:
    """The department in charge, which compiles the government's report. Raises RuleBroken without one."""
    office = Department.objects.filter(code=settings.DISCLOSURE_OFFICE).first()
    if office is None:
        raise RuleBroken("还没有设立政府信息公开工作主管部门，不能编制政府汇总年报。")
    return office


@transaction.atomic
def open_report(
    department: Department, year: int, *, by: User | None, at: datetime, is_government: bool = False
) -> AnnualReport:
    """The report of this year, opened once with its clock; the second time the one there is."""
    require_post(by, department, localdate(at))
    department = disclosure_office() if is_government else department
    code = "government" if is_government else department.code
    editions = AnnualReport.objects.kept().at(year, code)
    found = editions.select_for_update(of=("self",)).order_by("-edition").first()
    if found:
        return found
    if not 2008 <= year < localdate(at).year + 1:
        raise RuleBroken(f"不能编制{year}年的年报：条例自2008年起施行，未到的年度还没有数据。", field="year")
    report = AnnualReport(department=department, year=year, is_government=is_government)
    report.save(force_insert=True)
    # 第四十九条 names the day itself; no rule rolls it, forward or back. What is published on it is in time.
    begins = date(year + 1, 1, 1)
    report.clock = clocks.start(
        ClockKind.ANNUAL_REPORT,
        subject=report,
        on=begins,
        limit=(due_on(year, is_government=is_government) - begins).days,
        unit=Unit.FIXED,
        warn_days=WARN_DAYS,
        basis=BASIS,
        department=department,
        by=by,
        at=at,
        label=report.title,
    )
    report.save(update_fields=["clock"])
    audit.record("disclosure.annual_report.opened", subject=report, actor=by, at=at, year=year)
    return report


@transaction.atomic
def recount(report: AnnualReport, *, licences: int, by: User | None, at: datetime) -> AnnualReport:
    """Count every cell anew. Corrections by hand stay as they are, over the new count.

    ``licences``: decisions on licences in the year, kept by those above.
    """
    report = _locked(report, by, at)
    report.move_to(ReportState.DRAFT)
    counted = tallies.count_report(report, licences=licences)
    report.counted, report.counted_at = kept(counted), at
    by_hand = {one.cell: reading.number(one.after) for one in report.corrections.order_by("pk")}
    report.figures = kept(counted | by_hand)
    report.save(update_fields=["state", "counted", "counted_at", "figures"])
    audit.record("disclosure.annual_report.counted", subject=report, actor=by, at=at, licences=licences)
    return report


@transaction.atomic
def correct(
    report: AnnualReport, cell: str, value: str, *, reason: str, by: User | None, at: datetime
) -> ReportCorrection:
    """Write another number into a cell; before, after, reason and person stay beside it."""
    report = _locked(report, by, at)
    name = cells.names(report.year).get(cell)
    if name is None:
        raise RuleBroken("没有这个单元格。", field="cell")
    if len(reason.strip()) < 4:
        raise RuleBroken("请写明更正理由，至少4个字。", field="reason")
    after = reading.number(value)
    if (
        after is None
        or isinstance(after, str)
        or after < 0
        or (cell not in cells.money(report.year) and after % 1)
    ):
        wanted = "不小于0的数" if cell in cells.money(report.year) else "不小于0的整数"
        raise RuleBroken(f"“{name}”应当填写{wanted}，现为“{value}”。", field="value")
    before = report.standing.get(cell)
    if before == after:
        raise RuleBroken(f"“{name}”现在就是{wording.printed(after)}，没有变动。", field="value")
    report.move_to(ReportState.DRAFT)
    correction = ReportCorrection.objects.create(
        report=report,
        cell=cell,
        before=wording.printed(before),
        after=wording.printed(after),
        reason=reason.strip()[:300],
        by=by,
        at=at,
    )
    report.figures = {**report.figures, **kept({cell: after})}
    report.save(update_fields=["state", "figures"])
    audit.record(
        "disclosure.annual_report.corrected",
        subject=report,
        actor=by,
        at=at,
        cell=name,
        before=correction.before,
        after=correction.after,
        reason=correction.reason,
    )
    return correction


@transaction.atomic
def write(report: AnnualReport, texts: Mapping[str, str], *, by: User | None, at: datetime) -> AnnualReport:
    """The words of parts one, five and six; a name in braces stands for its figure."""
    report = _locked(report, by, at)
    known = wording.paragraphs(is_government=report.is_government)
    for one in known:
        text = texts.get(one.key, "")
        if unknown := wording.unknown_names(text):
            raise RuleBroken(f"“{{{unknown[0]}}}”不是表格中的数据，请从所列名称中选用。", field=one.key)
        if len(text) > LONGEST_TEXT:
            raise RuleBroken(f"“{one.title}”最多{LONGEST_TEXT}字，现为{len(text)}字。", field=one.key)
    report.move_to(ReportState.DRAFT)
    report.texts = {**report.texts, **{one.key: texts[one.key].strip() for one in known if one.key in texts}}
    report.save(update_fields=["state", "texts"])
    audit.record("disclosure.annual_report.written", subject=report, actor=by, at=at)
    return report


@transaction.atomic
def check(report: AnnualReport, *, explanation: str = "", by: User | None, at: datetime) -> AnnualReport:
    """Declare the report checked. Refused while an identity is broken that the report itself can mend.

    A difference from last year's report (B1) may lie in that one: it needs an explanation instead.
    """
    report = _locked(report, by, at)
    if not report.is_counted:
        raise RuleBroken("还没有生成数据，请先“重新计数”。")
    wrong = checks.errors(findings(report))
    if mendable := [one for one in wrong if one.id != "B1"]:
        raise RuleBroken(
            f"还有{len(mendable)}处勾稽关系不成立，首先是：{mendable[0].where}（{mendable[0].id}）。"
        )
    if wrong and len(explanation.strip()) < 4:
        raise RuleBroken("上年结转与上年度报告的结转下年度不一致，请说明原因。", field="explanation")
    report.move_to(ReportState.CHECKED)
    report.explanation, report.checked_at, report.checked_by = explanation.strip()[:500], at, by
    report.save(update_fields=["state", "explanation", "checked_at", "checked_by"])
    audit.record(
        "disclosure.annual_report.checked", subject=report, actor=by, at=at, explanation=report.explanation
    )
    return report


@transaction.atomic
def publish(report: AnnualReport, *, by: User | None, at: datetime) -> AnnualReport:
    """Freeze the report as it reads now; from here on nothing changes it. The edition before stays readable."""
    require(by, "disclosure.publish_annualreport", "发布年报由负责人或者批准人办理。")
    report = _locked(report, by, at)
    report.move_to(ReportState.PUBLISHED)
    report.snapshot = snapshot(report, at)
    replaced = report.snapshot["replaced"]
    if replaced and not (replaced["changes"] or replaced["words"]):
        raise RuleBroken(f"{report.edition_name}与第{replaced['edition']}版没有不同，不需要重新发布。")
    report.published_at, report.published_by = at, by
    if report.clock:
        clocks.close(report.clock, on=localdate(at), outcome="已发布", by=by, at=at)
    report.save(update_fields=["state", "snapshot", "published_at", "published_by"])
    digest = hashlib.sha256(repr(sorted(report.snapshot["figures"].items())).encode()).hexdigest()
    audit.record("disclosure.annual_report.published", subject=report, actor=by, at=at, figures=digest)
    return report


@transaction.atomic
def reissue(report: AnnualReport, *, reason: str, by: User | None, at: datetime) -> AnnualReport:
    """Open the next edition of a published report: the same figures, words and corrections, free to change.

    The law sets no date for it, so it has no clock.
    """
    report = _locked(report, by, at)
    if not report.is_published:
        raise RuleBroken(f"{report.title}尚未发布，可以直接修改。")
    if following := AnnualReport.objects.filter(replaces=report).first():
        raise RuleBroken(f"{following.title}{following.get_state_display()}，不能再开编同一版次。")
    reason = reason.strip().rstrip("。．.；;")
    if len(reason) < 4:
        raise RuleBroken("请写明重新发布的理由，至少4个字；理由随新版公开。", field="reason")
    edition = AnnualReport.objects.create(
        department=report.department,
        is_government=report.is_government,
        year=report.year,
        edition=report.edition + 1,
        replaces=report,
        reissue_reason=reason[:300],
        counted=report.counted,
        counted_at=report.counted_at,
        figures=report.figures,
        texts=report.texts,
        explanation=report.explanation,
    )
    ReportCorrection.objects.bulk_create(
        ReportCorrection(
            report=edition, cell=one.cell, before=one.before, after=one.after, reason=one.reason,
            by_id=one.by_id, at=one.at,
        )
        for one in report.corrections.order_by("pk")
    )  # fmt: skip
    audit.record(
        "disclosure.annual_report.reissued",
        subject=edition,
        actor=by,
        at=at,
        edition=edition.edition,
        reason=edition.reissue_reason,
    )
    return edition


@transaction.atomic
def discard(report: AnnualReport, *, reason: str, by: User | None, at: datetime) -> AnnualReport:
    """Give up the draft of a further edition: what is published stays as it is, and another may be opened.

    The first edition is owed by law and cannot be given up.
    """
    report = _locked(report, by, at)
    if report.edition == 1:
        raise RuleBroken("年度报告应当依法按期公布，只有更正版的草稿可以作废。", basis=BASIS)
    reason = reason.strip()
    if len(reason) < 4:
        raise RuleBroken("请写明作废理由，至少4个字。", field="reason")
    report.move_to(ReportState.DISCARDED)
    report.discarded_reason, report.replaces = reason[:300], None
    report.save(update_fields=["state", "discarded_reason", "replaces"])
    audit.record(
        "disclosure.annual_report.discarded",
        subject=report,
        actor=by,
        at=at,
        edition=report.edition,
        reason=report.discarded_reason,
    )
    return report


def snapshot(report: AnnualReport, at: datetime) -> dict[str, Any]:
    """All a reader of the report sees, in values: pages and files of a published report are made of it alone."""
    figures = report.standing
    previous = previous_figures(report)
    words = [
        {"part": one.part, "title": one.title, "text": text}
        for one in wording.paragraphs(is_government=report.is_government)
        if (text := wording.render(report.texts.get(one.key, one.default), figures, report.year).strip())
    ]
    return {
        "title": report.title,
        "organ": report.organ,
        "year": report.year,
        "is_government": report.is_government,
        "opening": wording.opening(report.year),
        "figures": report.figures,
        "words": words,
        "edition": report.edition,
        "replaced": _replaced(report, words),
        "corrections": [
            {"cell": one.cell, "name": one.name, "before": one.before, "after": one.after, "reason": one.reason,
             "on": localdate(one.at).isoformat()}
            for one in report.corrections.order_by("pk")
        ],
        "explanation": report.explanation,
        "previous": kept(previous) if previous is not None else None,
        "on": localdate(at).isoformat(),
    }  # fmt: skip


def _replaced(report: AnnualReport, words: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The edition this one stands in for: when it came out, why it is replaced, and what differs."""
    if report.replaces is None or report.replaces.snapshot is None:
        return None
    before = report.replaces.snapshot
    return {
        "edition": report.replaces.edition,
        "on": before["on"],
        "reason": report.reissue_reason,
        "changes": editions.changed_figures(loaded(before["figures"]), report.standing, report.year),
        "words": editions.changed_words(before["words"], words),
    }


def findings(report: AnnualReport) -> list[Finding]:
    """Every check of the report as it stands; a cell corrected with a reason differs by intent: a warning."""
    figures, corrected = report.standing, set(report.corrections.values_list("cell", flat=True))
    words = wording.parts(report.texts, figures, report.year, is_government=report.is_government)
    found = checks.check(
        figures, report.year, parts=words, previous=previous_figures(report), counted=loaded(report.counted)
    )
    return [
        Finding(one.id, Severity.WARNING, one.where, one.expected, one.found, one.cells)
        if one.id == "D1" and one.cells[0] in corrected
        else one
        for one in found
    ]


def previous_figures(report: AnnualReport) -> Figures | None:
    """Last year's figures: as published here, else as imported, else none."""
    published = AnnualReport.objects.published().newest().at(report.year - 1, report.code).first()
    if published and published.snapshot:
        return loaded(published.snapshot["figures"])
    imported = ImportedReport.objects.filter(year=report.year - 1, is_government=report.is_government)
    if not report.is_government:
        imported = imported.filter(department=report.department_id)
    last = imported.order_by("-pk").first()
    return last.standing if last else None


@transaction.atomic
def open_due_reports(*, at: datetime) -> int:
    """From 1 January to the last deadline, last year's report of every active department; how many were new."""
    today = localdate(at)
    year = today.year - 1
    if today > due_on(year, is_government=True):
        return 0
    have = AnnualReport.objects.filter(year=year, is_government=False).values("department")
    missing = list(Department.objects.active().exclude(pk__in=have).order_by("pk"))
    for department in missing:
        open_report(department, year, by=None, at=at)
    office = Department.objects.filter(code=settings.DISCLOSURE_OFFICE).first()
    if office is None or AnnualReport.objects.filter(year=year, is_government=True).exists():
        return len(missing)
    open_report(office, year, by=None, at=at, is_government=True)
    return len(missing) + 1


def _locked(report: AnnualReport, by: User | None, at: datetime) -> AnnualReport:
    report = AnnualReport.objects.locked(report)
    require_post(by, report.department, localdate(at))
    return report


def require_post(by: User | None, department: Department, on: date) -> None:
    """Raise RuleBroken unless the person may compile for it. Who compiles holds a post in the department, or in the disclosure office. None is the system."""
    if by is None:
        return
    require(by, "disclosure.compile_annualreport", "编制年报由本机关的承办人、审核人或者负责人办理。")
    held = set(by.posts.in_force(on).values_list("department__code", flat=True))
    if not held & {department.code, settings.DISCLOSURE_OFFICE}:
        raise RuleBroken(f"您不在{department.name}任职，不能编制它的年报。")
