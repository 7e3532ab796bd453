from typing import Any

from django import forms

from disclosure.models import HigherSite
from disclosure.workflow.circulation import HEADINGS, MOST_LINES

BIGGEST = 1024 * 1024
WORDS = {
    "index_no": "请填写文件的索引号。",
    "level": "请选择网站层级。",
    "site": "请填写网站名称。",
    "address": "请填写转载网址。",
    "on": "请填写转载日期。",
}


class RepostForm(forms.Form):
    """One repost by hand, or a table of many: with a table nothing else is asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in WORDS.items():
            self.fields[name].required = not self.files.get("file")
            self.fields[name].error_messages["required"] = words

    index_no = forms.CharField(label="索引号", max_length=60, help_text="被转载的文件的索引号")
    level = forms.ChoiceField(label="网站层级", choices=[("", "请选择"), *HigherSite.choices])
    site = forms.CharField(label="网站名称", max_length=100, help_text="如：省人民政府门户网站")
    address = forms.CharField(label="转载网址", max_length=500)
    on = forms.DateField(
        label="转载日期", widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "日期应为年-月-日，如 2026-09-18。"},
    )  # fmt: skip
    file = forms.FileField(
        label="或者上传表格", required=False,
        help_text=f"CSV文件，第一行为“{'，'.join(HEADINGS)}”，最多{MOST_LINES}条；有一行不对就都不登记",
        error_messages={"empty": "选择的文件是空的，请重新选择。", "invalid": "请选择CSV文件。"},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        file = answers.get("file")
        if file is not None and file.size > BIGGEST:
            self.add_error("file", "文件超过1 MB，不像是转载登记表。")
        return answers


class WithdrawRepostForm(forms.Form):
    reason = forms.CharField(
        label="作废理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明作废的理由。"},
    )  # fmt: skip
