"""How the accounts library signs our people up and in."""

import io
from datetime import datetime
from typing import Any, ClassVar

import segno
from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.cryptokit import generate_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from portal.people import crypto, identity, workflow
from portal.people.models import User
from portal.people.workflow.keys import TOTP_PURPOSE
from portal.refusals import RuleBroken

CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}


def lock_message(until: datetime) -> str:
    return f"登录失败次数过多，账号已锁定，请于{timezone.localtime(until):%H:%M}之后再试。"


class MobileField(forms.CharField):
    """A mainland mobile number, however it is typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "手机号码")
        kwargs["label"] = "手机号码"
        kwargs["widget"] = forms.TextInput(
            attrs={
                "type": "tel",
                "inputmode": "numeric",
                "autocomplete": "tel-national",
                "maxlength": "20",
                "class": "cells-11",
            }
        )
        kwargs.setdefault("error_messages", {"required": "请填写手机号码。"})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return identity.check_mobile(text)
        except RuleBroken as refusal:
            raise ValidationError(str(refusal), code="invalid") from None


class AccountAdapter(DefaultAccountAdapter):
    """Phone and code for citizens, name and password for those who work inside.

    Sending the code needs the outbox, which stands above this app: a subclass in the roof sends.
    """

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "该账号已停用。",
        "enter_current_password": "当前口令不正确。",
        "incorrect_code": "验证码不正确，请核对短信后重新输入。",
        "incorrect_password": "口令不正确。",
        "invalid_login": "登录名或口令不正确。",
        "phone_password_mismatch": "手机号码或口令不正确。",
        "username_password_mismatch": "登录名或口令不正确。",
        "phone_taken": "该手机号码已绑定其他账号。",
        "same_as_current": "新号码与现在的号码相同。",
        "too_many_login_attempts": "操作过于频繁，请稍后再试。",
        "rate_limited": "操作过于频繁，请稍后再试。",
    }

    # signing up

    def phone_form_field(self, **kwargs: Any) -> MobileField:
        return MobileField(**kwargs)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        data = form.cleaned_data
        return workflow.sign_up(
            phone=data["phone"],
            name=data["name"],
            password=data.get("password1") or "",
            at=timezone.now(),
        )

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.set_phone(phone, verified=verified)
        user.save(update_fields=["phone", "phone_hash", "phone_verified"])

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """For those who work inside the phone is no way in, so there is nothing left to prove."""
        if not user.is_citizen:
            return "", True
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone_verified(self, user: User, phone: str) -> None:
        if user.phone_verified and user.phone == phone:
            return
        workflow.verify_phone(user, phone, at=timezone.now())
        user.refresh_from_db()

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.signing_in_with(phone).first()

    def generate_login_code(self) -> str:
        return generate_user_code(**CODE_FORMAT)

    def generate_phone_verification_code(self, *, user: User, phone: str) -> str:
        return generate_user_code(**CODE_FORMAT)

    # signing in

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        until = workflow.locked_until(_login_of(credentials), at=timezone.now())
        if until is not None:
            raise ValidationError(lock_message(until), code="locked")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        now, login = timezone.now(), _login_of(credentials)
        user = (
            User.objects.signing_in_with(login).first() or User.objects.filter(username__iexact=login).first()
        )
        lockout = workflow.note_failure(login, user=user, how="password", at=now)
        if lockout.locked_until is not None and lockout.is_locked(now):
            raise ValidationError(lock_message(lockout.locked_until), code="locked")

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if user.is_superuser and settings.PRODUCTION:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        assert isinstance(request.user, User)  # noqa: S101
        return reverse("admin:index") if request.user.is_staff else settings.LOGIN_REDIRECT_URL

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def set_password(self, user: User, password: str) -> None:
        changed = workflow.set_password(user, password, by=user, at=timezone.now())
        user.password = changed.password
        user.must_change_password = False
        user.password_changed_at = changed.password_changed_at

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has proved a moment ago who they are is not asked again at once."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        since = timezone.now().timestamp() - account_settings.REAUTHENTICATION_TIMEOUT
        records = get_authentication_records(self.request, self.request.user)
        return not any(record["at"] > since for record in records)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is mailed past the outbox."""


def _login_of(credentials: dict[str, Any]) -> str:
    return str(credentials.get("phone") or credentials.get("username") or "")


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages: ClassVar[dict[str, str]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "验证码不正确或已用过，请等待下一个验证码再试。",
        "cannot_delete_authenticator": "工作人员必须保留至少一种二次验证方式。",
    }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, TOTP_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, TOTP_PURPOSE)

    def get_totp_issuer(self) -> str:
        return str(settings.SITE["name"])

    def build_totp_svg(self, url: str) -> str:
        out = io.BytesIO()
        segno.make(url, error="m").save(out, kind="svg", scale=6, border=4, light="#fff")
        return out.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Who works inside keeps one: the last cannot be taken away, only reset by an administrator."""
        user = authenticator.user
        if not user.needs_second_factor:
            return True
        kinds = [authenticator.Type.TOTP, authenticator.Type.WEBAUTHN]
        return type(authenticator).objects.filter(user=user, type__in=kinds).count() > 1
