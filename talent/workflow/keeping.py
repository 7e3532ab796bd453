"""An enterprise or a person keeps its own record: what it says of itself, on its own word."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.papers import workflow as papers
from portal.people.models import Party, PartyKind, User
from portal.refusals import RuleBroken
from talent.models import (
    Described,
    Enterprise,
    EnterpriseFile,
    Equipment,
    Fact,
    FinanceYear,
    Holding,
    Origin,
    Person,
    Project,
    Qualification,
    SafetyPermit,
    Subsidiary,
)
from talent.models.origins import label_of
from talent.workflow import entries, facts, origins, projects

MOST_ROWS = 2000  # of one kind that an enterprise may declare by itself


@dataclass(frozen=True)
class Section:
    """A kind of row an enterprise adds to its record; ``related`` reaches those on file."""

    code: str
    title: str
    noun: str
    model: type[Any]
    related: str
    fields: tuple[str, ...]
    is_declared: bool = True  # else an authority writes its rows


SECTIONS = {
    one.code: one
    for one in (
        Section("equipment", "设备", "设备", Equipment, "equipment",
                ("name", "model", "holding", "count", "made_on", "leased_until")),
        Section("projects", "工程项目和业绩", "项目", Project, "projects",
                ("name", "code", "category", "area", "amount", "begun_on")),
        Section("finances", "年度财务", "年度财务", FinanceYear, "finances",
                ("year", "net_assets", "revenue", "credit_line", "research", "auditor")),
        Section("subsidiaries", "下属企业和分支机构", "下属企业", Subsidiary, "subsidiaries",
                ("name", "uscc", "share")),
        Section("files", "证明文件", "文件", EnterpriseFile, "files", ("title",)),
        Section("qualifications", "企业资质", "资质", Qualification, "qualifications",
                ("category", "certificate_no", "issuer", "valid_from", "valid_to", "ended_reason"), is_declared=False),
        Section("permits", "安全生产许可证", "安全生产许可证", SafetyPermit, "safety_permits",
                ("number", "issuer", "valid_from", "valid_to"), is_declared=False),
    )
}  # fmt: skip


def require_actable(party: Party, by: User | None, at: datetime) -> None:
    """Raises RuleBroken unless the person may act for the party that day; None is the system."""
    if by is not None and not Party.objects.actable_by(by, localdate(at)).filter(pk=party.pk).exists():
        raise RuleBroken(f"您没有代办“{party.name}”的有效授权。")


@transaction.atomic
def enter_own(party: Party, *, by: User, at: datetime) -> Enterprise | Person:
    """A party puts itself on the register; asked again, the record on file is returned."""
    party = Party.objects.select_for_update(of=("self",)).get(pk=party.pk)
    require_actable(party, by, at)
    natural = party.kind == PartyKind.NATURAL
    on_file = (Person if natural else Enterprise).objects.filter(party=party).first()
    if on_file is not None:
        return on_file
    origin = origins.declared(party, by=by, at=at)
    enter = entries.enter_person if natural else entries.enter_enterprise
    return enter(party, origin=origin, by=by, at=at)


@transaction.atomic
def declare(row: Described, values: dict[str, Any], *, by: User | None, at: datetime) -> list[str]:
    """State one's own facts; the labels of what changed. Raises RuleBroken for a field it may not change."""
    party: Party = row.party  # type: ignore[attr-defined]
    require_actable(party, by, at)
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    wrong = [field for field in values if field not in row.own_fields]
    if wrong:
        raise RuleBroken("这些内容由登记机关或者审批决定写入，不能自行填报。")
    before = {field: getattr(row, field) for field in values}
    changed = {field: value for field, value in values.items() if before[field] != value}
    if not changed:
        return []
    refused = facts.state(row, changed, origin=origins.declared(party, by=by, at=at))
    if refused:
        label = label_of(type(row), refused[0])
        raise RuleBroken(f"“{label}”不能自行修改，请提出变更申请并附证明材料。", field=refused[0])
    labels = [label_of(type(row), field) for field in changed]
    audit.record(
        f"talent.{row._meta.model_name}.declared", subject=row, actor=by, at=at,
        before={field: str(before[field]) for field in changed},
        after={field: str(value) for field, value in changed.items()},
    )  # fmt: skip
    return labels


@transaction.atomic
def add_row(
    enterprise: Enterprise, code: str, values: dict[str, Any], *, file: UploadedFile | None = None,
    by: User | None, at: datetime,
) -> Fact:  # fmt: skip
    """Add a row of a section on the enterprise's own word. Raises RuleBroken in the words of its rule."""
    section = SECTIONS[code]
    enterprise = Enterprise.objects.locked(enterprise)
    require_actable(enterprise.party, by, at)
    if getattr(enterprise, section.related).live().count() >= MOST_ROWS:
        raise RuleBroken(f"{section.noun}已有{MOST_ROWS}条，请先停用不再需要的记录。")
    _check(enterprise, code, values, localdate(at))
    origin = origins.declared(enterprise.party, by=by, at=at)
    if code == "projects":
        return projects.begin_project(enterprise, origin=origin, by=by, at=at, **values)
    if code == "files":
        if file is None:
            raise RuleBroken("请选择要上传的文件。", field="file")
        values = {**values, "attachment": papers.store_upload(file, by=by, at=at)}
    row = section.model._default_manager.create(enterprise=enterprise, origin=origin, **values)
    audit.record("talent.fact.added", subject=enterprise, actor=by, at=at, what=section.noun, row=str(row))
    return row


def _check(enterprise: Enterprise, code: str, values: dict[str, Any], today: date) -> None:
    if code == "equipment" and values.get("leased_until") and values["holding"] != Holding.LEASED:
        raise RuleBroken("自有设备不用填写租赁期。", field="leased_until")
    if code == "finances":
        if values["year"] > today.year:
            raise RuleBroken(f"{values['year']}年度还没有开始。", field="year")
        if enterprise.finances.live().filter(year=values["year"]).exists():
            raise RuleBroken(
                f"{values['year']}年度的财务数据已经填报；如有错误，请先停用原记录。", field="year"
            )
    if code == "projects" and Project.objects.filter(code=values["code"]).exists():
        raise RuleBroken("这个项目编码已经登记，请核对。", field="code")
    if code == "subsidiaries" and values.get("uscc") == enterprise.uscc:
        raise RuleBroken("下属企业不能是本企业自己。", field="uscc")


@transaction.atomic
def end_row(row: Any, *, reason: str, by: User | None, at: datetime) -> Fact:
    """Put a row of one's own away, with a reason."""
    party: Party = row.enterprise.party
    require_actable(party, by, at)
    fact: Fact = row
    return facts.archive(fact, reason=reason, origin=origins.declared(party, by=by, at=at), by=by, at=at)


@transaction.atomic
def complete_own(project: Project, *, on: date, by: User | None, at: datetime) -> Project:
    """The enterprise says that its project is completed."""
    party = project.enterprise.party
    require_actable(party, by, at)
    if on > localdate(at):
        raise RuleBroken("竣工日期不能晚于今天。", field="on")
    if project.completed_on is not None:
        raise RuleBroken("这个项目已经登记竣工。")
    origin: Origin = origins.declared(party, by=by, at=at)
    return projects.complete(project, on=on, origin=origin, by=by, at=at)
