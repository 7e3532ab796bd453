"""No superuser in production: the three administrators share no rights, and nobody stands above them."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

from portal.people.models import User


@register(deploy=True)
def no_superuser_in_production(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION:
        return []
    try:
        names = list(User.objects.filter(is_superuser=True).values_list("username", flat=True)[:5])
    except DatabaseError:  # not migrated yet, or not reachable: other checks say so
        return []
    if not names:
        return []
    return [
        Error(
            f"生产环境不允许存在超级用户：{'、'.join(names)}。",
            hint="取消其 is_superuser，改用系统、安全、审计三类管理员。",
            id="people.E001",
        )
    ]
