from django import forms

from talent.models import Scope

DATE = {"type": "date"}
LINES = forms.Textarea(attrs={"rows": 2})


class AskForm(forms.Form):
    purpose = forms.CharField(
        label="使用目的",
        max_length=200,
        widget=LINES,
        help_text="会告知被查询的企业和个人。例如：办理施工许可时核验建造师注册情况。",
    )
    basis = forms.CharField(
        label="依据", max_length=200, widget=LINES, help_text="法律、法规、规章或者本部门职责的名称和条款。"
    )
    scopes = forms.MultipleChoiceField(
        label="共享范围", choices=Scope, widget=forms.CheckboxSelectMultiple,
        help_text="只选办理业务必需的内容；选择任何一项都会同时包含同类的基本信息。",
    )  # fmt: skip
    quota = forms.IntegerField(label="每日限额（次）", min_value=1, max_value=1_000_000, initial=1000)
    needs_about = forms.BooleanField(label="每次查询须说明事由", required=False, initial=True)
    valid_from = forms.DateField(label="启用日期", widget=forms.DateInput(attrs=DATE))
    valid_to = forms.DateField(
        label="停用日期", widget=forms.DateInput(attrs=DATE), help_text="一次最长一年，到期可以重新申请。"
    )


class GrantForm(forms.Form):
    opinion = forms.CharField(label="审批意见", max_length=200, required=False)


class RefuseForm(forms.Form):
    opinion = forms.CharField(
        label="不予批准的理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


class RevokeForm(forms.Form):
    reason = forms.CharField(label="停用原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
