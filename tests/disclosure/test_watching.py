from datetime import date, timedelta

import pgtrigger
import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from disclosure import scores, staleness, tasks
from disclosure.links_in import addresses
from disclosure.models import BrokenLink, ColumnDay, DocumentVersion
from disclosure.models.watching import FindingState
from disclosure.staleness import Light, Watched
from disclosure.workflow import documents, watching
from portal.audit.models import Heartbeat
from portal.notices.models import Notice
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from portal.workdays.models import Light as ClockLight
from tests.disclosure.law_makers import make_librarian
from tests.disclosure.makers import (
    MONDAY,
    at,
    make_column,
    make_published_document,
    make_publisher,
    make_staff,
)
from tests.people.makers import make_clerk, make_department

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("used", "limit", "told"),
    [
        (9, 14, Light.GREEN),
        (10, 14, Light.YELLOW),  # 71 %
        (13, 14, Light.YELLOW),
        (14, 14, Light.RED),
        (125, 180, Light.GREEN),
        (126, 180, Light.YELLOW),  # 70 %
        (180, 180, Light.RED),
        (4000, None, Light.GREEN),
    ],
)
def test_a_column_turns_yellow_at_seven_tenths_and_red_when_its_time_is_used_up(used, limit, told):
    assert staleness.light(MONDAY, MONDAY - timedelta(days=used), limit) == told


def test_a_column_with_nothing_in_it_is_blank_whatever_its_rhythm():
    assert staleness.light(MONDAY, None, 14) == staleness.light(MONDAY, None, None) == Light.BLANK


def test_the_veto_falls_with_the_fifth_quick_column_the_tenth_of_any_and_the_fifth_blank():
    quick = [Watched("news", MONDAY - timedelta(days=10 + n), 14) for n in range(6)]
    slow = [Watched("hr_plan", MONDAY - timedelta(days=400), 365)] * 7
    blank = [Watched("notice", None, 180)] * 4

    rules = {rule.code: rule for rule in staleness.rules([*quick, *slow, *blank], on=MONDAY)}

    assert (rules["a"].count, rules["a"].is_broken) == (2, False)  # 14 and 15 days old
    assert rules["a"].breaks_on == MONDAY + timedelta(days=3)  # the fifth is 11 days old
    assert (rules["b"].count, rules["b"].breaks_on) == (9, MONDAY + timedelta(days=1))
    assert (rules["c"].count, rules["c"].is_broken, rules["c"].breaks_on) == (4, False, None)


def test_a_column_is_as_new_as_what_stands_below_it_and_twice_a_night_is_one_row():
    parent, entry = make_column("gongkai", "政策"), make_column("shenqing", "依申请公开", entry="request")
    child, empty = make_column("guifan", "规范性文件", parent=parent), make_column("kong", "空栏目")
    make_published_document(column=child)
    documents.withdraw(
        make_published_document("撤下的文件", column=empty),
        reason="内容有误",
        by=make_staff(PostRole.APPROVER),
        at=at(hour=11),
    )
    for _ in range(2):
        watching.watch_columns(day=MONDAY + timedelta(days=130), at=at(MONDAY + timedelta(days=130)))

    rows = {row.column: row for row in ColumnDay.objects.all()}
    assert set(rows) == {parent, child, empty} and entry not in rows
    assert rows[parent].newest_on == rows[child].newest_on == MONDAY
    assert (rows[child].light, rows[child].days_left) == (Light.YELLOW, 50)
    assert (rows[empty].light, rows[empty].visible, rows[empty].days_left) == (Light.BLANK, 0, None)


def test_links_are_those_of_the_site_itself_each_once():
    body = (
        '<p><a href="/guides/x/">一</a><a href="/guides/x/">又</a><a href="https://www.example.gov.cn/laws/">二</a>'
        '<a href="https://elsewhere.example/">外</a><a href="//evil.example/">外</a><a href="#top">内</a></p>'
    )
    assert list(addresses(body, "https://www.example.gov.cn")) == ["/guides/x/", "/laws/"]


def test_a_link_that_leads_nowhere_is_a_task_until_it_leads_somewhere():
    body = '<p>见<a href="/laws/">法规</a>和<a href="/guides/no-such-thing/#a">指南</a>。</p>'
    document = make_published_document(body=body, moment=at(localdate() - timedelta(days=1)))

    tasks.watch_columns()
    link = BrokenLink.objects.get()
    assert (link.document, link.address, link.status) == (document, "/guides/no-such-thing/#a", 404)
    tasks.watch_columns()
    assert BrokenLink.objects.get().closed_on is None
    assert Heartbeat.objects.get(name="disclosure.watch_columns").note == "栏目1个，失效链接1处"

    watching.watch_links(day=localdate(), at=at(localdate(), 23), ask=lambda path: 200)
    assert BrokenLink.objects.get().closed_on == localdate()


