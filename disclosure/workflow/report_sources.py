"""What feeds an annual report from outside: figures stated with their source, published reports taken in."""

import hashlib
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models import ImportedReport, StatedFigure
from disclosure.models.reports import STATED_NAMES, kept
from disclosure.report import checks, reading
from disclosure.workflow.reports import require_post
from portal.audit import workflow as audit
from portal.people.models import Department, User
from portal.people.rights import require
from portal.refusals import RuleBroken


@transaction.atomic
def state_figure(
    department: Department,
    year: int,
    cell: str,
    amount: Decimal,
    *,
    source: str,
    by: User | None,
    at: datetime,
) -> StatedFigure:
    """Enter a number the portal does not count itself; the rows of a cell add up."""
    require_post(by, department, localdate(at))
    if cell not in STATED_NAMES:
        raise RuleBroken("请选择要填报的项目。", field="cell")
    if amount < 0 or (cell != "t2.charges.amount" and amount != amount.to_integral_value()):
        raise RuleBroken(f"“{STATED_NAMES[cell]}”应当填写不小于0的整数。", field="amount")
    if len(source.strip()) < 2:
        raise RuleBroken("请写明数据来源。", field="source")
    figure = StatedFigure.objects.create(
        department=department, year=year, cell=cell, amount=amount, source=source.strip()[:200], by=by, at=at
    )
    audit.record(
        "disclosure.stated_figure.entered",
        subject=figure,
        actor=by,
        at=at,
        cell=figure.name,
        amount=str(amount),
        year=year,
    )
    return figure


@transaction.atomic
def withdraw_figure(figure: StatedFigure, *, reason: str, by: User | None, at: datetime) -> StatedFigure:
    """Take a row out of the sum; it stays to be seen."""
    figure = StatedFigure.objects.select_for_update().get(pk=figure.pk)
    require_post(by, figure.department, localdate(at))
    if figure.withdrawn_at:
        raise RuleBroken("这条填报数据已经作废。")
    if len(reason.strip()) < 4:
        raise RuleBroken("请写明作废理由，至少4个字。", field="reason")
    figure.withdrawn_at, figure.withdrawn_reason = at, reason.strip()[:300]
    figure.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    audit.record("disclosure.stated_figure.withdrawn", subject=figure, actor=by, at=at, reason=reason.strip())
    return figure


@transaction.atomic
def import_report(
    data: bytes,
    name: str,
    *,
    department: Department | None = None,
    is_government: bool = False,
    organ: str = "",
    year: int | None = None,
    by: User | None,
    at: datetime,
) -> ImportedReport:
    """Keep a published report as read, with every check that fails: flagged, never rejected.

    Raises RuleBroken only when the file holds no report at all, or nobody says of which year.
    """
    require(by, "disclosure.compile_annualreport", "导入年报由政府信息公开工作人员办理。")
    try:
        read = reading.read(data, name)
    except reading.Unreadable as refusal:
        raise RuleBroken(str(refusal), field="file") from refusal
    year = year or read.year
    if year is None or not 2008 <= year <= localdate(at).year:
        raise RuleBroken("文件里没有写明报告年度，请填写。", field="year")
    organ = organ.strip() or (department.name if department else read.title) or name
    found = [*read.notes, *checks.check(read.figures, year, parts=read.parts)]
    report = ImportedReport.objects.create(
        department=department,
        is_government=is_government,
        organ=organ[:200],
        year=year,
        figures=kept(read.figures),
        parts={str(part): text[:20_000] for part, text in (read.parts or {}).items()},
        findings={
            "errors": [one.as_json() for one in checks.errors(found)],
            "warnings": [one.as_json() for one in checks.warnings(found)],
        },
        file_name=name[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        by=by,
        at=at,
    )
    audit.record(
        "disclosure.imported_report.kept",
        subject=report,
        actor=by,
        at=at,
        year=year,
        sha256=report.sha256,
        errors=len(report.findings["errors"]),
    )
    return report
