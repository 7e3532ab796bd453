"""An annual report from its first day to its publication."""

import json
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from disclosure.models import AnnualReport, FeeNotice, ReportState
from disclosure.report import cells, reading
from disclosure.tallies import charged_behind, documents_behind, requests_behind
from disclosure.tallies.requests import count_requests
from disclosure.workflow import report_sources, reports
from portal.audit.models import Entry
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from portal.site.seeding.requests import seed_requests
from portal.workdays.models import Clock, ClockKind
from tests.disclosure.makers import make_link, make_policy
from tests.disclosure.published import HONGZE, SUQIAN, as_page, figures_of
from tests.disclosure.report_truth import make_truth
from tests.people.makers import make_clerk, make_department, valid_uscc

pytestmark = pytest.mark.django_db

YEAR = 2025


def moment(year: int, month: int, day: int) -> datetime:
    return timezone.make_aware(datetime.combine(date(year, month, day), time(10)))


JANUARY = moment(2026, 1, 20)


@pytest.fixture
def bureau():
    return make_department(uscc=valid_uscc(900))


@pytest.fixture
def head(bureau):
    return make_clerk(PostRole.HEAD, bureau)


def compiled(bureau, head, *, licences=12) -> AnnualReport:
    """A counted report: 12 licences, 7 penalties stated in two rows, one review upheld."""
    for cell, amount in (
        ("t2.penalties.decisions", 4),
        ("t2.penalties.decisions", 3),
        ("t4.review.upheld", 1),
    ):
        report_sources.state_figure(
            bureau, YEAR, cell, Decimal(amount), source="案件台账", by=head, at=JANUARY
        )
    report = reports.open_report(bureau, YEAR, by=head, at=JANUARY)
    return reports.recount(report, licences=licences, by=head, at=JANUARY)


def published(bureau, head) -> AnnualReport:
    report = reports.check(compiled(bureau, head), by=head, at=JANUARY)
    return reports.publish(report, by=head, at=JANUARY)


def test_a_departments_report_is_due_on_31_january_and_the_governments_on_31_march(bureau, head):
    report = reports.open_report(bureau, YEAR, by=head, at=JANUARY)
    assert (
        report.due_on == report.clock.due_on == date(2026, 1, 31)
    )  # a Saturday: the day named does not roll
    assert reports.open_report(bureau, YEAR, by=head, at=JANUARY) == report

    office = make_department("zwgk")
    whole = reports.open_report(office, 2023, by=None, at=JANUARY, is_government=True)
    assert (whole.due_on, whole.clock.due_on) == (date(2024, 3, 31), date(2024, 3, 31))


def test_a_report_published_on_the_last_day_is_in_time_though_it_is_a_saturday(bureau):
    reports.open_report(bureau, YEAR, by=None, at=JANUARY)
    late = Clock.objects.kind(ClockKind.ANNUAL_REPORT)
    assert not late.overdue(date(2026, 1, 31)).exists()
    assert late.overdue(date(2026, 2, 1)).exists()


def test_in_january_every_department_owes_its_report(bureau):
    make_department("zwgk")
    assert reports.open_due_reports(at=JANUARY) == 3
    assert reports.open_due_reports(at=JANUARY) == 0
    assert reports.open_due_reports(at=moment(2027, 4, 1)) == 0  # nobody owes what the portal never knew of
    assert set(AnnualReport.objects.values_list("year", flat=True)) == {YEAR}


def test_stated_rows_add_up_and_a_withdrawn_one_does_not_count(bureau, head):
    report = compiled(bureau, head)
    figures = report.standing
    assert (figures["t2.licences.decisions"], figures["t2.penalties.decisions"]) == (12, 7)
    assert (figures["t4.review.upheld"], figures["t4.review.total"]) == (1, 1)

    report_sources.withdraw_figure(bureau.stated_figures.first(), reason="登记重复", by=head, at=JANUARY)
    assert reports.recount(report, licences=12, by=head, at=JANUARY).standing["t2.penalties.decisions"] == 3


