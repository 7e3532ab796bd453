from django import forms

from portal.notices.models import FollowUpWay
from portal.notices.workflow import ANSWERS


def _lines(label: str, missing: str, *, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing},
    )


class ResendForm(forms.Form):
    reason = _lines("重发原因", "请填写重发原因。", hint="与您的姓名、时间一并记入留痕。")


class AnswerForm(forms.Form):
    way = forms.ChoiceField(
        label="告知方式",
        choices=[(way.value, way.label) for way in FollowUpWay if way in ANSWERS],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择告知方式。"},
    )
    note = _lines("说明", "请说明告知的时间和对象，或无须告知的理由。")


class RevokeForm(forms.Form):
    reason = _lines("恢复原因", "请说明收件人以何种方式要求恢复。")


class GatewayCodesForm(forms.Form):
    aliyun_code = forms.CharField(label="阿里云模板编号", max_length=64, required=False)
    tencent_code = forms.CharField(label="腾讯云模板编号", max_length=64, required=False)
