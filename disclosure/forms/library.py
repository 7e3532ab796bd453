from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminURLInputWidget

from disclosure.models import Act, ActFile, Article, Succession


class ActForm(forms.ModelForm):
    url = forms.URLField(
        label="原文网址", required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget
    )

    class Meta:
        model = Act
        fields = [
            "title",
            "level",
            "doc_no",
            "issuer",
            "issued_on",
            "effective_on",
            "amended_on",
            "url",
            "text",
            "is_certain",
        ]


class ArticleForm(forms.ModelForm):
    class Meta:
        model = Article
        fields = ["act", "number", "text", "is_certain"]


class SupersedeForm(forms.Form):
    later = forms.ModelChoiceField(
        label="新文件",
        queryset=Act.objects.order_by("title", "pk"),
        help_text="先把新文件登记进来，再在这里选它",
    )
    kind = forms.ChoiceField(label="方式", choices=Succession.Kind.choices)
    on = forms.DateField(
        label="生效之日",
        required=False,
        help_text="空白时用新文件的施行日期",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    basis = forms.CharField(label="依据", required=False, max_length=200, help_text="例如新文件的附则条款")


class ActFileForm(forms.Form):
    file = forms.FileField(
        label="文件", help_text="PDF、JPG、PNG、Word（docx）、Excel（xlsx）和OFD，每个不超过20 MB",
        error_messages={
            "required": "请选择文件。",
            "empty": "选择的文件是空的，请重新选择。",
            "missing": "请选择文件。",
            "invalid": "请选择文件。",
        },
    )  # fmt: skip
    title = forms.CharField(label="名称", required=False, max_length=120, help_text="不填用文件名")


class DropFileForm(forms.Form):
    of_row = True
    file = forms.ModelChoiceField(
        label="附件", queryset=ActFile.objects.none(), empty_label="请选择",
        error_messages={"required": "请选择要移除的附件。", "invalid_choice": "请在所列附件中选择。"},
    )  # fmt: skip

    def __init__(self, *args: Any, row: Act, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].queryset = row.files.order_by("pk")  # type: ignore[attr-defined]


class RepealForm(forms.Form):
    on = forms.DateField(label="废止之日", widget=forms.DateInput(attrs={"type": "date"}))
    basis = forms.CharField(
        label="废止依据", max_length=200, help_text="例如《国务院关于废止部分行政法规的决定》"
    )


class RestoreForm(forms.Form):
    reason = forms.CharField(label="更正的理由", max_length=200)
