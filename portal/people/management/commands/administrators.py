import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from portal.people import workflow
from portal.people.models import AdminRole, User, UserKind

NAMES = {AdminRole.SYSTEM: "sysadmin", AdminRole.SECURITY: "secadmin", AdminRole.AUDIT: "auditor"}


class Command(BaseCommand):
    help = "建立最初的三员账号（系统、安全、审计），各一个；口令只显示这一次，首次登录须修改并设置二次验证。"

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.administrators().exists():
            raise CommandError("已有管理员账号；以后的管理员由安全管理员授予角色。")
        for role, username in NAMES.items():
            password = f"{secrets.token_urlsafe(12)}-Aa1"
            workflow.create_account(
                username=username,
                name=AdminRole(role).label,
                kind=UserKind.ADMINISTRATOR,
                admin_role=role,
                password=password,
                by=None,
                at=timezone.now(),
            )
            self.stdout.write(f"{AdminRole(role).label}  {username}  {password}")
