from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.timezone import localdate

from portal.people.crypto import keyed_hash
from portal.people.models import Party, User

SHOWN = 2  # more than one is too many


def _day(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": f"{label}请按2026-09-18的格式填写。"},
    )


class ConflictForm(forms.Form):
    """A person declares for themselves, a head for the department's people."""

    user = forms.ModelChoiceField(
        User.objects.none(),
        label="工作人员",
        empty_label=None,
        error_messages={"required": "请选择工作人员。", "invalid_choice": "只能为本人或者本部门人员登记。"},
    )
    party = forms.CharField(
        label="当事人",
        max_length=200,
        widget=forms.TextInput(attrs={"size": "40"}),
        help_text="单位全称或者个人姓名；有重名的，填统一社会信用代码或者证件号码。",
        error_messages={"required": "请填写当事人的名称或者证件号码。"},
    )
    reason = forms.CharField(
        label="回避事由",
        max_length=300,
        help_text="写明利害关系，例如：配偶为该公司股东。",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请填写回避事由。"},
    )
    starts_on = _day("起始日期")
    ends_on = _day("截止日期", required=False, hint="利害关系一直存在的不填。")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = localdate()
        people = User.objects.filter(Q(pk=by.pk) | Q(pk__in=User.objects.headed_by(by, today)))
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = people.filter(is_active=True).order_by("name", "pk")
        field.initial = by.pk
        self.fields["starts_on"].initial = today

    def clean_party(self) -> Party:
        term = self.cleaned_data["party"].strip()
        number = keyed_hash("id_number", term.replace(" ", "").upper())
        found = list(Party.objects.filter(Q(name=term) | Q(id_hash=number)).order_by("pk")[:SHOWN])
        if not found:
            raise ValidationError(
                "没有登记过这个当事人，请核对全称或者证件号码。尚未在本市办过事的，待其首次申请后登记。"
            )
        if len(found) > 1:
            raise ValidationError("有重名的当事人，请填统一社会信用代码或者证件号码。")
        return found[0]


class EndConflictForm(forms.Form):
    ends_on = _day("最后一天")
    reason = forms.CharField(
        label="解除原因",
        max_length=300,
        help_text="写明利害关系为何不再存在。",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请填写解除原因。"},
    )
