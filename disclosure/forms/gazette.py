from django import forms

from disclosure.models import GazetteSection

DAY = {"type": "date"}


class IssueForm(forms.Form):
    year = forms.IntegerField(label="年份", min_value=1949, max_value=2999)
    number = forms.IntegerField(label="期号", min_value=1, max_value=366)


class PeriodForm(forms.Form):
    since = forms.DateField(label="起始日期", widget=forms.DateInput(attrs=DAY))
    until = forms.DateField(label="截止日期", widget=forms.DateInput(attrs=DAY))


class TakeInForm(forms.Form):
    index_nos = forms.CharField(
        label="索引号", help_text="一行一个", max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    section = forms.ChoiceField(label="栏目", choices=GazetteSection.choices)


class TakeOutForm(forms.Form):
    index_nos = forms.CharField(
        label="索引号", help_text="一行一个", max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
