"""Drafts of item versions edited part by part; a published version refuses every one of these."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.utils.timezone import localdate

from approvals import item_files
from approvals.blank_forms import form_words
from approvals.models import ItemVersion, Material, ServiceItem
from approvals.models.codes import ExerciseLevel
from approvals.numbering import IMPLEMENTATION, implementation_code
from approvals.workflow.items import grant_item, new_version, require_founder, require_keeper
from portal.audit import workflow as audit
from portal.papers import typesetting
from portal.papers import workflow as papers
from portal.papers.models import Attachment
from portal.people.models import Department, User
from portal.refusals import RuleBroken

SLOTS = {"sample": "样本", "blank_form": "空白表格"}
STALE = "这一部分刚刚被人修改过，您的修改没有保存。请刷新页面，在最新内容上修改。"
FORM_MIME = "application/pdf"


@transaction.atomic
def found_item(
    *, code: str, name: str, department: Department, basic_code: str, by: User | None, at: datetime
) -> ItemVersion:
    """A new item of the department with an empty first draft. The codes are checked for good."""
    item = ServiceItem(code=code, name=name, department=department, basic_code=basic_code)
    item.implementation_code = implementation_code(department.uscc, ExerciseLevel.CITY, basic_code)
    if not IMPLEMENTATION.fullmatch(item.implementation_code):
        raise RuleBroken("基本编码应为12位数字，并且部门应当登记18位统一社会信用代码。", field="basic_code")
    try:
        item.full_clean()
    except ValidationError as fault:
        field, texts = next(iter(fault.message_dict.items()))
        field = "basic_code" if field == "implementation_code" else field
        raise RuleBroken("".join(texts), field=field) from fault
    require_founder(department, by=by, at=at)
    item.save()
    grant_item(item)
    audit.record("approvals.item.founded", subject=item, actor=by, at=at, code=code, name=name)
    return new_version(item, by=by, at=at)


@transaction.atomic
def edit_version(
    version: ItemVersion,
    *,
    values: dict[str, Any],
    by: User | None,
    at: datetime,
    seen: str = "",
    result_sample: UploadedFile | None = None,
) -> ItemVersion:
    """Set fields of a draft, and its picture of the result when there is a new one. ``seen`` is the fingerprint of what the editor had before them.

    Raises RuleBroken at the field; on a published version; and when somebody else was quicker.
    """
    version = _draft(version, by=by, at=at)
    _refuse_stale(version, values, seen)
    columns = item_files.version_fields()
    changed = []
    for name, value in values.items():
        column = columns[name]
        try:
            cleaned = column.clean(value, version) if value is not None else None
        except ValidationError as fault:
            raise RuleBroken(f"{column.verbose_name}：{'；'.join(fault.messages)}", field=name) from fault
        if cleaned != getattr(version, name):
            setattr(version, name, cleaned)
            changed.append(name)
    before = version.result_sample
    if result_sample:
        version.result_sample = papers.store_upload(result_sample, by=by, at=at)
        changed.append("result_sample")
    if changed:
        version.save(update_fields=changed)
        _discard_unused([before], by=by, at=at)
        _record(version, by=by, at=at, fields=sorted(changed))
    return version


@transaction.atomic
def replace_parts(
    version: ItemVersion,
    element: str,
    *,
    rows: list[dict[str, Any]],
    by: User | None,
    at: datetime,
    seen: str = "",
) -> ItemVersion:
    """Make the rows of one element of a draft these, in this order.

    A row with ``pk`` is the row it was, with its uploads; one of another version is refused.
    ``uploads`` in a row of materials puts files into its slots, None takes one away.
    """
    version = _draft(version, by=by, at=at)
    _refuse_stale(version, element, seen)
    manager = getattr(version, element)
    known = {row.pk: row for row in manager.all()}
    made: list[Any] = []
    let_go: list[Attachment | None] = []
    for order, values in enumerate(rows, start=1):
        given = dict(values)
        pk, uploads = given.pop("pk", None), given.pop("uploads", {})
        if pk is not None and pk not in known:
            raise RuleBroken(STALE)
        row = known.pop(pk) if pk is not None else manager.model(version=version)
        row.order = order
        for slot, file in uploads.items():
            let_go.append(getattr(row, slot))
            setattr(row, slot, papers.store_upload(file, by=by, at=at) if file else None)
        for name, value in given.items():
            setattr(row, name, value)
        try:
            row.full_clean(exclude=["version"], validate_unique=False, validate_constraints=False)
        except ValidationError as fault:
            raise RuleBroken(f"第{order}行：{'；'.join(fault.messages)}") from fault
        made.append(row)
    _refuse_twice(manager.model, made)
    if element == "materials":
        let_go += [getattr(row, slot) for row in known.values() for slot in SLOTS]
    # All go and come back under their own keys, so that two rows may exchange their codes.
    manager.all().delete()
    for row in made:
        row.save(force_insert=True)
    _discard_unused(let_go, by=by, at=at)
    _record(version, by=by, at=at, element=element, rows=len(made))
    return version


@transaction.atomic
def attach_form(
    material: Material, slot: str, *, file: UploadedFile | None, by: User | None, at: datetime
) -> Material:
    """Put a file into a material's ``slot`` (sample or blank_form) of a draft; None takes it away."""
    version = _draft(material.version, by=by, at=at)
    material = version.materials.get(pk=material.pk)
    before = getattr(material, slot)
    after = papers.store_upload(file, by=by, at=at) if file else None
    setattr(material, slot, after)
    material.save(update_fields=[slot])
    _discard_unused([before], by=by, at=at)
    _record(version, by=by, at=at, material=material.code, slot=slot, sha256=after.sha256 if after else "")
    return material


