from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from portal.people import identity
from portal.refusals import RuleBroken
from talent.forms.boxes import FactsForm, box
from talent.models import Described, Position
from talent.workflow.keeping import Section

YEARS = range(2000, 2101)


def day_box(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more
    )


class DeclareForm(FactsForm):
    """The fields of one's own record that nobody else has spoken of."""

    def __init__(self, *args: Any, row: Described, **kwargs: Any) -> None:
        names = [fact.field for fact in row.own_facts() if fact.is_open]
        initial = {name: getattr(row, name) for name in names}
        super().__init__(*args, model=type(row), names=names, initial=initial, **kwargs)

    def clean_contact_phone(self) -> str:
        phone: str = self.cleaned_data["contact_phone"]
        if not phone:
            return ""
        try:
            return identity.check_phone(phone)
        except RuleBroken as refusal:
            raise ValidationError(str(refusal)) from refusal


class RowForm(FactsForm):
    """A new row of a section."""

    def __init__(self, *args: Any, section: Section, **kwargs: Any) -> None:
        super().__init__(*args, model=section.model, names=section.fields, **kwargs)
        if section.code == "files":
            self.fields["file"] = forms.FileField(
                label="文件", help_text="PDF、JPG、PNG、docx、xlsx 或 ofd，不超过 20 MB。"
            )

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year not in YEARS:
            raise ValidationError(f"年度应为4位年份，如{localdate().year - 1}。")
        return year

    def clean_uscc(self) -> str:
        code: str = self.cleaned_data["uscc"]
        if not code:
            return ""
        try:
            return identity.check_uscc(code)
        except RuleBroken as refusal:
            raise ValidationError(str(refusal)) from refusal


class EndForm(forms.Form):
    reason = forms.CharField(
        label="停用原因", max_length=200, min_length=2, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="记录不会删除，停用后不再计入，历史中仍可查到。",
    )  # fmt: skip


class CompleteForm(forms.Form):
    on = day_box("竣工日期")


class ProposeForm(forms.Form):
    """What a field should say, why, and the paper that shows it."""

    reason = forms.CharField(label="变更原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = forms.FileField(label="证明材料", help_text="PDF、JPG、PNG、docx、xlsx 或 ofd，不超过 20 MB。")

    def __init__(self, *args: Any, row: Described, field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = box(type(row), field)
        wanted.label = f"申请改为（{wanted.label}）"
        self.fields = {"value": wanted, **self.fields}


class InviteForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    number = forms.CharField(
        label="证件号码或者手机号码", max_length=30, help_text="与本人在本网站填写的一致；姓名和号码都要相符。",
        widget=forms.TextInput(attrs={"class": "cells-18", "autocomplete": "off"}),
    )  # fmt: skip
    position = forms.ChoiceField(label="岗位", choices=Position.choices)
    trade = forms.CharField(label="工种或者岗位名称", max_length=40, required=False)
    is_full_time = forms.BooleanField(label="全职", required=False, initial=True)
    on = day_box("入职日期", help_text="本人确认时已过这一天的，从确认之日起算。")
    reason = forms.CharField(label="说明", max_length=200, required=False)


class ReleaseForm(forms.Form):
    on = day_box("最后任职日")
    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class LeaveForm(forms.Form):
    on = day_box("最后任职日")
    sure = forms.BooleanField(label="我确认离职，并已知晓上述影响", required=True)


class AnswerForm(forms.Form):
    answer = forms.CharField(label="不同意的说明", max_length=200, required=False)
