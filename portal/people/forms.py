from typing import Any

from allauth.account import forms as account_forms
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.people import passwords, workflow
from portal.people.adapter import lock_message
from portal.people.models import ApplicantType, AuthorisationRole, IdType, PartyKind, User

CODE_STANDS_IN_FOR = 600  # seconds after a code in which the old password is not asked for
RULES = (
    passwords.LengthRule,
    passwords.ClassesRule,
    passwords.OwnNameRule,
    passwords.HistoryRule,
    passwords.CommonRule,
)


def password_hint() -> str:
    return "；".join(rule().get_help_text() for rule in RULES) + "。"


def _password_box(label: str, token: str, hint: str = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        required=required,
        help_text=hint,
        widget=forms.PasswordInput(attrs={"autocomplete": token}),
        error_messages={"required": f"请填写{label}。"},
    )


def _code_box(label: str = "验证码") -> forms.CharField:
    return forms.CharField(
        label=label,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "maxlength": "12",
                "class": "cells-11",
            }
        ),
        error_messages={"required": "请填写验证码。"},
    )


def _refuse_when_locked(login: str) -> None:
    until = workflow.locked_until(login, at=timezone.now())
    if until is not None:
        raise ValidationError(lock_message(until), code="locked")


class SignUpForm(account_forms.SignupForm):
    field_order = ["name", "phone", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = "用于登录和接收办件进度，注册时将发送短信验证码。"
        self.fields["password1"] = _password_box(
            "登录口令",
            "new-password",
            "可以不设，以后用短信验证码登录。设口令时至少8位，包含大写字母、小写字母、数字、符号中的至少三种。",
            required=False,
        )


class SignInForm(account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="手机号码或登录名",
            help_text="公众用户填手机号码，工作人员填登录名。",
            widget=forms.TextInput(attrs={"autocomplete": "username", "maxlength": "64"}),
            error_messages={"required": "请填写手机号码或登录名。"},
        )
        self.fields["password"] = _password_box("登录口令", "current-password")
        self.order_fields(["login", "password"])


class RequestCodeForm(account_forms.RequestLoginCodeForm):
    def clean_phone(self) -> str:
        _refuse_when_locked(self.cleaned_data["phone"])
        return super().clean_phone()


class ConfirmCodeForm(account_forms.ConfirmLoginCodeForm):
    code = _code_box("短信验证码")


class VerifyPhoneForm(account_forms.VerifyPhoneForm):
    code = _code_box("短信验证码")


class ChangePhoneForm(account_forms.ChangePhoneForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = "新手机号码"


class ReauthenticateForm(account_forms.ReauthenticateForm):
    password = _password_box("登录口令", "current-password")


class _NewPassword(forms.Form):
    """Both boxes of a new password, checked against the rules for this person."""

    def _add_boxes(self) -> None:
        self.fields["password1"].label = "新口令"
        self.fields["password1"].help_text = password_hint()
        self.fields["password1"].error_messages["required"] = "请填写新口令。"
        self.fields["password2"].label = "再输一次新口令"
        self.fields["password2"].error_messages["required"] = "请再输一次新口令。"
        for box in ("password1", "password2"):
            self.fields[box].widget.attrs.pop("placeholder", None)


class ChangePasswordForm(account_forms.ChangePasswordForm, _NewPassword):
    """A citizen who has just shown an SMS code need not know the old password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._add_boxes()
        self.fields["oldpassword"] = _password_box("当前口令", "current-password")
        self.order_fields(["oldpassword", "password1", "password2"])
        if self.user.is_citizen and _code_shown_since(self.user, CODE_STANDS_IN_FOR):
            del self.fields["oldpassword"]


class SetPasswordForm(account_forms.SetPasswordForm, _NewPassword):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._add_boxes()


def _code_shown_since(user: User, seconds: int) -> bool:
    now = timezone.now().timestamp()
    records = get_authentication_records(context.request, user)
    return any(record["method"] == "code" and now - record["at"] < seconds for record in records)


class _CountsFailures(forms.Form):
    """A wrong second factor counts towards the lock like a wrong password."""

    user: User

    def clean_code(self) -> str:
        _refuse_when_locked(self.user.username)
        try:
            return super().clean_code()  # type: ignore[misc]
        except ValidationError:
            now = timezone.now()
            lockout = workflow.note_failure(self.user.username, user=self.user, how="second_factor", at=now)
            if lockout.locked_until is not None and lockout.is_locked(now):
                raise ValidationError(lock_message(lockout.locked_until), code="locked") from None
            raise


class SecondFactorForm(_CountsFailures, factor_forms.AuthenticateForm):
    code = _code_box("动态验证码或恢复码")


class SecondFactorAgainForm(_CountsFailures, factor_forms.ReauthenticateForm):
    code = _code_box("动态验证码或恢复码")


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    code = _code_box("动态验证码")


class EnterpriseForm(forms.Form):
    """An organisation the user asks to act for."""

    ORGANISATIONS = [choice for choice in ApplicantType.choices if choice[0] != ApplicantType.NATURAL]

    name = forms.CharField(
        label="单位全称",
        max_length=200,
        help_text="与营业执照或登记证书一致。",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": "请填写单位全称。"},
    )
    id_number = forms.CharField(
        label="统一社会信用代码",
        max_length=30,
        widget=forms.TextInput(
            attrs={"class": "cells-18", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": "请填写统一社会信用代码。"},
    )
    applicant_type = forms.ChoiceField(
        label="单位类型", choices=ORGANISATIONS, initial=ApplicantType.BUSINESS
    )
    legal_representative = forms.CharField(
        label="法定代表人姓名",
        max_length=100,
        error_messages={"required": "请填写法定代表人姓名。"},
    )
    role = forms.ChoiceField(
        label="您在该单位的身份",
        choices=AuthorisationRole.choices,
        initial=AuthorisationRole.AGENT,
        widget=forms.RadioSelect,
    )

    @property
    def kind(self) -> str:
        business = self.cleaned_data["applicant_type"] == ApplicantType.BUSINESS
        return PartyKind.ENTERPRISE if business else PartyKind.OTHER


class IdentityForm(forms.Form):
    """A citizen's own name and number."""

    name = forms.CharField(
        label="姓名",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "请填写姓名。"},
    )
    id_type = forms.ChoiceField(
        label="证件类型", choices=[choice for choice in IdType.choices if choice[0] != IdType.USCC]
    )
    id_number = forms.CharField(
        label="证件号码",
        max_length=30,
        widget=forms.TextInput(
            attrs={"class": "cells-18", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": "请填写证件号码。"},
    )
    address = forms.CharField(
        label="通讯地址",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )


class ReasonForm(forms.Form):
    """Why a person wants to see what is masked."""

    reason = forms.CharField(
        label="查看原因",
        max_length=200,
        help_text="将与您的姓名、时间一并记入审计记录。",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明查看原因。"},
    )