def test_a_correction_needs_a_reason_stays_visible_and_outlives_a_recount(bureau, head):
    report = compiled(bureau, head)
    with pytest.raises(RuleBroken, match="理由"):
        reports.correct(report, "t2.normative.made", "2", reason="无", by=head, at=JANUARY)
    with pytest.raises(RuleBroken, match="不小于0的整数"):
        reports.correct(report, "t2.normative.made", "2.5", reason="漏登两件", by=head, at=JANUARY)

    reports.correct(report, "t2.normative.made", "2", reason="漏登两件", by=head, at=JANUARY)
    report = reports.recount(report, licences=13, by=head, at=JANUARY)
    assert (report.standing["t2.normative.made"], report.standing["t2.licences.decisions"]) == (2, 13)
    report = reports.publish(reports.check(report, by=head, at=JANUARY), by=head, at=JANUARY)
    (kept,) = report.snapshot["corrections"]
    assert (kept["before"], kept["after"], kept["reason"]) == ("0", "2", "漏登两件")


def test_a_report_whose_identities_fail_is_not_declared_checked(bureau, head):
    report = compiled(bureau, head)
    reports.correct(report, "t3.new.natural", "1", reason="漏登一件", by=head, at=JANUARY)
    with pytest.raises(RuleBroken, match=r"A1|A3"):
        reports.check(report, by=head, at=JANUARY)


def test_a_cell_corrected_with_a_reason_differs_from_the_count_by_intent(bureau, head):
    report = compiled(bureau, head)
    for cell in ("natural", "total"):
        for row in ("new", "carried_out"):
            reports.correct(report, f"t3.{row}.{cell}", "1", reason="漏登一件", by=head, at=JANUARY)
    report.refresh_from_db()
    assert {(one.id, one.severity) for one in reports.findings(report)} == {("D1", "warning")}


def test_what_last_years_report_carried_out_is_carried_in_or_explained(bureau, head):
    report_sources.import_report(
        SUQIAN.read_bytes(), "2024.json", department=bureau, year=2024, by=head, at=JANUARY
    )
    report = compiled(bureau, head)
    with pytest.raises(RuleBroken, match="上年结转"):
        reports.check(report, by=head, at=JANUARY)
    report = reports.check(report, explanation="上年度报告口径含区县。", by=head, at=JANUARY)
    assert report.state == ReportState.CHECKED


def test_a_change_takes_the_check_back(bureau, head):
    report = reports.check(compiled(bureau, head), by=head, at=JANUARY)
    report = reports.write(report, {"problems": "新收{新收}件。"}, by=head, at=JANUARY)
    assert report.state == ReportState.DRAFT
    with pytest.raises(RuleBroken, match="编制中"):
        reports.publish(report, by=head, at=JANUARY)
    with pytest.raises(RuleBroken, match="不是表格中的数据") as refusal:
        reports.write(report, {"problems": "办结率{办结率}"}, by=head, at=JANUARY)
    assert refusal.value.field == "problems"


def test_nobody_compiles_another_departments_report(bureau):
    stranger = make_clerk(PostRole.HEAD, make_department("gtj"))
    with pytest.raises(RuleBroken, match="任职"):
        reports.open_report(bureau, YEAR, by=stranger, at=JANUARY)
    with pytest.raises(RuleBroken, match="承办人"):
        reports.open_report(bureau, YEAR, by=make_clerk(PostRole.CLERK, bureau), at=JANUARY)


def test_a_published_report_is_frozen_below_everything(bureau, head):
    report = published(bureau, head)
    assert report.clock.__class__.objects.get(pk=report.clock_id).outcome == "已发布"
    with pytest.raises(DatabaseError), transaction.atomic():
        AnnualReport.objects.filter(pk=report.pk).update(figures={})
    with pytest.raises(DatabaseError), transaction.atomic():
        AnnualReport.objects.filter(pk=report.pk).delete()
    with pytest.raises(RuleBroken, match="已发布"):
        reports.correct(report, "t2.normative.made", "2", reason="漏登两件", by=head, at=JANUARY)


