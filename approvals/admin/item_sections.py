"""The tabs of a version: what each holds, how it is edited and how it reads when it is frozen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.forms import BaseFormSet, Form, formset_factory
from django.http import HttpRequest

from approvals.forms import items as forms
from approvals.item_checks import Fault
from approvals.models import ItemVersion
from approvals.workflow import fingerprint
from approvals.yaml_text import write_flow, write_schema
from disclosure.models import Article

MOST_ROWS = 100
Groups = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Section:
    """``groups`` of fields, or the rows of ``element`` edited by ``row``."""

    code: str
    label: str
    groups: Groups = ()
    element: str = ""
    row: type[forms.RowForm] | None = None
    hint: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for _, names in self.groups for name in names)


SECTIONS: dict[str, Section] = {
    section.code: section
    for section in (
        Section("basics", "基本信息", (
            ("名称和适用范围", ("name", "summary", "scope", "prohibitions", "quantity_limit")),
            ("要素", ("item_type", "case_type", "power_source", "exercise_level", "authority_split",
                      "exercise_content", "jurisdiction", "coverage")),
            ("机构", ("body_nature", "decision_office", "handling_office", "joint_offices", "intermediary")),
            ("服务对象和主题", ("applicant_kinds", "audiences", "theme", "legal_person_theme",
                                "natural_person_theme")),
            ("版本", ("change_note", "effective_on")),
        )),
        Section("limits", "时限", (
            ("法定办结时限", ("statutory_limit", "statutory_unit", "statutory_basis", "statutory_note")),
            ("承诺办结时限", ("promise_limit", "promise_unit", "promise_note")),
            ("特别程序", ("special_procedure", "special_procedure_note")),
            ("收件和补正", ("supplement_limit", "receipt_closes_at", "handler_quota")),
        ), hint="各环节时限之和不超过承诺时限，承诺时限不超过法定时限。"),
        Section("result", "结果与收费", (
            ("审批结果", ("result_name", "result_type", "result_valid_months", "issues_certificate")),
            ("收费", ("has_fee",)),
        )),
        Section("ways", "办理方式", (
            ("办理形式", ("channels", "is_online", "online_url", "system_level", "is_bookable",
                          "has_online_payment", "has_post")),
            ("到现场", ("is_in_hall", "visits", "visit_reason", "place", "hours")),
            ("咨询和监督", ("consult_way", "consult_phone", "complaint_phone")),
            ("流程和权利义务", ("procedure", "rights_and_duties")),
        )),
        Section("situations", "情形", element="situations", row=forms.SituationRow,
                hint="申请人先选一种情形；没有不同情形的，可以一行也不填。"),
        Section("conditions", "受理条件", element="conditions", row=forms.ConditionRow,
                hint="能自动核验的写明规则和不符合时怎么办；条件中提到的证照应当列在申请材料里。"),
        Section("materials", "申请材料", element="materials", row=forms.MaterialRow),
        Section("stages", "办理环节", element="stages", row=forms.StageRow,
                hint="依次为承办、审核、批准，每个环节一次。"),
        Section("fees", "收费项目", element="fees", row=forms.FeeRow),
        Section("bases", "设定依据", element="legal_bases", row=forms.BasisRow,
                hint="未与原文核对的不要勾选“已核对”：待核的依据只给工作人员看，不对外公布。"),
        Section("faq", "常见问题", element="faq", row=forms.QuestionRow),
        Section("form", "申请表", (("", ("form_schema", "write_back")),)),
    )
}  # fmt: skip

# Where a fault that is not named after a field or an element belongs.
ELSEWHERE = {"promise": "limits", "fees": "fees", "item": ""}


def section_of(fault: Fault) -> str:
    """The code of the tab on which the fault is mended; empty when no tab can."""
    for section in SECTIONS.values():
        if fault.element == section.element or fault.element in section.names:
            return section.code
    return ELSEWHERE.get(fault.element, "")


def seen(section: Section, version: ItemVersion) -> str:
    """The fingerprint that goes out with the page and comes back with the answers."""
    if section.element and section.element != "faq":
        return fingerprint(version, section.element)
    return fingerprint(version, section.names or ("faq",))


def make_form(section: Section, version: ItemVersion, request: HttpRequest) -> Form:
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    initial = {name: getattr(version, name) for name in section.names} | {"seen": seen(section, version)}
    if section.code == "form":
        situations = {row.code for row in version.situations.all()}
        return forms.SchemaForm(*data, initial=initial, situations=situations)
    kind = forms.ResultForm if section.code == "result" else forms.VersionForm
    return kind(*data, initial=initial, names=section.names)


def make_formset(section: Section, version: ItemVersion, request: HttpRequest) -> "BaseFormSet[Any]":
    assert section.row is not None  # noqa: S101
    kind = formset_factory(
        section.row, extra=1, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
    )
    sent = request.method == "POST"
    return kind(
        request.POST if sent else None,
        request.FILES if sent else None,
        initial=_rows(section, version),
        prefix="row",
        error_messages={
            "too_many_forms": f"最多{MOST_ROWS}行。",
            "missing_management_form": "页面不完整，请刷新后重新填写。",
        },
        form_kwargs={"version": version, "choices": _choices(section, version)},
    )


def rows_of(formset: "BaseFormSet[Any]") -> list[dict[str, Any]]:
    """The rows to keep, by their written order; one without a number goes last."""
    kept = [
        form
        for form in formset.forms
        if form.has_changed() or form.initial
        if not form.cleaned_data.get("DELETE")
    ]
    last = MOST_ROWS * 10
    kept.sort(key=lambda form: last if (n := form.cleaned_data.get("order")) is None else n)
    return [form.row() for form in kept]


def shown(section: Section, version: ItemVersion) -> list[tuple[str, list[tuple[str, Any]]]]:
    """The section to read: headed groups of labels and values; what is empty is left out."""
    if section.groups:
        return [(title, _said(version, names)) for title, names in section.groups]
    if section.element == "faq":
        return [(entry.get("q", ""), [("答", entry.get("a", ""))]) for entry in version.faq]
    assert section.row is not None  # noqa: S101
    names = section.row.names + {
        "conditions": ("when", "check_rule", "registry_rule", "evidence"),
        "materials": ("when",),
    }.get(section.element, ())
    return [
        (f"{place}. {row}", _said(row, names))
        for place, row in enumerate(getattr(version, section.element).all(), start=1)
    ]


def _said(row: Model, names: Iterable[str]) -> list[tuple[str, Any]]:
    found = []
    for name in names:
        column, value = row._meta.get_field(name), getattr(row, name)
        if value in (None, "", [], {}):
            continue
        if name in forms.MANY:
            labels = dict(forms.MANY[name])
            value = "、".join(labels.get(each, each) for each in value)
        elif isinstance(value, bool):
            value = "是" if value else "否"
        elif name == "form_schema":
            value = write_schema(value)
        elif isinstance(value, dict | list):
            value = write_flow(value)
        elif column.choices:  # type: ignore[union-attr]
            value = getattr(row, f"get_{name}_display")()
        found.append((str(column.verbose_name), value))  # type: ignore[union-attr]
    return found


def _rows(section: Section, version: ItemVersion) -> list[dict[str, Any]]:
    if section.element == "faq":
        return [
            {"order": n, "object": entry.get("q", ""), **entry}
            for n, entry in enumerate(version.faq, start=1)
        ]
    rows = []
    for order, row in enumerate(getattr(version, section.element).all(), start=1):
        values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
        rows.append(values | {"pk": row.pk, "order": order, "object": row})
    return rows


def _choices(section: Section, version: ItemVersion) -> dict[str, Any]:
    if section.element == "conditions":
        return {"materials": [(m.code, m.name) for m in version.materials.all()]}
    if section.element != "legal_bases":
        return {}
    acts: dict[str, list[tuple[int, str]]] = {}
    for article in Article.objects.select_related("act").order_by("act__title", "pk"):
        unchecked = "" if article.is_certain and article.act.is_certain else "（待核）"
        acts.setdefault(str(article.act), []).append((article.pk, f"{article}{unchecked}"))
    return {"articles": list(acts.items())}
