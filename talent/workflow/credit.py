"""Credit: records of behaviour, their repair, and the blacklist."""

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.days import spoken
from portal.notices import workflow as notices
from portal.papers import workflow as papers
from portal.people.models import Department, User
from portal.people.rights import require
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.calendar import OutsideCalendar
from portal.workdays.models import Clock, ClockKind
from talent import publicity
from talent.models import (
    Blacklisting,
    CreditItem,
    CreditRecord,
    CreditRepair,
    Enterprise,
    Person,
    RepairState,
    SubjectType,
)
from talent.staffing import NATIONAL_METHOD
from talent.workflow import origins, staffing
from talent.workflow.keeping import require_actable

ENTRY_DAYS, ENTRY_BASIS = 7, "行政许可和行政处罚等信用信息公示：自作出决定之日起7个工作日内"
REPAIR_DAYS, REPAIR_BASIS = 20, "本部门服务承诺"  # working days; a promise of the house (待核)
AFTER_BLACKLIST = {SubjectType.ENTERPRISE: "B901", SubjectType.PERSON: "B911"}
MIN_REASON = 4
REFUSAL = "诚信记录由住房和城乡建设部门的承办人员和负责人录入。"


@transaction.atomic
def load_credit_items() -> int:
    """The catalogue of the file into rows: an item that reads otherwise than before is a new version."""
    source, added = publicity.source(), 0
    standing = {row.code: row for row in CreditItem.objects.filter(valid_to=None)}
    for entry in source["items"]:
        values = {
            "name": entry["name"], "subject_type": entry["subject"], "is_good": entry["good"],
            "group": entry["group"], "delta": entry["delta"], "valid_months": entry["months"],
            "evidence_required": entry["evidence"],
        }  # fmt: skip
        since, row = entry.get("since", source["since"]), standing.get(entry["code"])
        if row is not None and all(getattr(row, name) == value for name, value in values.items()):
            continue
        CreditItem.objects.update_or_create(code=entry["code"], valid_from=since, defaults=values)
        added += 1
    return added


def items_on(day: date) -> Any:
    """The versions of the catalogue in force on a day."""
    return CreditItem.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


@transaction.atomic
def enter_credit(
    row: Enterprise | Person, item: CreditItem, *, decision_number: str, decided_on: date, facts: str, organ: str,
    department: Department, evidence: UploadedFile | None = None, by: User | None, at: datetime, **values: Any,
) -> CreditRecord:  # fmt: skip
    """Enter what was decided, and until when it may be used. Entered twice, the second is refused.

    The law counts seven working days from the decision; an entry after that is on record as late.
    """
    require(by, "talent.enter_credit", REFUSAL)
    today = localdate(at)
    if item.subject_type != row._meta.model_name:
        raise RuleBroken(f"“{item.name}”适用于{item.get_subject_type_display()}。", field="item")
    if decided_on > today:
        raise RuleBroken("决定日期不能晚于今天。", field="decided_on")
    if not items_on(decided_on).filter(pk=item.pk).exists():
        raise RuleBroken("这一行为在决定之日不在目录中。", field="item")
    if item.evidence_required and evidence is None:
        raise RuleBroken("这一行为须附决定书或者证明材料。", field="evidence")
    values["public_until"] = values.get("public_until") or until(item, decided_on, values)
    origin = origins.decided(department, decision_number=decision_number, by=by, at=at)
    try:
        with transaction.atomic():
            record = CreditRecord.objects.create(
                **{str(row._meta.model_name): row}, item=item, delta=item.delta, decision_number=decision_number,
                decided_on=decided_on, facts=facts, organ=organ, department=department, entered_by=by,
                entered_at=at, origin=origin,
                evidence=papers.store_upload(evidence, by=by, at=at) if evidence is not None else None, **values,
            )  # fmt: skip
    except IntegrityError:
        raise RuleBroken("这份决定书的同一行为已经录入。", field="decision_number") from None
    record.clock = _entry_clock(record, by=by, at=at)
    record.save(update_fields=["clock"])
    if item.code == NATIONAL_METHOD and record.enterprise_id:
        staffing.follow(record.enterprise_id, at=at)
    audit.record(
        "talent.credit.entered", subject=record, actor=by, at=at, of=str(row), item=item.code,
        decision=decision_number, public_until=record.public_until,
    )  # fmt: skip
    notices.queue(
        "credit_entered", to=row.party, at=at, key=f"credit-{record.pk}", subject=record, item=item.name,
        number=decision_number, until=record.public_until,
    )  # fmt: skip
    return record


