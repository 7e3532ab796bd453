import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.audit.inspection import Fault, Inspection, Line
from portal.audit.verification import verify

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Check that the record of deeds is whole: in the database, or in an export against a published root."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        whole = verbs.add_parser("verify", help="walk every chain, day and statutory row; exit 1 on a fault")
        whole.add_argument("--export", metavar="FILE", help="also write what was read, as JSON lines")
        offline = verbs.add_parser("check", help="check an export; needs no database")
        offline.add_argument("file")
        offline.add_argument("--root", required=True, metavar="HEX", help="the root published on /digests/")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "verify":
            self._verify(options["export"])
        else:
            self._check(Path(options["file"]), options["root"].strip().lower())

    def _verify(self, export: str | None) -> None:
        if export:
            with Path(export).open("w", encoding="utf-8") as file:
                faults = verify(file)
        else:
            faults = verify()
        self._tell(faults)
        self.stdout.write("留痕记录完整：每条链、每日摘要和法定表的每一行都相符。")

    def _check(self, path: Path, root: str) -> None:
        try:
            with path.open(encoding="utf-8") as file:
                found = Inspection().run(_lines(file))
        except OSError as failure:
            raise CommandError(f"读不到文件：{failure}") from failure
        except (ValueError, KeyError, TypeError) as failure:
            raise CommandError(f"不是留痕记录的导出文件：{failure}") from failure
        days = [day for day, hexes in found.roots if hexes == root]
        if not days:
            found.faults.insert(0, Fault("根值", "文件里没有哪一日的摘要等于所给的根值"))
        self._tell(found.faults)
        self.stdout.write(f"{found.entries}条记录相符，{days[0]}的根值与公布的一致。")
        if found.unsealed:
            self.stdout.write(f"其中{found.unsealed}条在最后一次每日摘要之后，尚无公布的根值可对。")

    def _tell(self, faults: list[Fault]) -> None:
        if not faults:
            return
        for fault in faults[:SHOWN]:
            self.stdout.write(str(fault))
        raise CommandError(f"留痕记录不完整，共{len(faults)}处。第一处：{faults[0]}", returncode=1)


def _lines(file: TextIO) -> Iterator[Line]:
    for text in file:
        if text.strip():
            yield json.loads(text)