def test_a_published_report_is_put_right_by_a_second_edition_and_the_first_stays_as_it_was(
    bureau, head, client
):
    first = published(bureau, head)
    with pytest.raises(RuleBroken, match="理由"):
        reports.reissue(first, reason="错", by=head, at=JANUARY)
    second = reports.reissue(first, reason="行政处罚漏报2件。", by=head, at=JANUARY)
    with pytest.raises(RuleBroken, match="第2版"):
        reports.reissue(first, reason="行政处罚漏报2件", by=head, at=JANUARY)
    assert reports.open_report(bureau, YEAR, by=head, at=JANUARY) == second
    with pytest.raises(RuleBroken, match="没有不同"):
        reports.publish(reports.check(second, by=head, at=JANUARY), by=head, at=JANUARY)
    address = first.get_absolute_url()
    assert client.get(second.edition_url).status_code == 404
    assert "第2版" not in client.get(address).content.decode()

    reports.correct(second, "t2.penalties.decisions", "9", reason="漏报2件", by=head, at=JANUARY)
    later = moment(2026, 3, 3)
    second = reports.publish(reports.check(second, by=head, at=later), by=head, at=later)
    (change,) = second.snapshot["replaced"]["changes"]
    assert (change["cell"], change["before"], change["after"]) == ("t2.penalties.decisions", "7", "9")
    assert second.snapshot["replaced"]["words"] == ["主动公开"]  # it quotes the number

    now, then = client.get(address).content.decode(), client.get(first.edition_url).content.decode()
    assert "与第1版的不同" in now and "行政处罚决定9件" in now and "行政处罚漏报2件" in now
    assert "第1版已被第2版替代" in then and "行政处罚决定7件" in then and "行政处罚漏报2件" in then
    listed = client.get(reverse("disclosure:reports")).content.decode()
    assert second.title in listed and listed.count("report-years") == 1 and f"{first.title}<" not in listed
    for edition in (first, second):
        with pytest.raises(DatabaseError), transaction.atomic():
            AnnualReport.objects.filter(pk=edition.pk).update(figures={})
    after = reports.open_report(bureau, YEAR + 1, by=None, at=moment(2027, 1, 5))
    assert reports.previous_figures(after)["t2.penalties.decisions"] == 9


