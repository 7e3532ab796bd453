"""The pages of the annual report, public and at the desk: axe finds nothing, nothing scrolls sideways."""

from datetime import date, datetime, time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from disclosure.workflow import report_sources, reports
from portal.people.models import PostRole
from tests.disclosure.published import HONGZE, SUQIAN
from tests.people.makers import make_clerk, make_department
from tests.site.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
JANUARY = timezone.make_aware(datetime.combine(date(2026, 1, 20), time(10)))


@pytest.fixture
def pages() -> tuple[list[str], str]:
    """A published report with an earlier year beside it, one in the making with failed checks, an imported one."""
    bureau = make_department()
    head = make_clerk(PostRole.HEAD, bureau)
    imported = report_sources.import_report(
        SUQIAN.read_bytes(), "2023.json", department=bureau, by=head, at=JANUARY
    )
    wrong = report_sources.import_report(HONGZE.read_bytes(), "洪泽.json", by=head, at=JANUARY)
    done, making = (reports.open_report(bureau, year, by=head, at=JANUARY) for year in (2024, 2025))
    for report in (done, making):
        reports.recount(report, licences=3, by=head, at=JANUARY)
        reports.correct(report, "t2.rules.made", "1", reason="漏登一件", by=head, at=JANUARY)
    reports.check(done, explanation="上年度报告口径含区县。", by=head, at=JANUARY)
    reports.publish(done, by=head, at=JANUARY)
    again = reports.reissue(done, reason="行政处罚漏报2件", by=head, at=JANUARY)
    reports.correct(again, "t2.penalties.decisions", "2", reason="漏报两件", by=head, at=JANUARY)
    reports.check(again, explanation="上年度报告口径含区县。", by=head, at=JANUARY)
    reports.publish(again, by=head, at=JANUARY)
    reports.correct(making, "t3.new.natural", "1", reason="漏登一件", by=head, at=JANUARY)
    client = Client()
    client.force_login(head)

    def desk(name: str, *args: object) -> str:
        return reverse(f"admin:disclosure_{name}", args=args)

    return [
        reverse("disclosure:reports"),
        again.get_absolute_url(),
        done.edition_url,
        desk("annualreport_change", done.pk),
        desk("annualreport_deed", again.pk, "reissue"),
        desk("annualreport_change", making.pk),
        desk("annualreport_words", making.pk),
        desk("annualreport_rows", making.pk, "t3.new.total"),
        desk("annualreport_deed", making.pk, "correct"),
        desk("importedreport_change", wrong.pk),
        desk("importedreport_change", imported.pk),
        desk("importedreport_add"),
        reverse("site:report_licences", args=[making.pk]),
    ], client.cookies["sessionid"].value


def test_axe_finds_nothing_on_the_pages_of_the_annual_report(pages, browser, live_server):
    addresses, session = pages
    context = browser.new_context(locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    tab, found = context.new_page(), {}
    for address in addresses:
        answer = tab.goto(f"{live_server.url}{address}")
        assert answer is not None and answer.status == 200, address
        if wrong := faults(tab):
            found[address] = wrong
    context.close()
    assert not found, found
