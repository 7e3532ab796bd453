"""Insurance payments and penalties of a table, a step at a time; see ``loading``."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.timezone import localdate

from portal import copying
from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.people.crypto import keyed_hashes
from portal.people.models import IdType
from talent.batch_rows import Row
from talent.models import CreditItem, CreditRecord, Enterprise, Insurance, Person, RegistryBatch
from talent.workflow import credit
from talent.workflow.party_loading import Taken

# Where a table names no item of the city's catalogue: any other penalty.
OTHER_ITEM = {"enterprise": "B601", "person": "B611"}


def take_insurance(batch: RegistryBatch, rows: list[Row], at: datetime) -> Taken:
    """Payments that are on file are without change; a payer need not be an enterprise of the registry."""
    people = _people(row.keys["id_number"] for row in rows)
    known: list[tuple[Row, int]] = []
    for row in rows:
        person = people.get(row.keys["id_number"])
        if person is None:
            row.faults.append(("证件号码", "人才库中没有此人，请先导入人员基本信息。"))
        else:
            known.append((row, person.pk))
    on_file = set(
        Insurance.objects.live()
        .filter(person__in={person for _, person in known})
        .values_list("person_id", "payer_uscc", "month")
    )
    new: list[Insurance] = []
    unchanged = 0
    for row, insured in known:
        payer = row.keys["uscc"]
        months = [month for month in row.values["months"] if (insured, payer, month) not in on_file]
        on_file.update((insured, payer, month) for month in months)
        unchanged += not months
        new += [
            Insurance(
                person_id=insured, payer_name=row.values["payer_name"], payer_uscc=payer, month=month,
                origin=batch.stated,
            )
            for month in months
        ]  # fmt: skip
    for key, payment in zip(copying.keys(Insurance, len(new)), new, strict=True):
        payment.pk = key
    copying.copy_models(new)
    return unchanged, {}


def _people(numbers: Iterable[str]) -> dict[str, Person]:
    wanted = sorted({number for number in numbers if number})
    by_hash = dict(zip(keyed_hashes("id_number", wanted), wanted, strict=True))
    found = Person.objects.live().exclude(party__id_hash="").filter(
        party__id_type__in=[IdType.ID_CARD, IdType.RESIDENCE_PERMIT], party__id_hash__in=list(by_hash)
    )  # fmt: skip
    return {by_hash[person.party.id_hash]: person for person in found.select_related("party")}


def take_penalties(batch: RegistryBatch, rows: list[Row], at: datetime) -> Taken:
    """Each decision once for a party: a row that says it again is refused, wherever the first came from."""
    people = _people(row.keys["id_number"] for row in rows)
    codes = {row.keys["uscc"] for row in rows if row.keys["uscc"]}
    firms = {
        one.uscc: one for one in Enterprise.objects.live().filter(uscc__in=codes).select_related("party")
    }
    numbers = {row.values["decision_number"] for row in rows}
    entered: set[tuple[int | None, int | None, str]] = set(
        CreditRecord.objects.live()
        .filter(decision_number__in=numbers)
        .values_list("enterprise_id", "person_id", "decision_number")
    )
    items = _Items()
    records: list[CreditRecord] = []
    for row in rows:
        subject = people.get(row.keys["id_number"]) or firms.get(row.keys["uscc"])
        if subject is None:
            where = (
                ("证件号码", "人才库中没有此人")
                if row.keys["id_number"]
                else ("统一社会信用代码", "企业库中没有这个企业")
            )
            row.faults.append((where[0], f"{where[1]}，请先导入基本信息。"))
            continue
        if row.keys["name"] not in (subject.name, subject.party.name):
            row.faults.append(("行政相对人名称", "名称与登记的不一致，请核对证件号码或者统一社会信用代码。"))
            continue
        kind = str(subject._meta.model_name)
        item = items.of(row.keys["item"] or OTHER_ITEM[kind], row.values["decided_on"])
        if item is None or item.subject_type != kind or item.is_good:
            row.faults.append(("行为编码", "决定之日的诚信行为目录中没有适用于当事人的这一不良行为。"))
            continue
        is_firm = kind == "enterprise"
        mark = (
            subject.pk if is_firm else None,
            None if is_firm else subject.pk,
            row.values["decision_number"],
        )
        if mark in entered:
            row.faults.append(("行政处罚决定书文号", "这份决定书对该当事人的处罚已经录入，不重复导入。"))
            continue
        entered.add(mark)
        records.append(_record(batch, row, subject, item, at))
    _enter(batch, records, at)
    return 0, {}


class _Items:
    """The catalogue as it was on each day, looked up once a day and code."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, date], CreditItem | None] = {}

    def of(self, code: str, day: date) -> CreditItem | None:
        if (code, day) not in self._found:
            self._found[code, day] = credit.items_on(day).filter(code=code).first()
        return self._found[code, day]


def _record(
    batch: RegistryBatch, row: Row, subject: Enterprise | Person, item: CreditItem, at: datetime
) -> CreditRecord:
    values = dict(row.values)
    values.setdefault("public_until", credit.until(item, values["decided_on"], values))
    return CreditRecord(
        **{str(subject._meta.model_name): subject}, item=item, delta=item.delta, department=batch.department,
        entered_by=batch.by, entered_at=at, origin=batch.stated, **values,
    )  # fmt: skip


def _enter(batch: RegistryBatch, records: list[CreditRecord], at: datetime) -> None:
    """Entries and notices as for those entered by hand; whoever decided answers for the seven working days."""
    CreditRecord.objects.bulk_create(records, batch_size=1000)
    deeds = [
        audit.Deed(
            record,
            {
                "of": str(record.subject), "item": record.item.code, "decision": record.decision_number,
                "public_until": record.public_until,
            },
        )
        for record in records
    ]  # fmt: skip
    errands = [
        notices.Errand(
            record.subject.party, f"credit-{record.pk}", subject=record, department_id=record.department_id,
            values={
                "item": record.item.name, "number": record.decision_number, "until": record.public_until,
            },
        )
        for record in records
        if record.is_in_use(localdate(at))
    ]  # fmt: skip
    audit.record_all("talent.credit.entered", deeds, actor=batch.by, at=at)
    notices.queue_all("credit_entered", errands, at=at)
