"""Credit: how long a record stands, that what is over is used nowhere, and what each point rests on."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.notices.models import Notice
from portal.refusals import RuleBroken
from talent import catalogue, publicity, scores, workflow
from talent.models import Blacklisting, CreditRecord, CreditRepair, Enterprise, PenaltyKind, Scope
from talent.reminding import reminders
from talent.sharing import records
from talent.workflow import credit
from tests.approvals.makers import make_upload
from tests.people.makers import make_authorisation, make_clerk, make_department, make_user
from tests.talent.makers import DAY, at, make_builder, make_person

pytestmark = pytest.mark.django_db


def item(code):
    return workflow.items_on(DAY).get(code=code)


def make_record(
    row, code="B301", *, decided_on=DAY, number="示建罚〔2026〕1号", by=None, when=None, **values
):
    return workflow.enter_credit(
        row, item(code), decision_number=number, decided_on=decided_on, facts="未按图纸施工",
        organ="示范市住房和城乡建设局", department=make_department(), evidence=make_upload(), by=by, at=when or at(), **values,
    )  # fmt: skip


days = st.dates(date(2018, 1, 1), date(2026, 12, 31))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    days, st.integers(1, 120), st.lists(st.sampled_from(PenaltyKind.values)), st.booleans(), st.none() | days
)
def test_a_bad_record_stands_within_the_law_whatever_the_penalties(
    decided_on, months, penalties, safety, penalty
):
    until = publicity.bad_until(
        decided_on, months=months, penalties=penalties, is_safety=safety, penalty_until=penalty
    )

    assert until >= publicity.last_day(decided_on, 12 if safety else 6)
    assert until <= publicity.last_day(decided_on, 60)
    assert penalty is None or until >= min(penalty, publicity.last_day(decided_on, 60))
    for kind in penalties:
        assert until >= publicity.bad_until(decided_on, months=1, penalties=[kind])


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 3, 6), 12, date(2027, 3, 5)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 8, 29), 6, date(2027, 2, 28)),
        (date(2026, 8, 28), 6, date(2027, 2, 27)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2026, 10, 1), 3, date(2026, 12, 31)),
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
    ],
)
def test_months_are_counted_from_the_day_of_the_decision(day, months, last):
    assert publicity.last_day(day, months) == last


@pytest.mark.parametrize(
    ("points", "grade"),
    [(120, "AAA"), (119, "AA"), (110, "AA"), (109, "A"), (100, "A"), (99, "B"), (79, "C")],
)
def test_the_grade_follows_the_points(points, grade):
    assert publicity.grade(points) == grade


def test_the_longest_of_several_penalties_counts_and_a_long_penalty_longer_still():
    firm = make_builder()
    several = make_record(firm, penalties=["warning", "closure"])
    lasting = make_record(firm, "B501", number="示建罚〔2026〕2号", penalty_until=date(2030, 1, 1))

    assert several.public_until == date(2028, 3, 5)
    assert lasting.public_until == date(2030, 1, 1)


def test_an_entry_is_due_seven_working_days_after_the_decision():
    firm = make_builder()
    on_time = make_record(firm)
    late = make_record(firm, "B501", number="示建罚〔2026〕2号", decided_on=date(2026, 2, 2))

    assert on_time.clock.closed_on == DAY <= on_time.clock.due_on
    assert late.clock.closed_on == DAY > late.clock.due_on
    assert Notice.objects.filter(template__code="credit_entered").exists()


@pytest.mark.parametrize(
    ("decided_on", "due"),
    [
        (date(2026, 9, 25), date(2026, 10, 12)),  # seven days of the holiday, and a Saturday that is worked
        (date(2026, 12, 25), date(2027, 1, 6)),  # New Year's Day and two weekends
        (date(2026, 2, 13), date(2026, 3, 2)),  # the Spring Festival, made up on Saturday the 28th
    ],
)
def test_seven_working_days_pass_over_holidays_and_not_over_make_up_days(decided_on, due):
    record = make_record(make_builder(), decided_on=decided_on, when=at(decided_on))

    assert record.clock.due_on == due


def test_what_cannot_be_entered_is_refused_at_its_field():
    firm = make_builder()
    with pytest.raises(RuleBroken, match="适用于人员"):
        make_record(firm, "B111")
    with pytest.raises(RuleBroken, match="不能晚于今天"):
        make_record(firm, decided_on=DAY + timedelta(1))
    with pytest.raises(RuleBroken, match="承办人员和负责人"):
        make_record(firm, by=make_user("stranger"))
    make_record(firm)
    with pytest.raises(RuleBroken, match="已经录入"):
        make_record(firm)


def test_a_record_that_is_over_repaired_or_revoked_is_used_nowhere(client):
    """Every exit that shows or counts credit, on its last day and on the next."""
    agent, firm = make_user("agent"), make_builder()
    make_authorisation(agent, firm.party)
    good = make_record(firm, "G101", number="奖1")
    bad = make_record(firm)

    def exits(on):
        found = scores.score(firm, on)
        listed = scores.with_points(Enterprise.objects.all(), on).get(pk=firm.pk).points
        assert found.total == listed, "one sum, line by line and set-based"
        shown = {point.record.pk for point in found.points if point.record}
        assert shown == set(CreditRecord.objects.in_use(on).values_list("pk", flat=True))
        assert shown == {row.pk for row in CreditRecord.objects.all() if row.is_in_use(on)}
        assert shown == {row.pk for row in catalogue.enterprise_facts(firm, on)["records"]}
        told = records.enterprises([firm], [Scope.ENTERPRISE_CREDIT], on)[0]["credit_records"]
        assert {one["decision_number"] for one in told} == {
            row.decision_number for row in CreditRecord.objects.filter(pk__in=shown)
        }
        assert (bad.pk in shown) == any("示建罚〔2026〕1号" in one.text for one in reminders(firm.party, on))
        return found.total, shown

    assert exits(bad.public_until) == (100, {good.pk, bad.pk})
    assert exits(bad.public_until + timedelta(1)) == (110, {good.pk})
    assert exits(good.public_until + timedelta(1)) == (100, set())
    assert exits(DAY - timedelta(1)) == (100, set())

    workflow.revoke_credit(bad, reason="决定已被撤销", by=None, at=at())
    assert exits(DAY) == (110, {good.pk})
    client.force_login(agent)
    page = client.get(f"/registry/mine/enterprises/{firm.uscc}/credit/").content.decode()
    assert "鲁班奖" in page and "施工技术标准" not in page


def test_the_public_page_says_what_was_decided_by_whom_until_when_and_what_to_do(client):
    firm, person, today = make_builder(), make_person("李建国", is_professional=True), localdate()
    day = {"decided_on": today - timedelta(days=40), "when": timezone.now()}
    make_record(firm, **day, penalties=["fine"], fine=3)
    make_record(
        firm,
        "B501",
        number="示建罚〔2026〕2号",
        decided_on=today - timedelta(days=400),
        when=timezone.now(),
        public_until=today - timedelta(days=1),
    )
    make_record(person, "B111", number="示建罚〔2026〕3号", **day)
    listed = workflow.blacklist(
        firm, reason="wages", facts="拖欠工资，联系人13812345678", decision_number="示建〔2026〕9号",
        decided_on=today - timedelta(days=30), department=make_department(), by=None, at=timezone.now(),
    )  # fmt: skip

    page = client.get(reverse("talent:enterprise", args=[firm.uscc])).content.decode()

    assert "未按工程设计图纸或者施工技术标准施工" in page and "罚款3万元" in page and "未按图纸施工" in page
    assert "示范市住房和城乡建设局" in page and "公示至" in page and "申请修复" in page and "异议" in page
    assert "示建罚〔2026〕2号" not in page, "its last day was yesterday"
    assert "黑名单" in page and "示建〔2026〕9号" in page and "13812345678" not in page
    whose = client.get(reverse("talent:person", args=[person.key])).content.decode()
    assert (
        "李某" in whose and "李*国" not in whose and "出借注册证书" in whose and "未按图纸施工" not in whose
    )

    Blacklisting.objects.filter(pk=listed.pk).update(valid_to=today - timedelta(days=1))
    page = client.get(reverse("talent:enterprise", args=[firm.uscc])).content.decode()
    assert "示建〔2026〕9号" not in page, "over at midnight, whatever the nightly job does"
    told = records.enterprises([firm], [Scope.ENTERPRISE_CREDIT], today)[0]
    assert told["blacklisted"] is None and not any(
        one.kind == "黑名单" for one in reminders(firm.party, today)
    )


def test_a_repair_is_asked_for_after_the_shortest_time_and_ends_the_record_at_once():
    agent, head, firm = make_user("agent"), make_clerk("head"), make_builder()
    make_authorisation(agent, firm.party)
    bad = make_record(firm)
    asking = {"reason": "已经整改到位", "evidence": make_upload(), "by": agent}
    with pytest.raises(RuleBroken, match="自2026年6月6日起可以申请修复"):
        workflow.ask_repair(bad, **asking, at=at(date(2026, 6, 5)))

    later = at(date(2026, 6, 8))
    repair = workflow.ask_repair(bad, **asking, at=later)
    with pytest.raises(RuleBroken, match="正在审核"):
        workflow.ask_repair(bad, **asking, at=later)
    workflow.decide_repair(repair, accepted=True, opinion="整改属实", by=head, at=later)

    assert scores.score(firm, date(2026, 6, 7)).total == 90
    assert scores.score(firm, date(2026, 6, 8)).total == 100
    with pytest.raises(RuleBroken, match="不能再次处理"):
        workflow.decide_repair(repair, accepted=False, opinion="不予", by=head, at=later)
    assert CreditRepair.objects.get().clock.closed_on == date(2026, 6, 8)


def test_a_year_on_the_blacklist_ends_as_bad_information_for_three_years():
    firm = make_builder()
    listing = {"reason": "fake", "facts": "提供虚假材料", "decision_number": "示建〔2026〕9号", "decided_on": DAY,
               "department": make_department(), "by": None, "at": at()}  # fmt: skip
    listed = workflow.blacklist(firm, **listing)
    with pytest.raises(RuleBroken, match="已在黑名单中"):
        workflow.blacklist(firm, **listing)
    assert listed.valid_to == date(2027, 3, 5)
    assert credit.end_blacklistings(at=at(listed.valid_to)) == 0

    assert credit.end_blacklistings(at=at(date(2027, 3, 8))) == 1
    assert credit.end_blacklistings(at=at(date(2027, 3, 8))) == 0

    listed.refresh_from_db()
    assert listed.became.public_until == date(2030, 3, 7)
    assert not Blacklisting.objects.in_force(date(2027, 3, 8)).exists()


def test_many_are_scored_in_one_statement(django_assert_num_queries):
    for name in "甲乙丙":
        make_record(make_builder(f"示范市{name}建筑有限公司"))
    make_record(make_person(), "B411")

    with django_assert_num_queries(1):
        found = list(scores.with_points(Enterprise.objects.all(), DAY).values_list("points", flat=True))
    assert found == [90, 90, 90]


def test_a_clerk_enters_a_penalty_on_the_staff_screen(client):
    firm, head = make_builder(), make_clerk("head")
    client.force_login(head)
    values = {
        "who": firm.uscc, "item": item("B301").pk, "decision_number": "示建罚〔2026〕7号", "decided_on": "2026-03-02",
        "organ": "示范市住房和城乡建设局", "facts": "未按图纸施工", "penalties": ["fine"], "fine": "3",
        "evidence": make_upload(),
    }  # fmt: skip
    wrong = client.post("/admin/talent/creditrecord/add/", {**values, "who": "123"})
    assert wrong.status_code == 422 and "没有这个号码" in wrong.content.decode()

    sent = client.post("/admin/talent/creditrecord/add/", {**values, "evidence": make_upload()})
    assert sent.status_code == 302

    record = CreditRecord.objects.get()
    assert (record.fine, record.penalties, record.department) == (3, ["fine"], make_department())
    assert "公示期内" in client.get("/admin/talent/creditrecord/?use=now").content.decode()
