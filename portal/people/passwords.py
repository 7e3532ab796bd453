"""What a password must be (GB/T 22239-2019 8.1.4.1 a). Each class is one rule of Django's list."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from portal.people.models import PasswordRecord, User, UserKind

MIN_LENGTH = 8
MIN_LENGTH_ADMINISTRATOR = 12
CLASSES_NEEDED = 3
VALID_FOR = timedelta(days=90)  # inside accounts change it at least every quarter


def is_due(user: User, at: datetime) -> bool:
    """Whether the person must choose a new password before doing anything else."""
    if user.must_change_password:
        return True
    if user.kind == UserKind.CITIZEN or not user.has_usable_password():
        return False
    return user.password_changed_at is None or at - user.password_changed_at > VALID_FOR


def classes_in(password: str) -> int:
    """How many of the four: capital letter, small letter, digit, other sign."""
    return (
        any(sign.isascii() and sign.isupper() for sign in password)
        + any(sign.isascii() and sign.islower() for sign in password)
        + any(sign.isascii() and sign.isdigit() for sign in password)
        + any(not (sign.isascii() and sign.isalnum()) for sign in password)
    )


class LengthRule:
    def validate(self, password: str, user: User | None = None) -> None:
        inside = user is not None and user.kind == UserKind.ADMINISTRATOR
        needed = MIN_LENGTH_ADMINISTRATOR if inside else MIN_LENGTH
        if len(password) < needed:
            raise ValidationError(f"口令至少{needed}位，现为{len(password)}位。", code="too_short")

    def get_help_text(self) -> str:
        return f"至少{MIN_LENGTH}位（管理员至少{MIN_LENGTH_ADMINISTRATOR}位）"


class ClassesRule:
    def validate(self, password: str, user: User | None = None) -> None:
        if classes_in(password) < CLASSES_NEEDED:
            raise ValidationError("口令应包含大写字母、小写字母、数字、符号中的至少三种。", code="too_simple")

    def get_help_text(self) -> str:
        return "包含大写字母、小写字母、数字、符号中的至少三种"


class OwnNameRule:
    def validate(self, password: str, user: User | None = None) -> None:
        if user is None:
            return
        own = [user.username, user.name, user.phone or ""]
        if any(len(part) >= 2 and part.lower() in password.lower() for part in own):
            raise ValidationError("口令中不能包含登录名、姓名或手机号码。", code="contains_name")

    def get_help_text(self) -> str:
        return "不含登录名、姓名或手机号码"


class HistoryRule:
    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        used = PasswordRecord.objects.filter(user=user).order_by("-made_at", "-pk")[:5]
        hashes: list[Any] = [record.password for record in used] or [user.password]
        if any(check_password(password, stored) for stored in hashes):
            raise ValidationError("不能使用最近5次用过的口令。", code="used_before")

    def get_help_text(self) -> str:
        return "不与最近5次用过的口令相同"


class CommonRule:
    """The words Django knows as common, and what people in this country type first."""

    HABITS = (
        "password",
        "qwerty",
        "admin",
        "12345678",
        "88888888",
        "abcd1234",
        "1qaz2wsx",
        "woaini",
        "shifan123",
    )

    def validate(self, password: str, user: User | None = None) -> None:
        if any(habit in password.lower() for habit in self.HABITS):
            raise ValidationError("口令过于常见，容易被猜中，请换一个。", code="common")

    def get_help_text(self) -> str:
        return "不使用常见口令"
