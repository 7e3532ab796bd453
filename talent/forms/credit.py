from typing import Any

from django import forms
from django.utils.timezone import localdate

from portal.people.identity import check_uscc
from portal.people.models import IdType, Party
from portal.refusals import RuleBroken
from talent import workflow
from talent.forms.boxes import box
from talent.forms.keeping import day_box
from talent.models import Blacklisting, CreditItem, CreditRecord, Enterprise, PenaltyKind, Person

UPLOAD = "PDF、JPG、PNG、docx、xlsx 或 ofd，不超过 20 MB。"


class WhoForm(forms.Form):
    """An enterprise by credit code, or a person by identity number."""

    who = forms.CharField(
        label="统一社会信用代码或者身份证件号码", max_length=30, help_text="须已在企业库或者人才库中。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def clean_who(self) -> Any:
        number = self.cleaned_data["who"].strip().upper()
        try:
            row: Any = Enterprise.objects.live().filter(uscc=check_uscc(number)).first()
        except RuleBroken:
            kinds = [kind for kind in IdType.values if kind != IdType.USCC]
            parties = [Party.objects.with_id_number(kind, number).first() for kind in kinds]
            row = Person.objects.live().filter(party__in=[one for one in parties if one]).first()
        if row is None:
            raise forms.ValidationError("企业库和人才库中没有这个号码，请核对。")
        return row


class CreditForm(WhoForm):
    item = forms.ModelChoiceField(label="行为", queryset=CreditItem.objects.none())
    decision_number = box(CreditRecord, "decision_number")
    decided_on = day_box("决定日期")
    organ = box(CreditRecord, "organ")
    violation = box(CreditRecord, "violation")
    facts = box(CreditRecord, "facts")
    basis = box(CreditRecord, "basis")
    penalties = forms.MultipleChoiceField(
        label="处罚类别", choices=PenaltyKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    content = box(CreditRecord, "content")
    fine = box(CreditRecord, "fine")
    confiscated = box(CreditRecord, "confiscated")
    licence = box(CreditRecord, "licence")
    penalty_until = day_box("处罚有效期", required=False)
    evidence = forms.FileField(label="决定书或者证明材料", required=False, help_text=UPLOAD)
    remark = box(CreditRecord, "remark")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = workflow.items_on(localdate()).order_by("code")
        self.fields["item"].queryset = items  # type: ignore[attr-defined]


class BlacklistForm(WhoForm):
    reason = box(Blacklisting, "reason")
    facts = box(Blacklisting, "facts")
    decision_number = box(Blacklisting, "decision_number")
    decided_on = day_box("决定日期")


class WhyForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class OpinionForm(forms.Form):
    opinion = forms.CharField(label="审核意见", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class RepairForm(forms.Form):
    reason = forms.CharField(
        label="整改情况和修复理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    evidence = forms.FileField(label="证明材料", help_text=UPLOAD)
