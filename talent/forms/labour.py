from typing import Any

from django import forms
from django.utils.timezone import localdate

from portal.people.identity import check_id_number
from portal.people.models import ApplicantType, IdType, PartyKind
from portal.refusals import RuleBroken
from talent.forms.boxes import box
from talent.models import Education, Resident
from talent.models.labour import EmploymentState, HealthClass, SkillLevel, SupportClass

ANY = [("", "不限")]


class KeepForm(forms.Form):
    village = box(Resident, "village")
    health = forms.ChoiceField(
        label="健康状况", choices=[("", "不登记"), *HealthClass.choices], required=False,
        help_text="敏感个人信息：须本人单独同意后登记，加密保存，不在列表和统计中出现。",
    )  # fmt: skip
    skills = box(Resident, "skills")
    skill_level = forms.ChoiceField(label="技能等级", choices=SkillLevel.choices)
    employment_state = forms.ChoiceField(label="就业状态", choices=EmploymentState.choices)
    support_class = forms.ChoiceField(label="援助类别", choices=SupportClass.choices)


class ResidentForm(KeepForm):
    name = forms.CharField(label="姓名", max_length=50)
    id_number = forms.CharField(label="居民身份证号码", max_length=18)
    phone = forms.CharField(label="手机号码", max_length=20, required=False)
    education = forms.ChoiceField(label="学历", choices=[("", "未登记"), *Education.choices], required=False)
    field_order = ["name", "id_number", "phone", "education"]

    def clean_id_number(self) -> str:
        try:
            return check_id_number(self.cleaned_data["id_number"], today=localdate())
        except RuleBroken as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def party(self) -> dict[str, Any]:
        """Who it is, as ``people.add_party`` takes it."""
        data = self.cleaned_data
        return {
            "kind": PartyKind.NATURAL, "applicant_type": ApplicantType.NATURAL, "id_type": IdType.ID_CARD,
            "name": data["name"], "id_number": data["id_number"], "phone": data["phone"],
        }  # fmt: skip


class TellForm(forms.Form):
    village = forms.CharField(label="社区（村）", max_length=60, required=False, help_text="不填为全部。")
    employment_state = forms.ChoiceField(
        label="就业状态", choices=ANY + EmploymentState.choices, required=False
    )
    support_class = forms.ChoiceField(label="援助类别", choices=ANY + SupportClass.choices, required=False)
    text = forms.CharField(label="通知内容", max_length=300, widget=forms.Textarea(attrs={"rows": 4}))


class WhyForm(forms.Form):
    reason = forms.CharField(label="查看原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