def draw_up_forms(
    material: Material, *, answers: dict[str, Any] | None = None, by: User | None, at: datetime
) -> Material:
    """Typeset the blank form of the version's form schema into the material; with answers a sample too."""
    version = material.version
    name = material.name
    blank = typesetting.typeset_form(form_words(version, name), at=at)
    with transaction.atomic():
        material = attach_form(
            material, "blank_form", file=SimpleUploadedFile(f"{name}.pdf", blank, FORM_MIME), by=by, at=at
        )
        if answers is None:
            return material
        filled = typesetting.typeset_form(form_words(version, name, answers=answers, on=localdate(at)), at=at)
        return attach_form(
            material,
            "sample",
            file=SimpleUploadedFile(f"{name}（样本）.pdf", filled, FORM_MIME),
            by=by,
            at=at,
        )


def fingerprint(version: ItemVersion, part: str | Iterable[str]) -> str:
    """What the rows of an element, or the named fields, say now; compared before anything is saved."""
    said: Any
    if isinstance(part, str):
        said = list(getattr(version, part).order_by("order", "pk").values())
    else:
        said = {name: getattr(version, name) for name in sorted(part)}
    text = json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _draft(version: ItemVersion, *, by: User | None, at: datetime) -> ItemVersion:
    """The version under its item's lock, which its publication takes too."""
    item = ServiceItem.objects.select_for_update().select_related("department").get(pk=version.item_id)
    require_keeper(item, by=by, at=at)
    fresh = ItemVersion.objects.select_for_update().get(pk=version.pk)
    fresh.item = item
    if not fresh.is_draft:
        raise RuleBroken(f"{fresh}已经发布，不能修改；需要修改的，请新建版本。")
    return fresh


def _refuse_stale(version: ItemVersion, part: str | Iterable[str], seen: str) -> None:
    if seen and seen != fingerprint(version, part):
        raise RuleBroken(STALE)


def _refuse_twice(model: type[models.Model], rows: list[Any]) -> None:
    """One sentence for what a unique constraint would refuse with an error page."""
    for constraint in model._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint):
            continue
        [name] = [field for field in constraint.fields if field != "version"]
        column = model._meta.get_field(name)
        values = [getattr(row, column.attname) for row in rows]  # type: ignore[union-attr]
        for place, value in enumerate(values):
            if value in values[:place]:
                label = column.verbose_name  # type: ignore[union-attr]
                raise RuleBroken(f"第{place + 1}行的{label}与第{values.index(value) + 1}行相同。")


def _discard_unused(files: list[Attachment | None], *, by: User | None, at: datetime) -> None:
    for file in files:
        if file is None:
            continue
        used = Material.objects.filter(Q(sample=file) | Q(blank_form=file)).exists()
        if not used and not ItemVersion.objects.filter(result_sample=file).exists():
            papers.discard(file, by=by, at=at)


def _record(version: ItemVersion, *, by: User | None, at: datetime, **facts: Any) -> None:
    audit.record(
        "approvals.item.version_edited",
        subject=version.item,
        actor=by,
        at=at,
        version=version.number,
        **facts,
    )