def until(item: CreditItem, decided_on: date, values: dict[str, Any]) -> date:
    """The last day a record may be used, by its item and its penalties."""
    if item.is_good:
        return publicity.good_until(decided_on, item.valid_months)
    return publicity.bad_until(
        decided_on, months=item.valid_months, penalties=values.get("penalties") or (), is_safety=item.is_safety,
        penalty_until=values.get("penalty_until"),
    )  # fmt: skip


def _entry_clock(record: CreditRecord, *, by: User | None, at: datetime) -> Clock | None:
    """Seven working days from the decision, stopped by the entry; none for days before the calendar."""
    try:
        with transaction.atomic():
            clock = clocks.start(
                ClockKind.PUBLICATION, subject=record, on=record.decided_on, limit=ENTRY_DAYS, basis=ENTRY_BASIS,
                department=record.department, by=by, at=at, label=f"录入{record}",
            )  # fmt: skip
    except OutsideCalendar:
        return None
    return clocks.close(clock, on=localdate(at), outcome="已录入", by=by, at=at)


@transaction.atomic
def ask_repair(
    record: CreditRecord, *, reason: str, evidence: UploadedFile, by: User, at: datetime
) -> CreditRepair:
    """Ask that a bad record end early, once the shortest time of its kind is over."""
    record = _locked(record)
    require_actable(record.subject.party, by, at)
    today = localdate(at)
    if record.item.is_good or not record.is_in_use(today):
        raise RuleBroken("这条记录不需要修复。")
    if today < record.repairable_from:
        first = record.repairable_from
        raise RuleBroken(
            f"公示未满最短期限，自{spoken(first)}起可以申请修复。",
            basis=publicity.table(record.decided_on).basis,
        )
    if record.repairs.filter(state=RepairState.OPEN).exists():
        raise RuleBroken("修复申请已经提交，正在审核。")
    if len(reason.strip()) < MIN_REASON:
        raise RuleBroken(f"请写明整改情况，至少{MIN_REASON}个字。", field="reason")
    repair = CreditRepair.objects.create(
        record=record, reason=reason.strip(), evidence=papers.store_upload(evidence, by=by, at=at), made_by=by,
        made_at=at,
    )  # fmt: skip
    repair.clock = clocks.start(
        ClockKind.CORRECTION, subject=repair, on=today, limit=REPAIR_DAYS, basis=REPAIR_BASIS,
        department=record.department, party=record.subject.party, by=by, at=at, label="信用修复申请",
    )  # fmt: skip
    repair.save(update_fields=["clock"])
    audit.record("talent.credit.repair_asked", subject=record, actor=by, at=at, repair=repair.pk)
    return repair


@transaction.atomic
def decide_repair(
    repair: CreditRepair, *, accepted: bool, opinion: str, by: User | None, at: datetime
) -> CreditRepair:
    """Granted, the record is out of use everywhere from this day on."""
    require(by, "talent.enter_credit", REFUSAL)
    record = _locked(repair.record)
    repair = CreditRepair.objects.select_for_update(of=("self",)).select_related("clock").get(pk=repair.pk)
    if len(opinion.strip()) < 2:
        raise RuleBroken("请写明审核意见。", field="opinion")
    repair.move_to(RepairState.ACCEPTED if accepted else RepairState.REFUSED)
    repair.opinion, repair.decided_by, repair.decided_at = opinion.strip(), by, at
    repair.save(update_fields=["state", "opinion", "decided_by", "decided_at"])
    if accepted:
        record.repaired_on = localdate(at)
        record.save(update_fields=["repaired_on"])
    if repair.clock is not None:
        clocks.close(repair.clock, on=localdate(at), outcome=RepairState(repair.state).label, by=by, at=at)
    audit.record(f"talent.credit.repair_{repair.state}", subject=record, actor=by, at=at, repair=repair.pk)
    notices.queue(
        "credit_repair_decided", to=record.subject.party, at=at, key=f"repair-{repair.pk}", subject=record,
        number=record.decision_number, answer=RepairState(repair.state).label, opinion=repair.opinion,
    )  # fmt: skip
    return repair


