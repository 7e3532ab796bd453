"""Public lists and 我的办事 are walked to their end and back again, page by page, over the same rows."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from approvals import workflow as approvals
from approvals.models import CaseStatus
from approvals.views import decisions, draws
from disclosure.models import GazetteIssue
from disclosure.models.requests import RequestReply
from disclosure.views import gazette, library
from disclosure.views.requests import following
from portal.audit import views as digests
from portal.audit import workflow as audit
from portal.site.views import my
from tests.approvals.makers import FRIDAY, make_applicant, make_case, make_item
from tests.approvals.makers import at as moment
from tests.disclosure.law_makers import make_act
from tests.disclosure.request_makers import make_reply, make_request

pytestmark = pytest.mark.django_db
A_PAGE, ROWS = 2, 7


def seal(client: Any) -> None:
    for n in range(ROWS):
        audit.make_day_digest(date(2026, 8, 1) + timedelta(days=n), at=timezone.now())


def commit(client: Any) -> None:
    for n in range(ROWS):
        day = FRIDAY - timedelta(days=n)
        approvals.commit_seed(day, at=moment(day - timedelta(days=1)))


def answer(client: Any) -> None:
    for serial in range(1, ROWS + 1):
        make_reply(make_request(serial=serial, title=f"第{serial}号文件全文"))
    RequestReply.objects.update(published_at=timezone.now(), published_title="标题", published_text="内容")


def print_issues(client: Any) -> None:
    now = timezone.now()
    for year, number in [(2025, 9), (2025, 10), (2026, 1), (2026, 2), (2026, 3), (2026, 4), (2026, 12)]:
        GazetteIssue.objects.create(
            year=year, number=number, state="published", created_at=now, published_at=now, published_on=now.date()
        )  # fmt: skip


def enact(client: Any) -> None:
    for n in range(ROWS):  # three of one day, two of another, two without any
        make_act(f"第{n}号办法", issued_on=date(2001, 1, 1 + n // 3) if n < 5 else None)


def close(client: Any) -> None:
    user, party = make_applicant()
    version = make_item()
    for _ in range(ROWS):
        make_case(CaseStatus.CLOSED, version=version, user=user, party=party)
    client.force_login(user)


def grant(client: Any) -> None:
    version = make_item()
    for _ in range(ROWS):
        make_case(CaseStatus.GRANTED, version=version)


LISTS: dict[str, tuple[Callable[[Any], None], str, Any, str, str]] = {
    "digests": (seal, reverse("audit:digests"), digests, "PAGE", "days"),
    "draws": (commit, reverse("approvals:draws"), draws, "PAGE", "days"),
    "replies": (answer, reverse("disclosure:replies"), following, "A_PAGE", "replies"),
    "gazette": (print_issues, reverse("disclosure:gazette"), gazette, "PAGE", "issues"),
    "laws": (enact, f"{reverse('disclosure:laws')}?level=law", library, "PAGE", "acts"),
    "decisions": (grant, f"{reverse('approvals:decisions')}?kind=grants", decisions, "PAGE", "lines"),
    "my": (close, reverse("site:my"), my, "A_PAGE", "finished"),
}


def key(row: Any) -> Any:
    """Of a row, of an act beside its state, of a line made of a decision."""
    if isinstance(row, tuple):
        return row[0].pk
    return row.number if isinstance(row, decisions.Line) else row.pk


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_walked_to_its_end_and_back(client, monkeypatch, name):
    fill, address, view, size, rows = LISTS[name]
    fill(client)
    monkeypatch.setattr(view, size, A_PAGE)
    path = address.partition("?")[0]

    def pages(start: str, way: str) -> Iterator[tuple[list[Any], str]]:
        while True:
            context = client.get(start).context
            yield list(context[rows]), start
            if not context["page"][way]:
                return
            start = path + context["page"][way]

    there = list(pages(address, "next_url"))
    back = list(pages(there[-1][1], "previous_url"))

    keys = [[key(row) for row in page] for page, _ in there]
    assert [len(page) for page in keys] == [2, 2, 2, 1] and len(
        {each for page in keys for each in page}
    ) == ROWS
    assert [[key(row) for row in page] for page, _ in back[1:]] == keys[-2::-1]
    assert all("before=" in start for _, start in back[1:])
