"""The security administrator's log: how accounts are used, and nothing that is the audit administrator's."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.audit import workflow as audit
from portal.audit.behaviour import BEHAVIOUR
from portal.people import behaviour, workflow
from portal.people.models import AdminRole, PostRole, User, UserKind
from tests.audit.test_labels import recorded
from tests.people.makers import make_administrator, make_clerk, make_department, make_party, make_user

pytestmark = pytest.mark.django_db
URL = "/admin/people/user/behaviour/"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def security():
    return make_administrator(AdminRole.SECURITY, "secadmin")


@pytest.fixture
def desk(security):
    client = Client()
    client.force_login(security)
    return client


def page(desk, **query):
    return desk.get(URL, query).content.decode()


def lines(**query) -> list[tuple[str, str, str, str]]:
    return [(line.person, line.deed, line.subject, line.detail) for line in behaviour.read(query).lines]


def test_each_kind_of_behaviour_reads_in_words(security):
    clerk = make_user("clerk1", name="周敏", kind=UserKind.STAFF)
    party = make_party()
    workflow.appoint(
        clerk, PostRole.CLERK, make_department(), starts_on=date(2026, 1, 1), by=security, at=NOON
    )
    workflow.end_post(clerk.posts.get(), ends_on=date(2026, 12, 31), by=None, at=NOON - timedelta(minutes=1))
    workflow.note_sign_in(clerk, how="password+mfa", at=NOON + timedelta(minutes=1))
    workflow.unmask(party, "phone", "核对联系方式", by=clerk, at=NOON + timedelta(minutes=2))
    for second in range(5):
        workflow.note_failure(
            "clerk1", user=clerk, how="password", at=NOON + timedelta(minutes=3, seconds=second)
        )
    workflow.note_failure("nobody", user=None, how="password", at=NOON + timedelta(minutes=4))
    workflow.note_session_ended(clerk, why="idle", at=NOON + timedelta(minutes=5))

    who = "周敏（clerk1）"
    read = lines()
    assert read[0] == (who, "系统终止会话", "", "长时间没有操作")
    assert read[1] == ("没有账号的登录名", "登录失败", "", "口令不正确，连续第1次")
    assert read[2] == (who, "登录锁定", "", "锁定至12:18")
    assert read[3] == (who, "登录失败", "", "口令不正确，连续第5次")
    assert read[-1] == ("系统", "免去岗位", who, "市住建局窗口受理，至2026-12-31止")
    assert read[-4:-1] == [
        (who, "查看当事人的完整信息", f"当事人第{party.pk}号", "联系电话；原因：核对联系方式"),
        (who, "登录", "", "口令、二次验证"),
        ("管理员（secadmin）", "任命岗位", who, "市住建局窗口受理，自2026-01-01起"),
    ]


def test_it_is_narrowed_by_person_day_and_kind_and_keeps_the_filters(desk):
    clerk, other = make_clerk(name="周敏"), make_clerk(name="何静")
    for days in range(3):
        workflow.note_sign_in(clerk, how="password+mfa", at=NOON + timedelta(days=days))
    workflow.note_sign_out(other, at=NOON)

    assert len(lines(person="周敏")) == 3
    assert len(lines(person="周敏", day="2026-11-21")) == 1
    assert len(lines(day="2026-11-20")) == 2
    assert lines(day="2026-11-20", kind="grant") == []
    shown = page(desk, person="周敏", day="2026-11-20")
    assert 'value="周敏"' in shown and "?kind=sign_in&amp;person=%E5%91%A8" in shown


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"person": "没有"}, "没有这个人员"),
        ({"day": "昨天"}, "日期请按2026-09-18的格式填写"),
    ],
)
def test_what_cannot_be_looked_for_is_said(desk, query, said):
    answer = desk.get(URL, query)
    assert answer.status_code == 422 and said in answer.content.decode()


def _queries(desk, clerk) -> int:
    with CaptureQueriesContext(connection) as asked:
        page(desk, person=clerk.username)
    return len(asked)


def test_pages_follow_one_another_without_gap_or_repetition(desk):
    clerk = make_clerk()
    workflow.note_sign_in(clerk, how="password", at=NOON)
    page(desk)  # the first visit of a session asks more
    asked = [_queries(desk, clerk)]
    for number in range(behaviour.PAGE + 4):  # many in the same second
        workflow.note_sign_in(clerk, how="password", at=NOON + timedelta(seconds=number // 20))

    asked.append(_queries(desk, clerk))
    first = behaviour.read({"person": clerk.username})
    (cursor,) = parse_qs(first.next_url[1:])["after"]
    second = behaviour.read({"person": clerk.username, "after": cursor})

    assert asked[0] == asked[1] <= 10
    assert (len(first.lines), len(second.lines), second.next_url) == (behaviour.PAGE, 5, "")
    assert first.lines[-1].at >= second.lines[0].at
    assert desk.get(URL, {"after": "x~y"}).status_code == 200


def test_what_is_the_audit_administrators_alone_is_not_there(desk):
    clerk = make_clerk(username="clerk1", name="周敏")
    workflow.disable(make_user(name="被停用的人"), reason="内部原因不宜外传", by=None, at=NOON)
    audit.record("approvals.case.granted", subject=clerk, actor=clerk, at=NOON, opinion="审批意见")
    workflow.note_sign_in(clerk, how="password", at=NOON)

    shown = page(desk)

    assert "登录" in shown
    for hidden in ("内部原因不宜外传", "被停用的人", "审批意见", audit.history(clerk).last().hash):
        assert hidden not in shown


@pytest.mark.parametrize("role", [AdminRole.SYSTEM, AdminRole.AUDIT, "staff"])
def test_nobody_else_reads_it(client, role):
    client.force_login(make_clerk(PostRole.HEAD) if role == "staff" else make_administrator(role))
    assert client.get(URL).status_code == 403


def test_it_is_read_only(desk):
    assert desk.post(URL, {"person": "x"}).status_code == 405


def test_every_unmasking_in_the_code_base_is_in_the_log():
    fixed = {p.replace("\\", "") for p in recorded() if p.endswith(r"\.unmasked") and "[" not in p}
    assert fixed <= set(BEHAVIOUR)


def test_a_deleted_account_still_reads(security):
    user = make_user(name="已走的人")
    workflow.note_failure(user.username, user=user, how="code", at=NOON)
    User.objects.filter(pk=user.pk).delete()

    assert lines() == [("已删除的账号", "登录失败", "", "短信验证码不正确，连续第1次")]
