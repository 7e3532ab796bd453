"""The public documents of the demo city: series of invented papers, taken over in bulk like an old site's."""

import csv
import io
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.timezone import localdate

from disclosure.batch_rows import HEADINGS
from disclosure.models import Column, ColumnType, Document
from disclosure.workflow import batches, columns, loading
from portal.people.models import Department
from portal.site.demo.accounts import read

NAME = "示范市公开文件.csv"
FIGURES = "abcdefg"
OPENINGS = {
    True: ("各区人民政府，市政府各部门", "市人民政府常务会议审议通过"),
    False: ("各区住房和城乡建设局，各有关单位", "局务会议审议通过"),
}


def load_columns() -> int:
    """The tree of columns; how many were new."""
    known = {column.slug: column for column in Column.objects.all()}
    departments = {department.code: department for department in Department.objects.all()}
    types = {str(label): value for value, label in ColumnType.choices}
    added = 0
    for place, row in enumerate(read("columns")):
        if row["slug"] in known:
            continue
        column = Column(
            slug=row["slug"],
            name=row["name"],
            parent=known[row["parent"]] if "parent" in row else None,
            department=departments[row["department"]],
            type=types[row["type"]],
            rhythm=row["rhythm"],
            entry=row.get("entry", ""),
            description=f"{departments[row['department']].short_name}公开的{row['name']}",
            keywords=row["name"],
            position=place * 10,
        )
        known[column.slug] = columns.keep(column, by=None, at=timezone.now())
        added += 1
    return added


def load_documents() -> int:
    """Some three hundred published documents over all columns; how many were new."""
    if Document.objects.filter(batch__name=NAME).exists():
        return 0
    at = timezone.now()
    today = localdate(at)
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS)
    writer.writeheader()
    rows = [row for series in read("documents") for row in _expanded(series, today)]
    writer.writerows(sorted(rows, key=lambda row: str(row["发布日期"])))
    batch = batches.receive(ContentFile(text.getvalue().encode()), name=NAME, by=None, at=at)
    batch = batches.check(batch, at=at)
    if batch.faulty:
        raise ValueError("; ".join(str(fault) for fault in batch.faults.all()[:5]))
    return loading.load(batches.begin(batch, by=None, at=at), at=at).loaded


def _expanded(series: dict[str, Any], today: date) -> Iterator[dict[str, Any]]:
    """The rows of a series as the import reads them, up to today; a policy is followed by its interpretation."""
    offices = {department.code: department for department in Department.objects.all()}
    for number, facts in enumerate(_facts(series, offices)):
        on = facts["date"]
        if on > today:
            continue
        recipients, adopted = OPENINGS[facts["department"] == "sfs"]
        words = _figures(series["column"], number) | {"recipients": recipients, "adopted": adopted} | facts
        office = offices[facts["department"]]
        policy = series.get("validity", False)
        title = series["title"].format(**words)
        yield {
            "标题": title,
            "栏目": series["column"],
            "发布机构": office.name,
            "发布日期": on.isoformat(),
            "成文日期": (on - timedelta(days=2)).isoformat(),
            "文号": facts.get("doc_no", ""),
            "主题分类": series["topic"],
            "体裁分类": "行政规范性文件" if policy else series["genre"],
            "法定主动公开内容": series["statutory_item"],
            "内容概述": title[:100],
            "正文": "\n".join(paragraph.format(**words) for paragraph in series["body"]),
            "施行日期": on.isoformat() if policy else "",
            "有效期至": on.replace(year=on.year + 5).isoformat() if policy else "",
            "公开方式": "政府网站；政府公报" if policy else "政府网站",
            "信息来源": office.name,
            "不配解读的理由": series.get("no_interpretation", ""),
            "废止": _replaced(series, facts),
        }
        if policy:
            yield _interpretation(series, facts, office)


def _interpretation(series: dict[str, Any], facts: dict[str, Any], office: Department) -> dict[str, Any]:
    name, about = facts["name"], facts["about"]
    return {
        "标题": f"《{name}》政策解读",
        "栏目": "interpretation",
        "发布机构": office.name,
        "发布日期": facts["date"].isoformat(),
        "成文日期": facts["date"].isoformat(),
        "主题分类": series["topic"],
        "体裁分类": "政策解读",
        "法定主动公开内容": series["statutory_item"],
        "内容概述": f"解读{about}。",
        "正文": (
            f"《{name}》（{facts['doc_no']}）已经印发。本文说明{about}。\n一、制定的目的。为了{facts['aim']}。\n"
            f"二、适用的范围。{facts['scope']}适用本办法。\n三、主要内容。{facts['duty']}{facts['measure']}\n"
            f"四、咨询方式。{office.name}，电话{office.phone}。"
        ),
        "信息来源": office.name,
        "解读": facts["doc_no"],
    }


def _replaced(series: dict[str, Any], facts: dict[str, Any]) -> str:
    """The number of the document whose row says that this one replaced it."""
    return next(
        (
            row["doc_no"]
            for row in series.get("rows", ())
            if row.get("replaced_by") == facts.get("doc_no", "-")
        ),
        "",
    )


def _figures(column: str, number: int) -> dict[str, int]:
    """Invented figures, the same each time: one digit for a to d, two for e to g."""
    seed = sum(map(ord, column)) + 37 * number
    return {name: 1 + seed * (place + 3) % (9 if place < 4 else 89) for place, name in enumerate(FIGURES)}


def _facts(series: dict[str, Any], offices: dict[str, Department]) -> Iterator[dict[str, Any]]:
    """What differs from one document of the series to the next."""
    yield from series.get("rows", ())
    if spread := series.get("months"):
        yield from _months(spread)
    if spread := series.get("quarters"):
        yield from _quarters(spread)
    if spread := series.get("years"):
        month, day = map(int, spread["date"].split("-"))
        for year in spread["years"]:
            yield {"department": spread["department"], "date": date(year, month, day), "year": year}
    if spread := series.get("budgets"):
        for code in spread["departments"]:
            for year in spread["years"]:
                fact = {"department": code, "office": offices[code].name, "year": year}
                yield fact | {"kind": "预算", "date": date(year, 2, 20), "change": "增加"}
                yield fact | {"kind": "决算", "date": date(year + 1, 9, 5), "change": "减少"}
    if spread := series.get("organisation"):
        for code, office in offices.items():
            if not office.uscc:  # an office inside another organ
                continue
            yield {
                "department": code, "date": spread["date"], "office": office.name, "address": office.address or office.name,
                "phone": office.phone,
            }  # fmt: skip


def _months(spread: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each month, told on a day of the next one."""
    year, month = map(int, spread["from"].split("-"))
    while f"{year}-{month:02d}" <= spread["to"]:
        last = date(year, month, monthrange(year, month)[1])
        yield {
            "department": spread["department"], "year": year, "month": month,
            "date": last + timedelta(days=spread["day"]),
        }  # fmt: skip
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _quarters(spread: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for year in range(spread["from"], spread["to"] + 1):
        for quarter in range(1, 5):
            end = date(year, quarter * 3, 30)
            if f"{end:%Y-%m}" < spread["until"]:
                for subject in spread["subjects"]:
                    yield {
                        "department": spread["department"], "year": year, "quarter": "一二三四"[quarter - 1],
                        "subject": subject, "date": end + timedelta(days=21),
                    }  # fmt: skip
