"""Labour resources: entered and seen by the street alone, counted without showing anyone, told with consent."""

from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.audit.models import Entry
from portal.notices.models import Notice
from portal.refusals import RuleBroken
from talent import labour_figures, workflow
from talent.models import Resident
from tests.people.makers import make_clerk, make_department, make_party, make_user, valid_id_number
from tests.talent.makers import DAY, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return make_clerk("clerk", make_department("hbjd", name="示范市湖滨街道办事处"))


def make_resident(clerk, serial=1, *, user=None, **values):
    party = make_party(user, name=f"居民{serial}", id_number=valid_id_number(serial + 300))
    values = {"village": "湖滨社区", "employment_state": "seeking", **values}
    return workflow.enter_resident(party, street=clerk.posts.get().department, by=clerk, at=at(), **values)


def test_only_the_street_enters_and_sees_its_residents(clerk):
    row = make_resident(clerk)
    elsewhere = make_clerk("clerk", make_department("dfjd"))

    assert list(Resident.objects.visible_to(clerk, DAY)) == [row]
    for other in (elsewhere, make_clerk("supervisor", make_department("sfs"))):
        assert not Resident.objects.visible_to(other, DAY).exists()
    with pytest.raises(RuleBroken, match="不在您的街道"):
        workflow.keep_resident(row, {"village": "别处"}, by=elsewhere, at=at())
    with pytest.raises(RuleBroken, match="请勿重复登记"):
        workflow.enter_resident(
            row.person.party, street=elsewhere.posts.get().department, village="东风社区",
            employment_state="employed", by=elsewhere, at=at(),
        )  # fmt: skip


def test_health_is_ciphertext_in_the_database_and_shown_for_a_recorded_reason_only(clerk, client):
    row = make_resident(clerk, health="chronic")
    with connection.cursor() as cursor:
        cursor.execute("SELECT health FROM talent_resident WHERE id = %s", [row.pk])
        assert "chronic" not in cursor.fetchone()[0]
    client.force_login(clerk)
    for page in ("", f"{row.pk}/change/", "figures/"):
        assert "慢性病" not in client.get(f"/admin/talent/resident/{page}").content.decode()

    with pytest.raises(RuleBroken, match="查看原因"):
        workflow.reveal_health(row, reason="", by=clerk, at=at())
    shown = client.post(f"/admin/talent/resident/{row.pk}/deeds/health/", {"reason": "安排公益性岗位"})
    assert "患慢性病" in shown.content.decode()
    entry = Entry.objects.get(action="talent.resident.health_revealed")
    assert entry.facts["reason"] == "安排公益性岗位" and "chronic" not in str(entry.facts)


def test_a_notice_reaches_those_who_agreed_and_fit_each_once(clerk):
    agreed, silent, changed, employed = (
        make_resident(clerk, n, user=make_user(f"u{n}", name=f"居民{n}"),
                      employment_state="employed" if n == 4 else "seeking")
        for n in range(1, 5)
    )  # fmt: skip
    for row in (agreed, changed, employed):
        workflow.record_consent(row, given=True, by=clerk, at=at())
    workflow.record_consent(changed, given=False, by=clerk, at=at())
    street = clerk.posts.get().department
    telling = {
        "street": street,
        "text": "周六招聘会",
        "key": "k1",
        "by": clerk,
        "at": at(),
        "employment_state": "seeking",
    }

    assert workflow.tell_residents(**telling) == 1
    assert workflow.tell_residents(**telling) == 1
    told = Notice.objects.filter(template__code="labour_notice")
    assert {notice.subject_id for notice in told} == {str(agreed.pk)}
    assert told.count() == len({(notice.channel, notice.subject_id) for notice in told})
    assert not silent.consents(DAY) and changed.consents(DAY) is False
    with pytest.raises(RuleBroken, match="没有符合条件"):
        workflow.tell_residents(**{**telling, "employment_state": "studying"})


def test_consent_has_its_days(clerk):
    row = workflow.record_consent(make_resident(clerk), given=True, by=clerk, at=at())
    row = workflow.record_consent(row, given=False, by=clerk, at=at(DAY + timedelta(5)))

    days = [DAY - timedelta(1), DAY, DAY + timedelta(4), DAY + timedelta(5)]
    assert [row.consents(day) for day in days] == [False, True, True, False]
    assert [Resident.objects.consenting(day).exists() for day in days] == [False, True, True, False]
    with pytest.raises(RuleBroken, match="已经撤回"):
        workflow.record_consent(row, given=False, by=clerk, at=at(DAY + timedelta(6)))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text("甲乙丙丁戊", min_size=1, max_size=3), st.integers(0, 20), max_size=6))
def test_no_small_number_is_shown_nor_follows_from_the_others(counts):
    shown = labour_figures.masked(counts)

    assert all(number is None or number == 0 or number >= labour_figures.LEAST for number in shown.values())
    missing = [name for name, number in shown.items() if number is None]
    assert len(missing) != 1 or all(counts[name] == 0 for name in counts if name not in missing)


def test_the_figures_cost_the_same_for_two_and_for_twelve(clerk, django_assert_num_queries):
    for count in (2, 10):
        start = Resident.objects.count()
        for serial in range(start, start + count):
            make_resident(clerk, serial)
        with django_assert_num_queries(4):
            found = dict(labour_figures.tables(Resident.objects.visible_to(clerk, DAY)))
    seeking = next(one for one in found["就业状态"] if one.label == "失业求职")
    assert seeking.words == "12人"


def test_the_street_enters_a_resident_on_its_screen(clerk, client):
    client.force_login(clerk)
    values = {
        "name": "周居民", "id_number": valid_id_number(500), "village": "湖滨社区", "employment_state": "seeking",
        "support_class": "none", "skill_level": "0", "education": "college",
    }  # fmt: skip
    wrong = client.post("/admin/talent/resident/add/", {**values, "id_number": "1"})
    assert wrong.status_code == 422

    assert client.post("/admin/talent/resident/add/", values).status_code == 302

    row = Resident.objects.get()
    assert (row.person.education, row.street) == ("college", clerk.posts.get().department)
    told = client.post("/admin/talent/resident/tell/", {"text": "周六招聘会"})
    assert told.status_code == 422 and "没有符合条件" in told.content.decode()
