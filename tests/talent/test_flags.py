"""Certificates that may only hang at an enterprise: what is noticed, what it rests on, who puts it aside."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import InternalError, transaction

from portal.audit.models import Entry
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from talent import workflow
from talent.hanging import suspicions
from talent.models import Employment, Enterprise, Flag, FlagKind, Insurance, Person
from talent.workflow import flags
from tests.people.makers import make_clerk
from tests.talent.makers import (
    DAY,
    at,
    make_builder,
    make_constructor,
    make_import,
    make_person,
    make_project,
)

pytestmark = pytest.mark.django_db


def reached(person: Person, phone: str) -> Person:
    person.party.set_phone(phone)
    person.party.save()
    return person


def pay(person: Person, payer: Enterprise, month: date) -> Insurance:
    return Insurance.objects.create(
        person=person, payer_name=payer.name, payer_uscc=payer.uscc, month=month, origin=make_import()
    )


def moonlight(person: Person, enterprise: Enterprise) -> Employment:
    return workflow.employ(
        person, enterprise, position="technical", is_full_time=False, valid_from=DAY, origin=make_import(),
        by=None, at=at(),
    )  # fmt: skip


def kinds() -> set[str]:
    return set(Flag.objects.values_list("kind", flat=True))


def rows_of(flag: Flag) -> list[tuple[str, int]]:
    return [(row["model"], row["key"]) for row in flag.rows]


def test_one_person_in_two_enterprises_is_flagged_the_same_minute_with_the_rows():
    home, away = make_builder(), make_builder("示范市乙建筑有限公司")
    held = make_constructor(home)
    assert not kinds()
    second = moonlight(held.person, away)

    flag = Flag.objects.get()
    assert (flag.kind, flag.enterprise) == (FlagKind.TWO_ENTERPRISES, home)
    assert "同时在2个企业" in flag.sentence
    assert {("talent.registration", held.pk), ("talent.employment", second.pk)} <= set(rows_of(flag))
    assert any("示范市乙建筑有限公司任职（自2026-03-06起）" in row["label"] for row in flag.rows)
    assert flags.look(at=at(DAY, 12)) == 0, "the same rows are flagged once"


def test_insurance_paid_by_another_is_flagged_unless_the_enterprise_pays_too():
    home, away = make_builder(), make_builder("示范市乙建筑有限公司")
    held, honest = make_constructor(home), make_constructor(home, make_person("王工"))
    month = date(2026, 2, 1)
    paid = pay(held.person, away, month)
    pay(held.person, home, date(2026, 1, 1))
    pay(honest.person, away, month)
    pay(honest.person, home, month)

    flags.look(at=at())
    flag = Flag.objects.get()
    assert (flag.kind, flag.person) == (FlagKind.INSURANCE, held.person)
    assert flag.sentence == "在示范市第一建筑工程有限公司注册，2026年02月社会保险由示范市乙建筑有限公司缴纳"
    assert rows_of(flag) == [("talent.registration", held.pk), ("talent.insurance", paid.pk)]
    assert flags.look(at=at(DAY + timedelta(days=200))) == 0, "an old payment says nothing of today"


def test_who_leaves_a_running_project_for_another_is_flagged():
    home = make_builder()
    held, common = make_constructor(home), {"origin": make_import(), "by": None, "at": at()}
    school, hall = make_project(home), make_project(home, "示范体育馆")
    first = workflow.lead(held.person, school, on=date(2026, 1, 5), **common)
    first.valid_to = date(2026, 2, 1)
    first.save(update_fields=["valid_to"])
    workflow.lead(held.person, hall, on=date(2026, 2, 2), **common)
    flags.look(held.person_id, at=at())
    assert "“示范小学教学楼”尚未竣工也没有新的项目负责人" in Flag.objects.get().sentence

    other = make_constructor(home, make_person("王工"))
    workflow.lead(other.person, school, on=date(2026, 2, 2), **common)
    assert suspicions(on=DAY, persons=[held.person_id]) == []


def test_age_and_many_moves_and_shared_phones_are_flagged():
    firms = [make_builder(f"示范市{name}建筑有限公司") for name in "甲乙丙丁"]
    old = make_constructor(firms[0], reached(make_person("老李"), "13700000001"), valid_from=date(2025, 1, 1))
    Person.objects.filter(pk=old.person_id).update(born_on=date(1961, 3, 6))
    flags.look(at=at(DAY - timedelta(days=1)))
    assert not kinds()
    flags.look(at=at())
    assert kinds() == {FlagKind.AGE}

    mover = make_constructor(
        firms[0], reached(make_person("小王"), "13700000002"), valid_from=date(2025, 6, 1)
    )
    for number, firm in enumerate(firms[1:], start=1):
        mover = workflow.move_registration(
            mover,
            firm,
            on=date(2025, 8, 1) + timedelta(days=60 * number),
            origin=make_import(),
            by=None,
            at=at(),
        )
    moves = Flag.objects.get(kind=FlagKind.MANY_MOVES)
    assert (moves.sentence, len(moves.rows)) == ("十二个月内3次变更注册单位", 3)

    make_constructor(firms[1], reached(make_person("小张"), "13700000009"))
    make_constructor(firms[1], reached(make_person("小赵"), "13700000009"))
    assert not Flag.objects.filter(kind=FlagKind.SHARED_CONTACT).exists(), "colleagues may share a phone"
    make_constructor(firms[2], reached(make_person("小孙"), "13700000009"))
    flags.look(at=at(DAY, 11))
    shared = Flag.objects.filter(kind=FlagKind.SHARED_CONTACT)
    assert set(shared.values_list("person__name", flat=True)) == {"小张", "小赵", "小孙"}
    assert "13700000009" not in str([flag.rows for flag in shared]), "the number itself is nobody's business"


def clear(flag: Flag, by: Any, **values: Any) -> Flag:
    answers = {"ground": "dispatched", "reason": "集团公司派遣，已核验派遣证明", **values}
    return flags.clear(flag, **answers, by=by, at=at())


def test_a_flag_blocks_a_decision_until_a_supervisor_clears_it_with_a_reason():
    home, away = make_builder(), make_builder("示范市乙建筑有限公司")
    held = make_constructor(home)
    moonlight(held.person, away)
    flag = Flag.objects.get()
    for asked in (
        {"enterprise": home},
        {"party": home.party},
        {"persons": [held.person]},
        {"party": held.person.party},
    ):
        with pytest.raises(RuleBroken, match="未解除的挂证疑点：李建国同时在2个企业"):
            flags.require_no_open_flags(**asked)
    flags.require_no_open_flags(enterprise=away)

    supervisor, head = make_clerk(PostRole.SUPERVISOR), make_clerk(PostRole.HEAD)
    with pytest.raises(RuleBroken, match="监督人员"):
        clear(flag, head)
    with pytest.raises(RuleBroken, match="至少5个字"):
        clear(flag, supervisor, reason="属实")
    clear(flag, supervisor)
    flags.require_no_open_flags(enterprise=home, persons=[held.person])
    assert Entry.objects.filter(action="talent.flag.cleared", actor_id=supervisor.pk).exists()
    with pytest.raises(RuleBroken, match="已经解除"):
        clear(flag, supervisor)

    assert flags.look(held.person_id, at=at(DAY, 12)) == 0, "what was cleared is not raised again"
    workflow.certify_safety(
        held.person, home, safety_class="B", certificate_no="示建安B1", valid_from=DAY,
        valid_to=date(2029, 3, 5), origin=make_import(), by=None, at=at(DAY, 13),
    )  # fmt: skip
    assert Flag.objects.open().get().follows == flag, "new rows make a new flag that names the cleared one"


@pytest.mark.parametrize("change", [{"sentence": "没有问题"}, {"rows": []}, {"reason": "改写理由"}])
def test_the_database_lets_nobody_rewrite_or_delete_a_flag(change):
    home = make_builder()
    held = make_constructor(home)
    moonlight(held.person, make_builder("示范市乙建筑有限公司"))
    flag = clear(Flag.objects.get(), make_clerk(PostRole.SUPERVISOR))
    with pytest.raises(InternalError), transaction.atomic():
        Flag.objects.filter(pk=flag.pk).update(**change)
    with pytest.raises(InternalError), transaction.atomic():
        Flag.objects.filter(pk=flag.pk).delete()
