"""The editor's forms of an item version: one a section, one a row. The workflow saves."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models
from django.forms.models import fields_for_model

from approvals.forms.schema import schema_faults
from approvals.models import (
    Condition,
    Fee,
    ItemVersion,
    LegalBasis,
    Material,
    ServiceItem,
    Situation,
    Stage,
)
from approvals.models.codes import Audience, Channel
from approvals.yaml_text import read_storable, write_flow, write_schema
from portal.people.models import Department, PartyKind
from portal.refusals import RuleBroken

MANY: dict[str, list[tuple[str, str]]] = {
    "applicant_kinds": list(PartyKind.choices),
    "audiences": list(Audience.choices),
    "channels": list(Channel.choices),
}
TALL = {"procedure": 5, "rights_and_duties": 4, "scope": 4, "authority_split": 3, "exercise_content": 3,
        "prohibitions": 3, "text": 3, "note": 2, "opinion_template": 3}  # fmt: skip


class YamlField(forms.CharField):
    """YAML in, the value out; ``empty`` when nothing is written."""

    def __init__(self, *, empty: Any, flow: bool = True, **kwargs: Any) -> None:
        self.empty, self.flow = empty, flow
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        return write_flow(value) if self.flow else write_schema(value)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            found = read_storable(text)
        except RuleBroken as refusal:
            raise forms.ValidationError(str(refusal), code="yaml") from refusal
        if found in (None, ""):
            return self.empty
        if not isinstance(found, type(self.empty)):
            raise forms.ValidationError("应为键值结构，如 {situation: [first]}。", code="shape")
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


def _formfield(column: Any, **kwargs: Any) -> forms.Field | None:
    if isinstance(column, models.URLField):
        kwargs["assume_scheme"] = "https"
    field: forms.Field | None = column.formfield(**kwargs)
    return field


def _made(model: type, names: Iterable[str]) -> dict[str, forms.Field]:
    """Django's own field for each column, with a Chinese sentence where it is empty."""
    found = fields_for_model(model, fields=list(names), formfield_callback=_formfield)
    for name, field in found.items():
        if name in MANY:
            found[name] = forms.MultipleChoiceField(
                label=field.label, choices=MANY[name], required=False, widget=forms.CheckboxSelectMultiple,
                help_text="不选为不限" if name == "applicant_kinds" else "",
            )  # fmt: skip
            continue
        field.error_messages["required"] = f"请填写{field.label}。"
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs = {"rows": TALL.get(name, 3)}
        if isinstance(field, forms.IntegerField | forms.DecimalField):
            field.error_messages["invalid"] = f"{field.label}应为数字，如 5。"
        if isinstance(field, forms.ChoiceField):
            field.error_messages["invalid_choice"] = f"请在所列选项中选择{field.label}。"
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            field.error_messages["invalid"] = f"{field.label}应为年-月-日，如 2026-09-18。"
        if isinstance(field, forms.TimeField):
            field.widget = forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric"})
            field.error_messages["invalid"] = f"{field.label}应为时:分，如 17:30。"
    return found


class VersionForm(forms.Form):
    """Some fields of a version; ``seen`` is what they said when the page was made."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, names: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= _made(ItemVersion, names)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("seen", "upload")}


class ResultForm(VersionForm):
    upload = forms.FileField(label="结果样本", required=False, help_text="PDF或者图片；另选文件即替换")


class SchemaForm(forms.Form):
    """The form schema as YAML; refused with every fault of it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    form_schema = YamlField(
        label="申请表结构", empty={}, flow=False, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 32, "spellcheck": "false", "class": "desk-code"}),
    )  # fmt: skip

    write_back = YamlField(
        label="批后入库", empty={}, required=False,
        help_text="准予后写入企业库、人才库的内容，如 {write: safety_permit}；空为不写入",
    )  # fmt: skip

    def __init__(self, *args: Any, situations: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.situations = situations

    def clean_form_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = self.cleaned_data["form_schema"]
        found = schema_faults(schema, self.situations) if schema else []
        if found:
            raise forms.ValidationError([forms.ValidationError(text, code="schema") for text in found])
        return schema

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("form_schema", "write_back")}


class RowForm(forms.Form):
    """One row of an element. An untouched last row is nothing."""

    model: type
    names: tuple[str, ...]
    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    order = forms.IntegerField(label="顺序", required=False, min_value=0, max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}))  # fmt: skip

    def __init__(self, *args: Any, version: ItemVersion, choices: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= _made(self.model, self.names)

    def row(self) -> dict[str, Any]:
        left_out = {"order", "DELETE"}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}


class SituationRow(RowForm):
    model, names = Situation, ("name", "code", "hint")


