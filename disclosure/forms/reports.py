"""What staff type for an annual report."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from disclosure.models.reports import STATED_NAMES
from disclosure.report import cells, reading, wording
from portal.people.models import Department


class ReasonField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 2}), max_length=300, **kwargs)


def _grouped(names: dict[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Cells by table, each called what stands after the table's name."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for address, name in names.items():
        table, _, rest = name.partition(" ")
        groups.setdefault(table, []).append((address, rest or name))
    return list(groups.items())


class YearField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="报告年度", min_value=2008, max_value=2100, **kwargs)
        self.error_messages |= {
            "invalid": "报告年度应为四位数字，如2025。",
            "min_value": "报告年度不早于2008年。",
            "max_value": "报告年度应为四位数字，如2025。",
        }


class OpenForm(forms.Form):
    department = forms.ModelChoiceField(
        Department.objects.active().order_by("region_code", "pk"), label="编制机关"
    )
    year = YearField(help_text="报告所反映的年度，不是编制的年度。")
    is_government = forms.BooleanField(
        label="政府汇总年报", required=False, help_text="汇总全部机关的数据，由政府信息公开工作主管部门编制。"
    )


class CorrectForm(forms.Form):
    cell = forms.ChoiceField(label="单元格", choices=_grouped(cells.names(cells.FORM_OF_2021)))
    value = forms.CharField(label="改为", max_length=20)
    reason = ReasonField(label="理由", help_text="随数据一并保留，公开发布。")


class ReissueForm(forms.Form):
    reason = ReasonField(label="重新发布的理由", help_text="说明哪里有误、为什么更正；随新版公开。")


class DiscardForm(forms.Form):
    reason = ReasonField(label="作废理由", help_text="写明为什么不再编制这一版，如：经核对原数无误。")


class CheckForm(forms.Form):
    explanation = forms.CharField(
        label="勾稽差异说明",
        required=False,
        help_text="上年结转与上年度报告的结转下年度不一致时填写原因。",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
    )


class WordsForm(forms.Form):
    """One field a paragraph; ``{新收}`` stands for the figure of that name."""

    def __init__(self, *args: Any, is_government: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in wording.paragraphs(is_government=is_government):
            self.fields[one.key] = forms.CharField(
                label=f"{wording.PART_TITLES[one.part].partition('、')[0]}、{one.title}",
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
                max_length=5_000,
            )


class FigureForm(forms.Form):
    department = forms.ModelChoiceField(
        Department.objects.active().order_by("region_code", "pk"), label="机关"
    )
    year = YearField()
    cell = forms.ChoiceField(label="项目", choices=_grouped(STATED_NAMES))
    amount = forms.DecimalField(
        label="数量",
        min_value=0,
        max_digits=16,
        decimal_places=4,
        help_text="收费金额以万元为单位，其余为整数。",
    )
    source = forms.CharField(
        label="数据来源", max_length=200, help_text="如：行政处罚案件台账、财政票据系统。"
    )


class WithdrawForm(forms.Form):
    reason = ReasonField(label="作废理由")


class ImportReportForm(forms.Form):
    file = forms.FileField(label="年报文件", help_text="JSON、XLSX，或者另存为网页的年报，不超过20 MB。")
    department = forms.ModelChoiceField(
        Department.objects.active().order_by("region_code", "pk"), label="报告机关", required=False,
        help_text="选定本平台的机关后，下一年度的上年结转与它核对。",
    )  # fmt: skip
    is_government = forms.BooleanField(label="政府汇总年报", required=False)
    organ = forms.CharField(
        label="报告机关名称", required=False, max_length=200, help_text="其他机关的年报填写全称。"
    )
    year = YearField(required=False, help_text="文件里没有写明年度时填写。")

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > reading.MAX_BYTES:
            raise forms.ValidationError("文件超过20 MB，不像是年度报告。")
        return file
