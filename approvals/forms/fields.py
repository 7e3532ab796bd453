"""One Django field for each field type, with messages that say how to mend the input."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.timezone import localdate

from portal.people import identity
from portal.refusals import RuleBroken

MOST_TEXT = 200
MOST_LONG_TEXT = 2000


class CheckedField(forms.CharField):
    """A number with a rule of its own; the rule's sentence becomes the error."""

    def __init__(self, *, check: Any, **kwargs: Any) -> None:
        self.check = check
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return self.check(text)
        except RuleBroken as refusal:
            raise forms.ValidationError(str(refusal), code="invalid") from refusal


def _check_id_number(value: str) -> str:
    return identity.check_id_number(value, today=localdate())


def _check_postcode(value: str) -> str:
    if len(value) != 6 or not (value.isascii() and value.isdecimal()):
        raise RuleBroken(f"邮政编码应为6位数字，现为{len(value)}位。")
    return value


CHECKS: dict[str, tuple[Any, dict[str, str], int]] = {
    "id_number": (_check_id_number, {"autocomplete": "off", "autocapitalize": "characters"}, 18),
    "uscc": (identity.check_uscc, {"autocomplete": "off", "autocapitalize": "characters"}, 18),
    "phone": (identity.check_phone, {"inputmode": "tel", "autocomplete": "tel"}, 20),
    "mobile": (identity.check_mobile, {"inputmode": "tel", "autocomplete": "tel-national"}, 11),
    "postcode": (_check_postcode, {"inputmode": "numeric", "autocomplete": "postal-code"}, 6),
}
UNITS = {"money": "万元", "area": "平方米"}


def _number_messages(label: str, spec: dict[str, Any], unit: str) -> dict[str, str]:
    return {
        "required": f"请填写{label}。",
        "invalid": f"{label}应为数字，如 1200。",
        "min_value": f"{label}不能小于{spec.get('min')}{unit}。",
        "max_value": f"{label}不能大于{spec.get('max')}{unit}。",
        "max_decimal_places": f"{label}最多保留{spec.get('decimals', 2)}位小数。",
        "max_digits": f"{label}的位数过多，请核对单位{f'（{unit}）' if unit else ''}。",
        "max_whole_digits": f"{label}的位数过多，请核对单位{f'（{unit}）' if unit else ''}。",
    }


class DayField(forms.DateField):
    def __init__(self, *, past: bool = False, future: bool = False, **kwargs: Any) -> None:
        self.past, self.future = past, future
        super().__init__(input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d"], **kwargs)

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is None:
            return None
        if not 1900 <= day.year <= 2200:
            raise forms.ValidationError(f"{self.label}的年份{day.year}不合理，请核对。", code="year")
        if self.past and day > localdate():
            raise forms.ValidationError(f"{self.label}不能晚于今天。", code="past")
        if self.future and day < localdate():
            raise forms.ValidationError(f"{self.label}不能早于今天。", code="future")
        return day


def _choice_field(spec: dict[str, Any], common: dict[str, Any], messages: dict[str, str]) -> forms.Field:
    if spec["type"] == "boolean":
        pairs = [("yes", "是"), ("no", "否")]
    else:
        pairs = [
            (str(c[0]), str(c[1])) if isinstance(c, list | tuple) else (str(c), str(c))
            for c in spec["choices"]
        ]
    messages |= {
        "required": f"请选择{spec['label']}。",
        "invalid_choice": f"请在所列选项中选择{spec['label']}。",
    }
    if spec["type"] == "choices":
        return forms.MultipleChoiceField(
            choices=pairs, widget=forms.CheckboxSelectMultiple, error_messages=messages, **common
        )
    few = len(pairs) <= 6
    widget = forms.RadioSelect if few else forms.Select
    pairs = pairs if few else [("", "请选择"), *pairs]
    return forms.ChoiceField(choices=pairs, widget=widget, error_messages=messages, **common)


def make_field(spec: dict[str, Any]) -> forms.Field:
    """The Django field of one entry of the schema. ``unit`` and ``width`` stand on it for templates."""
    kind, label = spec["type"], spec["label"]
    unit = spec.get("unit") or UNITS.get(kind, "")
    common: dict[str, Any] = {
        "label": label,
        "required": spec.get("required", True),
        "help_text": spec.get("hint", ""),
    }
    messages = {"required": f"请填写{label}。"}
    width = 40
    field: forms.Field
    if kind in ("choice", "choices", "boolean"):
        field = _choice_field(spec, common, messages)
    elif kind in ("number", "money", "area"):
        field = forms.DecimalField(
            min_value=_decimal(spec.get("min", 0 if kind != "number" else None)),
            max_value=_decimal(spec.get("max")),
            max_digits=16,
            decimal_places=spec.get("decimals", 2),
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            error_messages=_number_messages(label, {"min": 0, **spec}, unit),
            **common,
        )
        width = 12
    elif kind in ("integer", "year"):
        limits = {"min": 1900, "max": 2200} if kind == "year" else {}
        limits |= {key: spec[key] for key in ("min", "max") if key in spec}
        field = forms.IntegerField(
            min_value=limits.get("min"),
            max_value=limits.get("max", 10**12),
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            error_messages=_number_messages(label, {"max": 10**12, **limits}, unit)
            | {"invalid": f"{label}应为整数，如 12。"},
            **common,
        )
        width = 8
    elif kind == "date":
        field = DayField(
            past=spec.get("past", False),
            future=spec.get("future", False),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages=messages | {"invalid": f"{label}应为年-月-日，如 2026-09-18。"},
            **common,
        )
        width = 12
    elif kind in CHECKS:
        check, attrs, width = CHECKS[kind]
        field = CheckedField(
            check=check,
            max_length=40,
            widget=forms.TextInput(attrs=dict(attrs)),
            error_messages=messages | {"max_length": f"{label}过长，请核对。"},
            **common,
        )
    elif kind == "email":
        field = forms.EmailField(
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
            error_messages=messages | {"invalid": f"{label}应类似 name@example.cn，请核对。"},
            **common,
        )
    else:
        most = spec.get("max_length") or (MOST_LONG_TEXT if kind == "textarea" else MOST_TEXT)
        widget = forms.Textarea(attrs={"rows": 5}) if kind == "textarea" else forms.TextInput()
        if kind == "address":
            widget.attrs["autocomplete"] = "street-address"
        field = forms.CharField(
            max_length=most,
            widget=widget,
            error_messages=messages
            | {
                "max_length": f"{label}最多{most}个字，现为%(show_value)d个字。",
                "min_length": f"{label}过短。",
                "null_characters_not_allowed": f"{label}中有无法识别的字符，请重新输入。",
            },
            **common,
        )
        width = min(most, 40)
    field.unit, field.width = unit, width  # type: ignore[attr-defined]
    return field


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