def test_the_draft_of_a_further_edition_is_given_up_for_a_reason_and_another_opened(bureau, head, client):
    first = compiled(bureau, head)
    with pytest.raises(RuleBroken, match="只有更正版"):
        reports.discard(first, reason="不再需要编制", by=head, at=JANUARY)
    first = reports.publish(reports.check(first, by=head, at=JANUARY), by=head, at=JANUARY)
    draft = reports.reissue(first, reason="行政处罚漏报2件", by=head, at=JANUARY)
    with pytest.raises(RuleBroken) as refusal:
        reports.discard(draft, reason="无", by=head, at=JANUARY)
    assert refusal.value.field == "reason"

    client.force_login(head)
    deed = reverse("admin:disclosure_annualreport_deed", args=[draft.pk, "discard"])
    page = reverse("admin:disclosure_annualreport_change", args=[draft.pk])
    assert deed in client.get(page).content.decode()
    assert client.post(deed, {"reason": "经核对原数无误"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.replaces, draft.discarded_reason) == ("discarded", None, "经核对原数无误")
    entry = Entry.objects.of(draft).order_by("pk").last()
    assert (entry.action, entry.facts["reason"]) == ("disclosure.annual_report.discarded", "经核对原数无误")
    shown = client.get(page).content.decode()
    assert "本版草稿已作废" in shown and "经核对原数无误" in shown and deed not in shown
    with pytest.raises(RuleBroken, match="已作废"):
        reports.correct(draft, "t2.penalties.decisions", "9", reason="漏报2件", by=head, at=JANUARY)
    with pytest.raises(DatabaseError), transaction.atomic():
        AnnualReport.objects.filter(pk=draft.pk).update(discarded_reason="改写的理由")

    assert reports.open_report(bureau, YEAR, by=head, at=JANUARY) == first
    again = reports.reissue(first, reason="行政处罚漏报3件", by=head, at=JANUARY)
    assert (again.edition, again.replaces) == (2, first)


def test_an_imported_report_is_flagged_and_never_rejected(bureau, head):
    wrong = report_sources.import_report(HONGZE.read_bytes(), "洪泽.json", by=head, at=JANUARY)
    assert [one["id"] for one in wrong.findings["errors"]] == ["A4", "A4"]
    page = as_page(figures_of(SUQIAN), blank="/").encode()
    right = report_sources.import_report(page, "宿迁.html", by=head, at=JANUARY)
    assert (right.year, right.findings["errors"]) == (2023, [])
    assert right.standing["t2.charges.amount"] == Decimal("59237.2449")
    with pytest.raises(RuleBroken) as refusal:
        report_sources.import_report(b"nothing", "x.txt", by=head, at=JANUARY)
    assert refusal.value.field == "file"


# --- the public pages ---


def test_only_published_reports_are_public(bureau, head, client):
    report = compiled(bureau, head)
    address = report.get_absolute_url()
    assert client.get(address).status_code == 404
    client.force_login(head)
    assert client.get(address).status_code == 404
    assert report.title not in client.get(reverse("disclosure:reports")).content.decode()

    reports.publish(reports.check(report, by=head, at=JANUARY), by=head, at=JANUARY)
    client.logout()
    page = client.get(address).content.decode()
    assert "统计期限自2025年1月1日起至2025年12月31日止" in page
    assert "作出行政许可决定12件、行政处罚决定7件" in page
    for title in ("一、总体情况", "二、主动公开政府信息情况", "六、其他需要报告的事项"):
        assert title in page
    assert address in client.get(reverse("disclosure:reports")).content.decode()


def test_the_files_of_a_report_say_what_its_page_says(bureau, head, client):
    report = published(bureau, head)
    for form in ("json", "xlsx"):
        answer = client.get(reverse("disclosure:report_file", args=[YEAR, bureau.code, form]))
        read = reading.read(answer.content, form)
        assert {one: read.figures.get(one) or 0 for one in cells.names(YEAR)} == {
            one: report.standing[one] for one in cells.names(YEAR)
        }
    assert (
        json.loads(client.get(reverse("disclosure:report_file", args=[YEAR, bureau.code, "json"])).content)[
            "source"
        ]
        == report.title
    )
    pdf = client.get(reverse("disclosure:report_file", args=[YEAR, bureau.code, "pdf"]))
    assert pdf.content.startswith(b"%PDF-") and pdf["Content-Type"] == "application/pdf"
    assert client.get(reverse("disclosure:report_file", args=[YEAR, bureau.code, "doc"])).status_code == 404


def test_the_years_stand_side_by_side(bureau, head, client):
    report_sources.import_report(
        SUQIAN.read_bytes(), "2024.json", department=bureau, year=2024, by=head, at=JANUARY
    )
    report = reports.check(compiled(bureau, head), explanation="上年度报告口径含区县。", by=head, at=JANUARY)
    reports.publish(report, by=head, at=JANUARY)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "2025年新收申请0件，比2024年减少3511件（100.0%）" in page
    assert "上年度报告口径含区县" in page


@pytest.mark.parametrize("few, many", [(1, 12)])
def test_the_list_costs_the_same_for_one_report_and_a_dozen(few, many, client, django_assert_num_queries):
    for number in range(many):
        bureau = make_department(f"d{number}")
        report = reports.recount(
            reports.open_report(bureau, YEAR, by=None, at=JANUARY), licences=0, by=None, at=JANUARY
        )
        reports.publish(reports.check(report, by=None, at=JANUARY), by=None, at=JANUARY)
        if number + 1 in (few, many):
            with django_assert_num_queries(1):
                assert client.get(reverse("disclosure:reports")).status_code == 200


# --- the desk ---


def test_each_number_at_the_desk_opens_onto_its_rows(bureau, head, client):
    report = compiled(bureau, head)
    client.force_login(head)
    page = client.get(reverse("admin:disclosure_annualreport_change", args=[report.pk])).content.decode()
    way = reverse("admin:disclosure_annualreport_rows", args=[report.pk, "t2.penalties.decisions"])
    assert way in page and "勾稽关系全部成立" in page
    rows = client.get(way).content.decode()
    assert rows.count("案件台账") == 2


def test_a_failed_check_is_shown_at_its_cell(bureau, head, client):
    report = compiled(bureau, head)
    reports.correct(report, "t3.new.natural", "1", reason="漏登一件", by=head, at=JANUARY)
    client.force_login(head)
    page = client.get(reverse("admin:disclosure_annualreport_change", args=[report.pk])).content.decode()
    assert "A1 应为1" in page and "漏登一件" in page and "sheet__n--wrong" in page


def test_the_desk_walks_a_report_to_publication(bureau, head, client):
    client.force_login(head)
    client.post(reverse("admin:disclosure_annualreport_add"), {"department": bureau.pk, "year": YEAR})
    report = AnnualReport.objects.get()
    client.post(reverse("site:recount_report", args=[report.pk]))
    words = reverse("admin:disclosure_annualreport_words", args=[report.pk])
    assert client.post(words, {"problems": "{办结率}"}).status_code == 422
    assert client.post(words, {"problems": "公开不够及时。"}).status_code == 302
    for code in ("check", "publish"):
        answer = client.post(reverse("admin:disclosure_annualreport_deed", args=[report.pk, code]), {})
        assert answer.status_code == 302
    report.refresh_from_db()
    assert report.is_published and report.snapshot["words"][-1]["text"] == "公开不够及时。"


def test_an_import_at_the_desk_shows_what_is_wrong(bureau, head, client):
    client.force_login(head)
    with HONGZE.open("rb") as file:
        answer = client.post(reverse("admin:disclosure_importedreport_add"), {"file": file}, follow=True)
    page = answer.content.decode()
    assert "有2处勾稽关系不成立" in page and "表四“行政复议”总计" in page and "A4 应为11" in page


# --- documents ---


def test_documents_in_force_are_last_years_and_those_made_less_those_repealed(bureau, head):
    """Three made in 2025; in 2026 one more, which repeals the first, and the second lapses with its last day."""
    first, second, _ = (
        make_policy(title, formed_on=date(2025, 12, day), publisher=bureau, expires_on=until)
        for title, day, until in (
            ("示范市施工许可管理办法", 3, None),
            ("示范市工程质量管理办法", 4, date(2026, 6, 30)),
            ("示范市工地扬尘管理办法", 5, None),
        )
    )
    new = make_policy("示范市施工许可管理办法（2026年修订）", publisher=bureau)
    make_link("repeals", new, first)

    counts = {}
    for year in (2025, 2026):
        report = reports.open_report(bureau, year, by=None, at=moment(2027, 1, 5))
        figures = reports.recount(report, licences=0, by=None, at=moment(2027, 1, 5)).standing
        counts[year] = [figures[f"t2.normative.{column}"] for column in ("made", "repealed", "in_force")]
        for column, number in zip(("made", "repealed", "in_force"), counts[year], strict=True):
            assert documents_behind(report, "normative", column).count() == number
    assert counts == {2025: [3, 0, 3], 2026: [1, 2, 2]}
    assert set(documents_behind(report, "normative", "repealed")) == {first, second}


# --- requests ---


@pytest.fixture(scope="module")
def asked(django_db_setup, django_db_blocker):
    """Five thousand requests of one department as ``seed`` makes them, and a hundred at the edges of another's
    year; with their true tables."""
    with django_db_blocker.unblock(), transaction.atomic():
        home, away = make_department("sqj", name="示范市水务局"), make_department("syj", name="示范市商务局")
        make_clerk(PostRole.HANDLER, home)
        told = seed_requests(5_000, YEAR, departments=[home], at=moment(2026, 3, 2))
        truth = {
            f"t3.{row}.{party}": number
            for row, by_party in told.items()
            for party, number in by_party.items()
        }
        truth |= {f"t3.{row}.total": sum(by_party.values()) for row, by_party in told.items()}
        yield home, away, truth, make_truth(away, YEAR, 100)
        transaction.set_rollback(True)


def table_three(report):
    return {address: value for address, value in report.standing.items() if address.startswith("t3.")}


def test_five_thousand_requests_give_their_true_table_cell_for_cell_in_one_query(
    asked, django_assert_num_queries
):
    home, _, truth, _ = asked
    report = reports.open_report(home, YEAR, by=None, at=JANUARY)
    with django_assert_num_queries(1):
        counted = count_requests(report)
    assert counted == truth
    report = reports.recount(report, licences=0, by=None, at=JANUARY)
    assert table_three(report) == truth
    assert [one.id for one in reports.findings(report)] == []
    assert reports.check(report, by=None, at=JANUARY).state == ReportState.CHECKED


def test_the_governments_report_adds_the_departments_up(asked):
    _, _, one, other = asked
    office = make_department("zwgk")
    report = reports.open_report(office, YEAR, by=None, at=JANUARY, is_government=True)
    report = reports.recount(report, licences=0, by=None, at=JANUARY)
    assert table_three(report) == {address: one[address] + other[address] for address in one}


def test_each_cell_opens_onto_as_many_requests_as_it_says(asked):
    _, away, _, truth = asked
    report = reports.open_report(away, YEAR, by=None, at=JANUARY)
    for address in truth:
        _, row, column = address.split(".")
        if column in ("natural", "total"):
            assert requests_behind(report, row, column).count() == truth[address], address


def test_the_fees_of_part_six_open_onto_the_requests_that_paid(asked, client):
    home, *_ = asked
    paid = FeeNotice.objects.filter(request__department=home).order_by("pk")[:2]
    FeeNotice.objects.filter(pk__in=[notice.pk for notice in paid]).update(
        paid_on=date(YEAR, 6, 1), expired_at=None
    )
    report = reports.recount(
        reports.open_report(home, YEAR, by=None, at=JANUARY), licences=0, by=None, at=JANUARY
    )
    client.force_login(make_clerk(PostRole.HEAD, home))
    way = reverse("admin:disclosure_annualreport_rows", args=[report.pk, "fees.yuan"])

    page = client.get(reverse("admin:disclosure_annualreport_change", args=[report.pk])).content.decode()

    assert f'href="{way}"' in page and "信息处理费·金额（元）" in page
    assert charged_behind(report).count() == report.standing["fees.cases"] > 0
    shown = client.get(way).content.decode()
    assert shown.count('desk-date"><a') == min(int(report.standing["fees.cases"]), 50)


def test_the_rows_of_a_number_are_paged_at_the_same_cost(asked, client):
    home, _, truth, _ = asked
    report = reports.open_report(home, YEAR, by=None, at=JANUARY)
    client.force_login(make_clerk(PostRole.HEAD, home))
    costs = []
    for cell in ("t3.np5.total", "t3.np5.total", "t3.new.total"):
        with CaptureQueriesContext(connection) as spent:
            page = client.get(
                reverse("admin:disclosure_annualreport_rows", args=[report.pk, cell])
            ).content.decode()
        costs.append(len(spent))
        assert page.count('desk-date"><a') == min(truth[cell], 50)
    assert costs[1] == costs[2]
    assert "?after=" in page


def test_what_one_year_carries_out_the_next_carries_in(asked):
    _, away, _, truth = asked
    for year in (YEAR, YEAR + 1):
        report = reports.open_report(away, year, by=None, at=moment(2027, 1, 20))
        report = reports.recount(report, licences=0, by=None, at=moment(2027, 1, 20))
        report = reports.publish(
            reports.check(report, by=None, at=moment(2027, 1, 20)), by=None, at=moment(2027, 1, 20)
        )
    assert report.standing["t3.carried_in.total"] == truth["t3.carried_out.total"] > 0
