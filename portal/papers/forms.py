from django import forms

from portal.papers.intake import check_size
from portal.refusals import RuleBroken


class NumberForm(forms.Form):
    """A number or a check code, as typed."""

    number = forms.CharField(
        label="查验码或文号",
        max_length=60,
        help_text="查验码印在二维码旁，共12位，例如 K7QM-2F9X-8RTD；文号例如 示建许〔2026〕7号。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": 24}),
        error_messages={"required": "请输入查验码或文号。"},
    )


class FileForm(forms.Form):
    """The PDF to be checked."""

    file = forms.FileField(
        label="文书的 PDF 原件",
        help_text="与签发时的原件逐字节比对，并检查电子签名。文件只用于本次核验，不会保存。",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": "请选择要核验的 PDF 文件。",
            "empty": "选择的文件是空的，请重新选择。",
            "missing": "请选择要核验的 PDF 文件。",
        },
    )

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        try:
            check_size(file.size, file.name)
        except RuleBroken as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return file