class ConditionRow(RowForm):
    model, names = Condition, ("text", "code", "cure")

    def __init__(self, *args: Any, choices: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, choices=choices, **kwargs)
        self.fields["when"] = YamlField(
            label="适用情形", empty={}, required=False, help_text="如 {situation: [first]}；空为总是适用"
        )
        self.fields["check_rule"] = YamlField(
            label="自动核验", empty={}, required=False, help_text="如 {field: area, gte: 300}；空为人工核对"
        )
        self.fields["registry_rule"] = YamlField(
            label="登记核验", empty={}, required=False, help_text="如 {check: safety_permit}；空为不查登记库"
        )
        self.fields["evidence"] = forms.MultipleChoiceField(
            label="证明材料",
            choices=choices["materials"],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )


class MaterialRow(RowForm):
    model = Material
    names = ("name", "code", "is_required", "when_text", "issuer", "form", "originals", "copies", "issue_time",
             "note", "place", "usage", "max_files")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when"] = YamlField(
            label="何时需要（规则）",
            empty={},
            required=False,
            help_text="如 {situation: [change]}；空为总是需要",
        )
        for slot, label in (("blank_form", "空白表格"), ("sample", "样本")):
            self.fields[slot] = forms.FileField(label=label, required=False, help_text="另选文件即替换")
            self.fields[f"drop_{slot}"] = forms.BooleanField(label=f"移除现有{label}", required=False)

    def row(self) -> dict[str, Any]:
        found = super().row()
        uploads = {}
        for slot in ("blank_form", "sample"):
            file, dropped = found.pop(slot), found.pop(f"drop_{slot}")
            if file or dropped:
                uploads[slot] = file or None
        return found | {"uploads": uploads}


class StageRow(RowForm):
    model, names = Stage, ("kind", "name", "limit", "unit", "opinion_template")


class FeeRow(RowForm):
    model, names = Fee, ("name", "standard", "basis", "amount")


class BasisRow(RowForm):
    model, names = LegalBasis, ("is_certain", "note")

    def __init__(self, *args: Any, choices: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, choices=choices, **kwargs)
        article = forms.TypedChoiceField(
            label="条款", choices=[("", "请选择"), *choices["articles"]], coerce=int,
            error_messages={"required": "请选择条款。", "invalid_choice": "请在法规标准库所列条款中选择。"},
        )  # fmt: skip
        self.fields = {"pk": self.fields["pk"], "article_id": article, **self.fields}


class QuestionRow(RowForm):
    """常见问题: kept in one field of the version."""

    model, names = ItemVersion, ()
    q = forms.CharField(label="问", max_length=200, error_messages={"required": "请填写问题。"})
    a = forms.CharField(
        label="答", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请填写回答。"},
    )  # fmt: skip


class NewItemForm(forms.Form):
    name = forms.CharField(label="事项名称", max_length=200)
    code = forms.SlugField(
        label="代号", max_length=60, help_text="办事指南网址的一部分，小写英文和连字符，定后不改，如 construction-permit",
        error_messages={"invalid": "代号只能用英文字母、数字和连字符。"},
    )  # fmt: skip
    department = forms.ModelChoiceField(
        label="实施主体", queryset=Department.objects.none(), empty_label="请选择"
    )
    basic_code = forms.RegexField(
        r"^\d{12}$",
        label="基本编码",
        help_text="12位数字",
        error_messages={"invalid": "基本编码应为12位数字。"},
    )

    def __init__(self, *args: Any, departments: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Department.objects.filter(pk__in=departments).order_by("name")
        self.fields["department"].queryset = own  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"


class ImportForm(forms.Form):
    """A file or its text; the second page posts the text back with the confirmation."""

    file = forms.FileField(label="YAML文件", required=False)
    text = forms.CharField(
        label="或者粘贴内容", required=False, strip=False, max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "desk-code"}),
    )  # fmt: skip
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        file = cleaned.get("file")
        if file:
            try:
                cleaned["text"] = file.read(1_000_001).decode("utf-8-sig")
            except UnicodeDecodeError as fault:
                raise forms.ValidationError("文件不是UTF-8编码的文本。", code="encoding") from fault
        if not cleaned.get("text", "").strip() and not self.errors:
            raise forms.ValidationError("请选择文件或者粘贴内容。", code="empty")
        return cleaned


class RetireForm(forms.Form):
    reason = forms.CharField(
        label="停用原因", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明停用原因。"},
    )  # fmt: skip


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(
        Department.objects.none(), label="划转给", error_messages={"required": "请选择接收的部门。"}
    )
    moving_reason = forms.CharField(
        label="划转原因", max_length=500, help_text="写明依据的文件。", widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明划转原因。"},
    )  # fmt: skip

    def __init__(self, *args: Any, item: ServiceItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = Department.objects.active().exclude(pk=item.department_id).order_by("pk")
