"""``manage.py items import FILE [--publish]`` and ``manage.py items export [CODE ...]``."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from approvals import item_files, workflow
from approvals.models import ItemVersion
from portal.refusals import RuleBroken

DEEDS = {"made": "新建草稿", "changed": "新版草稿", "published": "已发布", "unchanged": "无变化"}


class Command(BaseCommand):
    help = "把事项导入为草稿（--publish 时直接发布），或者把现行事项导出为YAML。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        reading = deeds.add_parser("import", help="导入")
        reading.add_argument("file", type=Path, nargs="+")
        reading.add_argument("--publish", action="store_true", help="导入后发布；有一处不一致就全部不导入")
        writing = deeds.add_parser("export", help="导出")
        writing.add_argument("code", nargs="*")

    def handle(self, *args: Any, deed: str, **options: Any) -> None:
        if deed == "import":
            self.read(options["file"], options["publish"])
        else:
            self.write(options["code"])

    def read(self, files: list[Path], publishing: bool) -> None:
        for path in files:
            try:
                done = workflow.import_items(
                    path.read_text(encoding="utf-8"), by=None, at=timezone.now(), publishing=publishing
                )
            except (RuleBroken, OSError) as refusal:
                raise CommandError(f"{path}：{refusal}") from refusal
            for row in done:
                self.stdout.write(f"{row.version.item.code} {row.version} {DEEDS[row.deed]}")

    def write(self, codes: list[str]) -> None:
        versions = ItemVersion.objects.filter(is_current=True).with_contents().order_by("item__code")
        if codes:
            versions = versions.filter(item__code__in=codes)
            missing = set(codes) - set(versions.values_list("item__code", flat=True))
            if missing:
                raise CommandError(f"没有现行版本的事项：{'、'.join(sorted(missing))}")
        self.stdout.write(item_files.write(versions))
