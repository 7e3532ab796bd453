from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

LOCK_AFTER_FAILURES = 5  # GB/T 22239-2019 8.1.4.1 b
FAILURE_WINDOW = timedelta(minutes=15)
LOCK_FOR = timedelta(minutes=15)


class PasswordRecord(models.Model):
    """A password once used, as its hash: the last five may not come back."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="用户", related_name="password_records"
    )
    password = models.CharField("口令摘要", max_length=128)
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "历史口令"
        verbose_name_plural = "历史口令"
        indexes = [models.Index(name="password_record_by_user", fields=["user", "-made_at"])]

    def __str__(self) -> str:
        return f"{self.user} {self.made_at:%Y-%m-%d}"


class Lockout(models.Model):
    """Failed sign-ins of one login name or phone, whether or not an account has it."""

    login_hash = models.CharField(max_length=64, unique=True)
    failures = models.PositiveSmallIntegerField("失败次数", default=0)
    first_failed_at = models.DateTimeField("首次失败时间")
    locked_until = models.DateTimeField("锁定至", null=True, blank=True)

    class Meta:
        verbose_name = "登录锁定"
        verbose_name_plural = "登录锁定"

    def __str__(self) -> str:
        return f"{self.login_hash[:8]} {self.failures}"

    def is_locked(self, at: datetime) -> bool:
        return self.locked_until is not None and at < self.locked_until

    def add_failure(self, at: datetime) -> None:
        """Count one more in memory; the fifth within fifteen minutes locks for fifteen minutes."""
        lapsed = self.locked_until is not None and at >= self.locked_until
        if lapsed or at - self.first_failed_at > FAILURE_WINDOW:
            self.failures, self.first_failed_at, self.locked_until = 0, at, None
        self.failures += 1
        if self.failures >= LOCK_AFTER_FAILURES:
            self.locked_until = at + LOCK_FOR