@transaction.atomic
def revoke_credit(record: CreditRecord, *, reason: str, by: User | None, at: datetime) -> CreditRecord:
    """The decision itself was revoked or the entry was wrong: the record is put away at once."""
    require(by, "talent.enter_credit", REFUSAL)
    record = _locked(record)
    if record.archived_at is not None:
        raise RuleBroken("这条记录已经撤销。")
    if len(reason.strip()) < MIN_REASON:
        raise RuleBroken(f"请写明撤销原因，至少{MIN_REASON}个字。", field="reason")
    record.archived_at, record.archived_reason = at, reason.strip()[:200]
    record.save(update_fields=["archived_at", "archived_reason"])
    audit.record("talent.credit.revoked", subject=record, actor=by, at=at, reason=record.archived_reason)
    return record


def _locked(record: CreditRecord) -> CreditRecord:
    rows = CreditRecord.objects.select_for_update(of=("self",))
    return rows.select_related("item", "department", "enterprise__party", "person__party").get(pk=record.pk)


@transaction.atomic
def blacklist(
    row: Enterprise | Person, *, reason: str, facts: str, decision_number: str, decided_on: date,
    department: Department, by: User | None, at: datetime,
) -> Blacklisting:  # fmt: skip
    """Put on the list for a year from the decision; one already on it is refused."""
    require(by, "talent.enter_credit", REFUSAL)
    row = type(row).objects.select_for_update(of=("self",)).select_related("party").get(pk=row.pk)
    if decided_on > localdate(at):
        raise RuleBroken("决定日期不能晚于今天。", field="decided_on")
    if Blacklisting.objects.in_force(localdate(at)).of(row).exists():
        raise RuleBroken(f"“{row}”已在黑名单中。")
    listed = Blacklisting.objects.create(
        **{str(row._meta.model_name): row}, reason=reason, facts=facts, decision_number=decision_number,
        department=department, valid_from=decided_on, valid_to=publicity.blacklisted_until(decided_on),
        origin=origins.decided(department, decision_number=decision_number, by=by, at=at),
    )  # fmt: skip
    audit.record(
        "talent.blacklist.entered", subject=listed, actor=by, at=at, of=str(row), until=listed.valid_to
    )
    notices.queue(
        "party_blacklisted", to=row.party, at=at, key=f"blacklist-{listed.pk}", subject=listed, number=decision_number,
        until=listed.valid_to,
    )  # fmt: skip
    return listed


@transaction.atomic
def remove_from_blacklist(
    listed: Blacklisting, *, reason: str, by: User | None, at: datetime
) -> Blacklisting:
    """Off the list; what it rested on stays as bad credit information for three years.

    建筑市场信用管理暂行办法（建市〔2017〕241号）.
    """
    require(by, "talent.enter_credit", REFUSAL)
    rows = Blacklisting.objects.select_for_update(of=("self",)).select_related(
        "enterprise__party", "person__party"
    )
    listed = rows.select_related("department", "enterprise__party", "person__party").get(pk=listed.pk)
    if listed.removed_on is not None:
        raise RuleBroken("已经移出黑名单。")
    if len(reason.strip()) < MIN_REASON:
        raise RuleBroken(f"请写明移出原因，至少{MIN_REASON}个字。", field="reason")
    today, row = localdate(at), listed.subject
    listed.removed_on, listed.removed_reason = today, reason.strip()[:200]
    code = AFTER_BLACKLIST[SubjectType(str(row._meta.model_name))]
    listed.became = enter_credit(
        row, items_on(today).get(code=code), decision_number=listed.decision_number, decided_on=today,
        facts=listed.facts, organ=str(listed.department.name), department=listed.department, by=by, at=at,
    )  # fmt: skip
    listed.save(update_fields=["removed_on", "removed_reason", "became"])
    audit.record("talent.blacklist.removed", subject=listed, actor=by, at=at, reason=listed.removed_reason)
    return listed


def end_blacklistings(*, at: datetime) -> int:
    """Whoever's year is over leaves the list; how many did. Looked at again under lock, so twice is harmless."""
    over = Blacklisting.objects.live().filter(removed_on=None, valid_to__lt=localdate(at)).order_by("pk")
    ended = 0
    for listed in over[:500]:
        try:
            remove_from_blacklist(listed, reason="期限届满，期内未再次列入", by=None, at=at)
        except RuleBroken:
            continue
        ended += 1
    return ended
