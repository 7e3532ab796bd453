"""What staff write of a document. The workflow judges and saves."""

from typing import Any

from django import forms
from django.db import models
from django.forms.models import fields_for_model

from disclosure.models import Column, DocumentVersion, Method
from disclosure.numbering import document_number
from portal.people.models import Department
from portal.refusals import RuleBroken

GROUPS: list[tuple[str, tuple[str, ...]]] = [
    ("基本信息", ("title", "publisher", "column", "joint_publishers", "doc_no", "formed_on", "summary")),
    ("正文", ("body",)),
    (
        "分类",
        ("topic", "genre", "statutory_item", "group", "audience", "keywords"),
    ),
    (
        "公开方式",
        ("attribute", "withheld_reason", "methods", "scope", "public_until"),
    ),
    ("时效与解读", ("effective_on", "expires_on", "no_interpretation_reason")),
    ("责任", ("office", "source", "editor", "change_note")),
]
HINTS = {
    "title": "主标题全称，不用简称",
    "summary": "100至300字，不重复标题和其他栏目",
    "body": "直接粘贴文字即可，每行一段；也可以用标题、列表、表格等网页标记，其余标记保存时去掉",
    "doc_no": "例如 示府办〔2026〕7号；没有文号的不填",
    "formed_on": "公文的落款日期；联合发文为最后一个机关签署的日期",
    "keywords": "多个之间用逗号分开",
    "withheld_reason": "公开属性为“不予公开”时填写",
    "public_until": "限时公开的最后一天；长期公开的不填",
    "no_interpretation_reason": "规章、行政规范性文件没有政策解读的，写明理由",
    "change_note": "修改已公开的文件时填写，说明改了什么",
    "joint_publishers": "联合发文时选择其余机关；发布机构为牵头机关",
}
OWED = ("body", "formed_on", "topic", "statutory_item")  # empty in a draft, not when it is handed in
TALL = {"body": 24, "summary": 3, "withheld_reason": 2, "no_interpretation_reason": 2, "change_note": 2}


def _formfield(column: Any, **kwargs: Any) -> forms.Field | None:
    field: forms.Field | None = column.formfield(**kwargs)
    return field


def _made(names: list[str]) -> dict[str, forms.Field]:
    """The model's own field for each name, with a Chinese sentence where it is wrong."""
    found = fields_for_model(DocumentVersion, fields=names, formfield_callback=_formfield)
    for name, field in found.items():
        column: Any = DocumentVersion._meta.get_field(name)
        field.required = name == "title"
        field.help_text = HINTS.get(name, "")
        field.error_messages["required"] = f"请填写{field.label}。"
        if name in TALL or isinstance(column, models.TextField):
            field.widget = forms.Textarea(attrs={"rows": TALL.get(name, 3)})
        if isinstance(field, forms.ChoiceField) and column.blank:
            field.choices = [("", "请选择"), *column.choices]
        if name in OWED:
            field.owed = "提交审核时必填"
        if isinstance(field, forms.ChoiceField):
            field.error_messages["invalid_choice"] = f"请在所列选项中选择{field.label}。"
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            field.error_messages["invalid"] = f"{field.label}应为年-月-日，如 2026-09-18。"
    return found


class DocumentForm(forms.Form):
    """Every field of the catalogue record. ``seen`` is what the draft said when the page was made."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    column = forms.ModelChoiceField(
        label="栏目", queryset=Column.objects.none(), empty_label="请选择",
        error_messages={"required": "请选择栏目。", "invalid_choice": "请在所列选项中选择栏目。"},
    )  # fmt: skip
    joint_publishers = forms.ModelMultipleChoiceField(
        label="联合发文机关", queryset=Department.objects.none(), required=False,
        help_text=HINTS["joint_publishers"], widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请在所列机关中选择。", "invalid_pk_value": "请在所列机关中选择。"},
    )  # fmt: skip

    def __init__(self, *args: Any, publisher: Department | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {"publisher", "column", "joint_publishers", "methods"}
        names = [name for _, group in GROUPS for name in group if name not in own]
        self.fields |= _made(names)
        self.fields["methods"] = forms.MultipleChoiceField(
            label="公开方式", choices=Method.choices, required=False, widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "请在所列选项中选择公开方式。"},
        )  # fmt: skip
        self.fields["attribute"].required = self.fields["scope"].required = True
        columns = Column.objects.active().exclude(entry__in=("request", "annual_report")).in_order()
        self.fields["column"].queryset = columns  # type: ignore[attr-defined]
        others = Department.objects.active().order_by("name")
        if publisher is not None:
            others = others.exclude(pk=publisher.pk)
        self.fields["joint_publishers"].queryset = others  # type: ignore[attr-defined]

    def clean_doc_no(self) -> str:
        try:
            return document_number(self.cleaned_data["doc_no"])
        except RuleBroken as refusal:
            raise forms.ValidationError(str(refusal), code="doc_no") from refusal

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields as the page lays them out."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in GROUPS]

    def values(self) -> dict[str, Any]:
        """What the workflow takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "publisher"}


class NewDocumentForm(DocumentForm):
    """A first draft; who may draft for several departments says for which."""

    publisher = forms.ModelChoiceField(
        label="发布机构", queryset=Department.objects.none(), empty_label=None,
        error_messages={"required": "请选择发布机构。", "invalid_choice": "请在所列机构中选择发布机构。"},
    )  # fmt: skip

    def __init__(self, *args: Any, departments: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["publisher"].queryset = departments  # type: ignore[attr-defined]


def initial_of(version: DocumentVersion) -> dict[str, Any]:
    """A draft as its form shows it."""
    found = {
        name: getattr(version, name)
        for _, group in GROUPS
        for name in group
        if name not in ("publisher", "column", "joint_publishers")
    }
    document = version.document
    return found | {
        "column": document.column_id,
        "joint_publishers": [each.pk for each in document.joint_publishers.all()],
    }
