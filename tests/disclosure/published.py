"""Annual reports as offices publish them, made from the two tables that stand in ``data/``."""

import io
import json
from pathlib import Path

from openpyxl import Workbook

from disclosure.report import cells, reading
from disclosure.report.cells import Figures

DATA = Path(__file__).parent / "data"
SUQIAN, HONGZE = DATA / "annual_report_suqian_2023.json", DATA / "annual_report_hongze_2023.json"


def figures_of(path: Path) -> Figures:
    return reading.read(path.read_bytes(), path.name).figures


def as_page(figures: Figures, *, blank: str = "0", text: str = "", fees: str = "") -> str:
    """The three tables with the spans of the form, as a word processor saves them; noughts as ``blank``."""

    def cell(address: str) -> str:
        value = figures.get(address)
        return f"<td><p><span>{value or blank}</span></p></td>"

    out = ["<html><head><title>示范市2023年政府信息公开工作年度报告</title></head><body><table><tr><td>"]
    out += [f"<p>一、总体情况</p><p>{text}</p><p>二、主动公开政府信息情况</p><table>"]
    for block in cells.blocks(2023):
        out.append(f'<tr><td colspan="4">{block.heading}</td></tr><tr><td>信息内容</td>')
        out += [f"<td>{column.label}</td>" for column in block.columns] + ["</tr>"]
        for row in block.rows:
            out.append(f"<tr><td><p>{row.label}</p></td>")
            out += [cell(f"t2.{row.key}.{column.key}") for column in block.columns] + ["</tr>"]
    out += ["</table><p>三、收到和处理政府信息公开申请情况</p><table>", _heads()]
    for row in cells.request_rows(2023):
        out += ["<tr>", _labels(row)]
        out += [cell(f"t3.{row.key}.{column.key}") for column in cells.T3_COLUMNS] + ["</tr>"]
    out += ["</table><p>四、政府信息公开行政复议、行政诉讼情况</p><table>"]
    out.append('<tr><td colspan="5">行政复议</td><td colspan="10">行政诉讼</td></tr><tr>')
    out.append("".join(f'<td rowspan="2">{column.label}</td>' for column in cells.T4_COLUMNS))
    out.append('<td colspan="5">未经复议直接起诉</td><td colspan="5">复议后起诉</td></tr><tr>')
    out += [f"<td>{column.label}</td>" for column in cells.T4_COLUMNS] * 2 + ["</tr><tr>"]
    out += [cell(f"t4.{group.key}.{column.key}") for group in cells.T4_GROUPS for column in cells.T4_COLUMNS]
    out += ["</tr></table><p>五、存在的主要问题及改进情况</p><p>无。</p>"]
    out += [f"<p>六、其他需要报告的事项</p><p>{fees}</p></td></tr></table></body></html>"]
    return "".join(out)


def _heads() -> str:
    return (
        f'<tr><td colspan="3" rowspan="3">{cells.T3_CORNER}</td><td colspan="7">申请人情况</td></tr>'
        '<tr><td rowspan="2">自然人</td><td colspan="5">法人或其他组织</td><td rowspan="2">总计</td></tr>'
        "<tr><td>商业\n企业</td><td>科研机构</td><td>社会公益组织</td><td>法律服务机构</td><td>其他</td></tr>"
    )


def _labels(row: cells.Row) -> str:
    if not row.group:
        return f'<td colspan="3">{row.label}</td>'
    handled = f'<td rowspan="22">{cells.HANDLED}</td>' if row.key == "granted" else ""
    if row.group == cells.HANDLED:
        return f'{handled}<td colspan="2">{row.label}</td>'
    siblings = [one.key for one in cells.request_rows(2023) if one.group == row.group]
    group = f'<td rowspan="{len(siblings)}">{row.group}</td>' if row.key == siblings[0] else ""
    return f"{group}<td>{row.label}</td>"


def as_workbook(figures: Figures) -> bytes:
    """Table 3 alone on a sheet, groups merged down the side."""
    book = Workbook()
    sheet = book.active
    sheet.append(["2023年政府信息公开工作年度报告"])
    sheet.append(["", "", *[column.label for column in cells.T3_COLUMNS]])
    start: dict[str, int] = {}
    for row in cells.request_rows(2023):
        values = [figures[f"t3.{row.key}.{column.key}"] for column in cells.T3_COLUMNS]
        sheet.append([row.group or row.label, row.label, *[value or "／" for value in values]])
        start.setdefault(row.group, sheet.max_row)
    last = dict.fromkeys(start, sheet.max_row)
    for group, first in start.items():
        members = [one for one in cells.request_rows(2023) if one.group == group]
        last[group] = first + len(members) - 1
        if group not in ("", cells.HANDLED):
            sheet.merge_cells(start_row=first, end_row=last[group], start_column=1, end_column=1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_json(figures: Figures, **more: object) -> str:
    """In the shape of ``data/``, with what a test wants otherwise."""
    given = json.loads(SUQIAN.read_text(encoding="utf-8"))
    given["t3"] = {
        row.key: [figures[f"t3.{row.key}.{column.key}"] for column in cells.T3_COLUMNS]
        for row in cells.request_rows(2023)
    }
    return json.dumps(given | more, ensure_ascii=False)
