"""Those who keep in step with the registries miss nothing, whatever order the changes are committed in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import psycopg2
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from talent import workflow
from talent.models import Change, Enterprise, LookUp, Scope, SharingDay
from talent.workflow import changes as numbers
from talent.workflow import sharing
from tests.talent.makers import (
    at,
    make_builder,
    make_constructor,
    make_import,
    make_person,
    make_qualification,
)
from tests.talent.sharing_makers import make_key, system_with

FAR = date(2099, 1, 1)
FEED = "/api/v1/registry/changes"
LIST = "/api/v1/registry/enterprises"


def read(token: str, since: int = 0, **asked) -> dict:
    answer = system_with(token).get(FEED, {"since": since, **asked})
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.django_db
def test_the_feed_names_what_changed_within_the_scopes_and_goes_on_from_there():
    firm = make_builder()
    _, token = make_key([Scope.ENTERPRISE_QUALIFICATIONS])
    _, of_people = make_key([Scope.PERSON_REGISTRATIONS])
    start = read(token)["next"]

    make_qualification(firm, valid_to=FAR)
    held = make_constructor(firm, expires_on=FAR)
    make_person("欧阳建军")  # holds nothing
    firm.refresh_from_db()
    workflow.state(firm, {"capital": firm.capital}, origin=make_import())  # says what is said already

    page = read(token, start)
    assert [(one["kind"], one["id"], one["scopes"], one["state"]) for one in page["changes"]] == [
        ("enterprise", firm.uscc, ["enterprise.qualifications"], "standing")
    ]
    assert read(token, page["next"]) == {"changes": [], "next": page["next"], "more": False}
    people = read(of_people, start)["changes"]
    assert [(one["id"], set(one["scopes"])) for one in people] == [
        (str(held.person.key), {"person.basic", "person.registrations"})
    ]
    assert held.person.name not in str(people)


@pytest.mark.django_db
def test_page_after_page_each_change_is_read_once_and_the_list_gives_the_records():
    firms = [make_builder(f"示范市第{n}建筑有限公司") for n in range(5)]
    _, token = make_key([Scope.ENTERPRISE_BASIC])

    seen, cursor, more = [], 0, True
    while more:
        page = read(token, cursor, limit=2)
        seen += [one["id"] for one in page["changes"]]
        cursor, more = page["next"], page["more"]
    assert seen == [firm.uscc for firm in firms]

    workflow.merge(firms[0], firms[1], reason="重复登记", by=None, at=at())
    workflow.archive_record(firms[2], reason="企业已经注销", ground="cancelled", by=None, at=at())
    listed = system_with(token).get(LIST, {"since": cursor}).json()
    assert [one["uscc"] for one in listed["enterprises"]] == []
    told = {one["id"]: (one["state"], one["into"], one["ground"]) for one in listed["gone"]}
    assert told == {
        firms[1].uscc: ("merged", firms[0].uscc, "与另一条记录合并"),
        firms[2].uscc: ("archived", None, "注销或者吊销"),
    }
    whole = system_with(token).get(LIST).json()
    assert [one["uscc"] for one in whole["enterprises"]] == [firms[n].uscc for n in (0, 3, 4)]
    assert whole["enterprises"][0]["withheld"]
    assert set(LookUp.objects.values_list("enterprise", flat=True)) == {firms[n].pk for n in (0, 3, 4)}


@pytest.mark.django_db
def test_the_list_asks_as_many_questions_of_many_enterprises_as_of_one():
    _, token = make_key([scope for scope in Scope if scope.noun == "enterprise"])
    system, counts = system_with(token), []
    for size in (2, 9):
        for n in range(size):
            firm = make_builder(f"示范市第{size}{n}建筑有限公司")
            make_qualification(firm, valid_to=FAR)
            make_constructor(firm, make_person(f"建造师{size}{n}"), expires_on=FAR)
        with CaptureQueriesContext(connection) as asked:
            assert len(system.get(LIST).json()["enterprises"]) >= size
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 26


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_committed_late_is_not_passed():
    slow, quick = make_builder("示范市缓慢建筑有限公司"), make_builder("示范市快捷建筑有限公司")
    _, token = make_key([Scope.ENTERPRISE_BASIC])
    start = read(token)["next"]
    other = psycopg2.connect(**connection.get_connection_params())
    try:
        with other.cursor() as cursor:  # written first, committed last
            cursor.execute("UPDATE talent_enterprise SET address = '一路1号' WHERE id = %s", [slow.pk])
        Enterprise.objects.filter(pk=quick.pk).update(address="二路2号")
        first = read(token, start)
        assert [one["id"] for one in first["changes"]] == [quick.uscc]
        other.commit()
    finally:
        other.close()

    second = read(token, first["next"])

    assert [one["id"] for one in second["changes"]] == [slow.uscc]
    ids = Change.objects.filter(seq__gt=start).order_by("seq").values_list("id", flat=True)
    assert list(ids) != sorted(ids), "the slow one was written first and is numbered last"


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_two_who_number_at_once_leave_no_gap_and_no_double():
    make_builder()
    Change.objects.filter(seq=None).exists()
    meet = Barrier(2)

    def run(_: int) -> int:
        try:
            meet.wait(10)
            return sum(numbers.number(most=1) for _ in range(5))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(run, range(2)))

    seqs = list(Change.objects.exclude(seq=None).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, sum(done) + 1)) and done


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_two_at_the_last_look_up_of_the_day_and_one_gets_it():
    key, _ = make_key(quota=5)
    for _ in range(4):
        sharing.spend(key, at=timezone.now())
    meet = Barrier(2)

    def run(_: int) -> bool:
        try:
            meet.wait(10)
            sharing.spend(key, at=timezone.now())
        except sharing.OverQuota:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2))) == [False, True]
    assert SharingDay.objects.get(key=key).used == 5


@pytest.mark.django_db
def test_what_is_rolled_back_was_no_change():
    firm = make_builder()
    before = Change.objects.count()
    with transaction.atomic():
        Enterprise.objects.filter(pk=firm.pk).update(address="一路1号")
        assert Change.objects.count() == before + 1
        transaction.set_rollback(True)
    assert Change.objects.count() == before
