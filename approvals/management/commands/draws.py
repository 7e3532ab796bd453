"""``manage.py draws verify --day 2026-11-20``: draw again, and say whether the same people come out."""

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals.draw_check import verify_day


def a_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"日期应为2026-11-20的形式，现为{text}。") from None


class Command(BaseCommand):
    help = "按当日种子和留痕的候选人重新抽取，核对承办人的随机分办。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verify = parser.add_subparsers(dest="deed", required=True).add_parser("verify")
        verify.add_argument("--day", type=a_day, required=True)

    def handle(self, *args: Any, day: date, **options: Any) -> None:
        verdict = verify_day(day)
        shown = "种子已公布" if verdict.is_public else "种子尚未公布"
        for fault in verdict.faults:
            self.stderr.write(str(fault))
        if verdict.faults:
            self.stderr.write(f"{day} 共{verdict.draws}次抽取，发现{len(verdict.faults)}处问题（{shown}）。")
            sys.exit(1)
        self.stdout.write(f"{day} 共{verdict.draws}次抽取，全部可以重现（{shown}）。")
