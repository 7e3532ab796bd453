"""``manage.py annual_report check FILE --json``: the identities of a published report; no database needed."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from disclosure.report import cells, checks, reading
from disclosure.report.checks import Finding


class Command(BaseCommand):
    help = "核对一份已发布的政府信息公开工作年度报告（JSON、XLSX或网页）的勾稽关系。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        check = parser.add_subparsers(dest="deed", required=True).add_parser("check", help="核对")
        check.add_argument("file", type=Path)
        check.add_argument("--json", action="store_true", dest="as_json", help="以JSON输出")
        check.add_argument("--previous", type=Path, help="上一年度的报告，用于核对结转和现行有效件数")
        check.add_argument("--year", type=int, help="报告年度，文件里没有写明时使用")

    def handle(self, *args: Any, file: Path, as_json: bool, **options: Any) -> None:
        report = self.read(file)
        previous = self.read(options["previous"]) if options["previous"] else None
        year = options["year"] or report.year or cells.FORM_OF_2021
        findings = report.notes + checks.check(
            report.figures, year, parts=report.parts, previous=previous.figures if previous else None
        )
        if as_json:
            told = {
                "errors": [one.as_json() for one in checks.errors(findings)],
                "warnings": [one.as_json() for one in checks.warnings(findings)],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            self.tell(findings)

    def read(self, path: Path) -> reading.Reading:
        """The report in the file; ends the command with exit code 2 and one sentence when there is none."""
        try:
            return reading.read(path.read_bytes(), path.name)
        except OSError:
            self.refuse(f"{path}打不开：没有这个文件，或者不能读取。")
        except reading.Unreadable as refusal:
            self.refuse(f"{path}：{refusal}")

    def refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)

    def tell(self, findings: list[Finding]) -> None:
        for one in findings:
            kind = "错误" if one.severity == checks.Severity.ERROR else "提示"
            found = "空白" if one.found is None else one.found
            self.stdout.write(f"{kind} {one.id} {one.where}：应为{one.expected}，实为{found}")
        self.stdout.write("勾稽关系全部成立。" if not findings else f"共{len(findings)}处。")
