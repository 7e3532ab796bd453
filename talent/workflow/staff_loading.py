"""Posts and registrations of a table, a step at a time; see ``loading``."""

from collections import defaultdict
from datetime import date, datetime

from django.db.models import Q

from portal import copying
from portal.people.crypto import keyed_hash
from portal.people.models import IdType
from portal.refusals import RuleBroken
from talent.batch_rows import Row
from talent.models import Employment, Enterprise, Person, Registration, RegistryBatch
from talent.workflow import finding, staff
from talent.workflow.party_loading import Taken


def _people_and_firms(rows: list[Row]) -> tuple[dict[str, int], dict[str, int]]:
    """Keys of people by identity number and of enterprises by credit code, as far as they are on file."""
    numbers = {row.keys["id_number"] for row in rows}
    hashes = {keyed_hash("id_number", number): number for number in numbers}
    people = Person.objects.live().filter(
        party__id_type__in=[IdType.ID_CARD, IdType.RESIDENCE_PERMIT], party__id_hash__in=list(hashes)
    )
    by_number = {hashes[found]: pk for pk, found in people.values_list("pk", "party__id_hash")}
    firms = Enterprise.objects.live().filter(uscc__in={row.keys["uscc"] for row in rows})
    return by_number, {code: pk for pk, code in firms.values_list("pk", "uscc")}


def _known_pairs(rows: list[Row]) -> list[tuple[Row, int, int]]:
    people, firms = _people_and_firms(rows)
    pairs = []
    for row in rows:
        person, firm = people.get(row.keys["id_number"]), firms.get(row.keys["uscc"])
        if person is None:
            row.faults.append(("证件号码", "人才库中没有此人，请先导入人员基本信息。"))
        elif firm is None:
            row.faults.append(("统一社会信用代码", "企业库中没有这个企业，请先导入企业基本信息。"))
        else:
            pairs.append((row, person, firm))
    return pairs


def take_employments(batch: RegistryBatch, rows: list[Row], at: datetime) -> Taken:
    pairs = _known_pairs(rows)
    held: dict[int, list[Employment]] = defaultdict(list)
    people = {person for _, person, _ in pairs}
    for post in Employment.objects.live().filter(person__in=people).select_related("origin"):
        held[post.person_id].append(post)
    new, unchanged = [], 0
    for row, person, firm in pairs:
        same = next(
            (
                post
                for post in held[person]
                if (post.enterprise_id, post.valid_from) == (firm, row.values["valid_from"])
            ),
            None,
        )
        if same is not None:
            changed = _end_as_told(batch, row, same, at)
            unchanged += not changed and not row.faults
        elif row.values["is_full_time"] and any(
            _meets(post, row) for post in held[person] if post.is_full_time
        ):
            row.faults.append(("入职日期", "此人在这一时期已在其他企业或者岗位全职任职，尚未离职。"))
        else:
            post = Employment(person_id=person, enterprise_id=firm, origin=batch.stated, **row.values)
            held[person].append(post)
            new.append(post)
    for key, post in zip(copying.keys(Employment, len(new)), new, strict=True):
        post.pk = key
    copying.copy_models(new)
    return unchanged, {}


def _meets(post: Employment, row: Row) -> bool:
    begins, ends = row.values["valid_from"], row.values["valid_to"] or date.max
    return bool(begins <= (post.valid_to or date.max) and post.valid_from <= ends)


def _end_as_told(batch: RegistryBatch, row: Row, post: Employment, at: datetime) -> bool:
    """A post already on file, which the table may end; whether anything changed."""
    ends = row.values["valid_to"]
    if ends is None or post.valid_to == ends:
        return False
    try:
        staff.end_employment(post, on=ends, origin=batch.stated, by=batch.by, at=at)
    except RuleBroken as refusal:
        row.faults.append(("离职日期", str(refusal)))
        return False
    return True


def take_registrations(batch: RegistryBatch, rows: list[Row], at: datetime) -> Taken:
    """People without a registration in the time are copied in; the others go by the rule, one by one."""
    pairs = _known_pairs(rows)
    keys = {person for _, person, _ in pairs}
    people = {row.pk: row for row in Person.objects.filter(pk__in=keys)}
    on_file: dict[int, list[Registration]] = defaultdict(list)
    for held in Registration.objects.live().filter(person__in=keys):
        on_file[held.person_id].append(held)
    new, slow, unchanged = [], [], 0
    seen: set[int] = set()
    for row, person, firm in pairs:
        if any(_says_the_same(held, row, firm) for held in on_file[person]):
            unchanged += 1
        elif on_file[person] or person in seen:
            slow.append((row, person, firm))
        elif _may_register(row, people[person]):
            seen.add(person)
            values = {**row.values, "specialities": sorted(set(row.values["specialities"]))}
            new.append(
                Registration(
                    person_id=person, enterprise_id=firm, origin=batch.stated,
                    valid_from=values["issued_on"], valid_to=values["expires_on"], **values,
                )
            )  # fmt: skip
    for key, held in zip(copying.keys(Registration, len(new)), new, strict=True):
        held.pk = key
    copying.copy_models(new)
    Person.objects.filter(Q(pk__in=seen), is_professional=False).update(is_professional=True)
    finding.renew_people(seen)
    for row, person, firm in slow:
        try:
            staff.register(
                people[person], Enterprise(pk=firm), origin=batch.stated, by=batch.by, at=at, **row.values
            )
        except RuleBroken as refusal:
            row.faults.append(("注册证书编号", str(refusal)))
    return unchanged, {}


def _says_the_same(held: Registration, row: Row, firm: int) -> bool:
    said = (firm, row.values["kind"], row.values["certificate_no"], row.values["expires_on"])
    return (held.enterprise_id, held.kind, held.certificate_no, held.expires_on) == said


def _may_register(row: Row, person: Person) -> bool:
    values = row.values
    try:
        staff.check_registration(
            person, values["kind"], values["grade"], values["specialities"], values["issued_on"]
        )
    except RuleBroken as refusal:
        row.faults.append(("注册专业" if refusal.field else "证件号码", str(refusal)))
        return False
    return True
