"""Items from a file: a new draft version where something differs, published when asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from approvals import item_files
from approvals.item_checks import Fault, faults
from approvals.models import ItemVersion, ServiceItem, VersionState
from approvals.models.codes import ExerciseLevel
from approvals.numbering import implementation_code
from approvals.workflow.items import grant_item, new_version, publish, require_founder, require_keeper
from disclosure.models import Article
from disclosure.workflow import law_entries, library
from portal.audit import workflow as audit
from portal.people.models import Department, User
from portal.refusals import RuleBroken


@dataclass(frozen=True)
class Imported:
    """``deed`` is made, changed, published or unchanged."""

    version: ItemVersion
    deed: str


def import_items(text: str, *, by: User | None, at: datetime, publishing: bool = False) -> list[Imported]:
    """Read a file of items; all of it or nothing. Raises RuleBroken naming the entry.

    An item whose latest version already says the same is left as it is, so importing a file twice
    changes nothing.
    """
    file = item_files.read(text)
    with transaction.atomic():
        if by is None or by.has_perm("disclosure.change_act"):
            law_entries.keep(file.acts, by=by, at=at)
        else:
            _cite_known(file)
        return [_import(entry, by=by, at=at, publishing=publishing) for entry in file.items]


@dataclass(frozen=True)
class Trial:
    """What importing an entry would do: its deed, the parts it changes and the faults it leaves."""

    code: str
    name: str
    deed: str
    changes: list[str]
    faults: list[Fault]


def try_import(text: str, *, by: User | None, at: datetime) -> list[Trial]:
    """Import a file and take it all back. Raises RuleBroken where the import would."""
    codes = [entry["code"] for entry in item_files.read(text).items]
    with transaction.atomic():
        before = {item.code: _latest_entry(item) for item in ServiceItem.objects.filter(code__in=codes)}
        trials = []
        for row in import_items(text, by=by, at=at):
            version = ItemVersion.objects.with_contents().get(pk=row.version.pk)
            now, had = item_files.as_entry(version), before.get(version.item.code, {})
            changes = [_label(key) for key in {**had, **now} if had.get(key) != now.get(key)]
            trials.append(
                Trial(version.item.code, version.name, row.deed, changes if had else [], faults(version))
            )
        transaction.set_rollback(True)
    return trials


def _latest_entry(item: ServiceItem) -> dict[str, Any]:
    latest = item.versions.order_by("-number").first()
    return item_files.as_entry(latest) if latest else {}


def _label(key: str) -> str:
    if key in item_files.ELEMENTS:
        return str(getattr(ItemVersion, key).field.model._meta.verbose_name)
    column = item_files.version_fields().get(key)
    return str(column.verbose_name) if column else key


def _cite_known(file: item_files.ItemFile) -> None:
    """An office may cite the law library but not write into it."""
    known = set(Article.objects.values_list("act__title", "number"))
    cited = {(act["title"], str(row["number"])) for act in file.acts for row in act.get("articles") or []}
    cited |= {
        (str(row.get("act", "")), str(row.get("article", "")))
        for entry in file.items
        for row in entry["legal_bases"]
    }
    if missing := sorted(cited - known):
        listed = "、".join(f"《{title}》{number}" for title, number in missing[:5])
        raise RuleBroken(f"法规标准库中没有{listed}，请先在法规标准库中登记，再导入。")


def _import(entry: dict[str, Any], *, by: User | None, at: datetime, publishing: bool) -> Imported:
    item, made = _item(entry)
    if made:
        require_founder(item.department, by=by, at=at)
        grant_item(item)
    else:
        require_keeper(item, by=by, at=at)
    latest = item.versions.order_by("-number").first()
    if latest and item_files.as_entry(latest) == _normal(latest, entry, by=by, at=at):
        if publishing and latest.is_draft:
            return Imported(publish(latest, by=by, at=at), "published")
        return Imported(latest, "unchanged")
    version = new_version(item, by=by, at=at)
    _fill(version, entry, by=by, at=at)
    audit.record("approvals.item.imported", subject=item, actor=by, at=at, version=version.number)
    if publishing:
        return Imported(publish(version, by=by, at=at), "published")
    return Imported(version, "made" if made else "changed")


def _item(entry: dict[str, Any]) -> tuple[ServiceItem, bool]:
    department = Department.objects.filter(code=entry["department"]).first()
    if department is None:
        raise RuleBroken(f"事项{entry['code']}的部门“{entry['department']}”不存在。")
    basic = str(entry["basic_code"])
    level = str(entry.get("exercise_level") or ExerciseLevel.CITY)
    code = entry.get("implementation_code") or implementation_code(department.uscc, level, basic)
    item = ServiceItem.objects.select_for_update().filter(code=entry["code"]).first()
    if item is None:
        values = {
            "name": entry["name"],
            "department": department,
            "basic_code": basic,
            "implementation_code": code,
        }
        item = ServiceItem(code=entry["code"], **values)
        try:
            item.full_clean()
        except ValidationError as fault:
            raise RuleBroken(f"事项{entry['code']}：{'；'.join(fault.messages)}") from fault
        item.save()
        return item, True
    return item, False


def _normal(latest: ItemVersion, entry: dict[str, Any], *, by: User | None, at: datetime) -> dict[str, Any]:
    """The entry as it would be written back, were the latest version filled with it."""
    with transaction.atomic():
        mark = transaction.savepoint()
        trial = ItemVersion.objects.create(
            item=latest.item, number=latest.number + 1, state=VersionState.DRAFT
        )
        _fill(trial, entry, by=by, at=at)
        written = item_files.as_entry(trial)
        transaction.savepoint_rollback(mark)
    return written


def _fill(version: ItemVersion, entry: dict[str, Any], *, by: User | None, at: datetime) -> None:
    """Make the draft say what the entry says, and nothing else."""
    for name, column in item_files.version_fields().items():
        value = entry.get(name, column.get_default())
        try:
            setattr(version, name, column.clean(value, version) if value is not None else None)
        except ValidationError as fault:
            raise RuleBroken(
                f"事项{entry['code']}的{column.verbose_name}：{'；'.join(fault.messages)}"
            ) from fault
    version.save()
    for element in item_files.ELEMENTS:
        manager = getattr(version, element)
        manager.all().delete()
        for order, row in enumerate(entry.get(element, []), start=1):
            values = dict(row)
            if element == "legal_bases":
                values["article"] = _article(entry["code"], values, by=by, at=at)
            made = manager.model(version=version, order=order, **values)
            try:
                made.full_clean(exclude=["version"], validate_unique=False, validate_constraints=False)
            except ValidationError as fault:
                raise RuleBroken(
                    f"事项{entry['code']}的{element}第{order}条：{'；'.join(fault.messages)}"
                ) from fault
            made.save()


def _article(item: str, row: dict[str, Any], *, by: User | None, at: datetime) -> Article:
    title, doc_no, number = row.pop("act", ""), row.pop("doc_no", ""), str(row.pop("article", ""))
    act = library.first_named(title, doc_no)
    if act is None:
        raise RuleBroken(f"事项{item}引用的《{title}》不在法规文件中，请先在acts中列出。")
    known = Article.objects.filter(act=act, number=number).first()
    made = Article(act=act, number=number, is_certain=row.get("is_certain", True))
    return known or library.keep_article(made, by=by, at=at)
