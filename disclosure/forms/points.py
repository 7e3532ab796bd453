from django import forms
from django.core.exceptions import ValidationError

from disclosure.models import ReadingPoint
from disclosure.workflow.points import MOST_A_DAY
from portal.people import identity
from portal.refusals import RuleBroken


class PointForm(forms.ModelForm):
    """A reading point; saved by the workflow."""

    class Meta:
        model = ReadingPoint
        fields = [
            "name", "kind", "department", "address", "way", "phone", "hours", "equipment", "holdings", "position",
            "is_active",
        ]  # fmt: skip

    def clean_phone(self) -> str:
        try:
            return identity.check_phone(self.cleaned_data["phone"])
        except RuleBroken as refusal:
            raise ValidationError(str(refusal)) from None


def _number(label: str) -> forms.IntegerField:
    wrong = {
        "required": f"请填写{label}，没有的填0。",
        "invalid": f"{label}应为整数。",
        "min_value": f"{label}不能小于0。",
        "max_value": f"{label}不能大于{MOST_A_DAY}。",
    }
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_A_DAY, error_messages=wrong)


class CountForm(forms.Form):
    day = forms.DateField(
        label="日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写日期。", "invalid": "日期请按2026-09-18的格式填写。"},
    )
    visits = _number("接待人次")
    queries = _number("查阅次数")
