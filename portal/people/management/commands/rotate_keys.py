from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.people import crypto, workflow


class Command(BaseCommand):
    help = "把库中加密的个人信息全部换用当前密钥（FIELD_KEYS 中的第一个）；可随时中断，重新运行会接着做。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="每个事务处理的行数，默认500")

    def handle(self, *args: Any, **options: Any) -> None:
        def report(column: str, moved: int) -> None:
            self.stdout.write(f"{column}: {moved}")

        self.stdout.write(f"当前密钥：{crypto.current_key_id()}")
        total = workflow.rotate_keys(batch=options["batch"], report=report)
        self.stdout.write(self.style.SUCCESS(f"已换用当前密钥：{total} 项。"))
