from django import forms

from disclosure.models.watching import Veto
from portal.people.models import Department

LONGEST = 60


class FindingForm(forms.Form):
    source = forms.CharField(label="测评机构", max_length=100)
    number = forms.CharField(label="问题编号", max_length=40, required=False)
    department = forms.ModelChoiceField(
        label="责任部门", queryset=Department.objects.active().order_by("region_code", "pk")
    )
    veto = forms.ChoiceField(label="类别", choices=Veto.choices)
    address = forms.CharField(label="网址", max_length=300, required=False)
    text = forms.CharField(label="问题", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    found_on = forms.DateField(label="发现日期", widget=forms.DateInput(attrs={"type": "date"}))
    limit = forms.IntegerField(
        label="整改期限（工作日）", min_value=1, max_value=LONGEST, initial=5, help_text="从登记的次日起算"
    )


class RectifyForm(forms.Form):
    text = forms.CharField(label="整改情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class RecheckForm(forms.Form):
    opinion = forms.CharField(label="复核意见", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