def test_a_finding_is_mended_by_the_department_and_checked_by_the_office():
    office, department = make_librarian(), make_publisher()
    editor = make_staff(PostRole.EDITOR, department)
    given = {
        "source": "省第三方测评",
        "department": department,
        "text": "两个栏目空白",
        "found_on": MONDAY,
        "limit": 5,
    }
    with pytest.raises(RuleBroken, match="政务公开机构登记"):
        watching.open_finding(**given, by=editor, at=at())

    finding = watching.open_finding(**given, by=office, at=at())
    assert finding.clock.due_on == date(2026, 3, 16)
    assert Notice.objects.filter(template__code="assessment_finding", user=editor).exists()
    with pytest.raises(RuleBroken, match="只有"):
        watching.rectify(finding, text="已补充", by=make_clerk("editor", make_department("gtj")), at=at())

    watching.rectify(finding, text="已补充", by=editor, at=at(date(2026, 3, 12)))
    finding = watching.recheck(
        finding, passed=False, opinion="仍有一个空白", by=office, at=at(date(2026, 3, 16))
    )
    assert (finding.state, finding.clock.due_on) == (FindingState.OPEN, date(2026, 3, 18))
    watching.rectify(finding, text="都补了", by=editor, at=at(date(2026, 3, 17)))
    finding = watching.recheck(finding, passed=True, opinion="已核", by=office, at=at(date(2026, 3, 30)))
    assert (finding.state, finding.clock.was_kept) == (FindingState.CLOSED, True)
    with pytest.raises(RuleBroken, match="复核通过"):
        watching.rectify(finding, text="再改", by=editor, at=at(date(2026, 3, 31)))


def test_the_score_of_a_month_is_counted_from_rows_and_opens_onto_them(client):
    department, march = make_publisher(), scores.Month(date(2026, 3, 1))
    make_published_document("按时的文件")
    make_published_document("迟了的文件", formed_on=date(2026, 1, 5))
    late = make_published_document("该撤的处罚决定")
    documents.order_takedown(late, reason="决定已撤销", changed_on=MONDAY, by=None, at=at())
    make_column("kong", "空栏目")
    watching.watch_columns(day=date(2026, 3, 31), at=at(date(2026, 3, 31)))
    watching.open_finding(
        source="测评", department=department, text="问题", found_on=MONDAY, limit=3, by=None, at=at()
    )

    [score] = [each for each in scores.scores(march, date(2026, 4, 1)) if each.department == department]
    assert score.counts == {"published": 3, "late": 1, "late_withdrawn": 1, "blank": 1, "late_findings": 1}
    assert (score.points, score.on_time) == (100 - 2 - 5 - 5 - 5, 2)

    client.force_login(make_librarian())
    for name, words in {
        "late": "迟了的文件",
        "late_withdrawn": "该撤的处罚决定",
        "blank": "空栏目",
        "late_findings": "问题",
    }.items():
        page = client.get(
            reverse("admin:disclosure_columnday_figure", args=[name]),
            {"month": "2026-03", "department": department.pk},
        )
        assert words in page.content.decode(), name
        assert "按时的文件" not in page.content.decode()


def test_the_number_of_undated_documents_opens_onto_them(client):
    parent = make_column("gongkai", "政策")
    undated = make_published_document(
        "没有日期的文件", column=make_column("guifan", "规范性文件", parent=parent)
    )
    make_published_document("写明日期的文件", column=parent)
    with pgtrigger.ignore():
        DocumentVersion.objects.filter(pk=undated.current_id).update(formed_on=None)
    watching.watch_columns(day=localdate(), at=at(localdate(), 9))

    client.force_login(make_librarian())
    page = client.get(reverse("admin:disclosure_columnday_overview")).content.decode()
    rows = reverse("admin:disclosure_columnday_figure", args=["undated"])
    assert f'<a href="{rows}">没有成文日期的文件<b>1</b>件</a>' in page
    listed = client.get(rows).content.decode()
    assert "没有日期的文件" in listed and "写明日期的文件" not in listed


def test_the_overview_costs_the_same_however_many_columns(client, django_assert_max_num_queries):
    client.force_login(make_librarian())
    url = reverse("admin:disclosure_columnday_overview")
    costs = []
    for more in (1, 12):
        for n in range(more):
            make_column(f"lan{more}-{n}", f"栏目{more}之{n}", department=make_publisher(f"d{more}-{n}"))
        watching.watch_columns(day=localdate(), at=at(localdate(), 9))
        client.get(url)
        with django_assert_max_num_queries(30) as asked:
            page = client.get(url)
        costs.append(len(asked.captured_queries))
    assert costs[0] == costs[1]
    assert "空白栏目" in page.content.decode()


def test_a_department_sees_its_own_findings_with_the_light_of_their_date(client):
    department = make_publisher()
    own = watching.open_finding(
        source="甲", department=department, text="本部门的问题", found_on=MONDAY, limit=3, by=None, at=at()
    )
    watching.open_finding(
        source="乙",
        department=make_department("gtj"),
        text="别部门的问题",
        found_on=MONDAY,
        limit=3,
        by=None,
        at=at(),
    )
    client.force_login(make_staff(PostRole.EDITOR, department))

    page = client.get(reverse("admin:disclosure_assessmentfinding_changelist")).content.decode()

    assert "本部门的问题" in page and "别部门的问题" not in page
    assert ClockLight.RED.label in page and own.clock.light_on(localdate()) == ClockLight.RED
