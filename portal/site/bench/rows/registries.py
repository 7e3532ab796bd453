"""The registries and the cases of a whole city: what grows with the data, and what a page adds to its statements."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.timezone import localdate

from approvals.models import Case
from portal.people.models import PostRole, User
from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.rows.pages import client_of_nobody, get, inside
from portal.site.bench.rows.staffing import ENTERPRISES, MOST, PEOPLE_EACH
from portal.site.bench.sizes import Size
from portal.site.seeding.registries import SOURCE, seed_enterprises, seed_people
from talent import catalogue, checks
from talent.models import COMPANY_WIDE, Enterprise, Person, Registration, StaffingState
from talent.workflow import staffing as monitor

LOOKED_UP = 40  # names and certificate numbers a turn
JUDGED = 20  # enterprises a turn
A_TENTH = "the same with a tenth of the enterprises and people"
FEW_CASES = "the page with a hundredth of the cases"
ITS_SQL = "its SQL alone, rows fetched"
Side = Callable[[], object]


def fill(places: Places, size: Size) -> None:
    at, firms = timezone.now(), ENTERPRISES.get(size.name, MOST)
    for place, count in ((places.many, firms), (places.few, max(firms // 10, 1))):
        with places.standing_in(place):
            seed_enterprises(count, at=at)
            seed_people(count * PEOPLE_EACH, at=at)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")


def searches() -> list[Callable[[], catalogue.Listing]]:
    """People by name and by certificate, enterprises by region and by what they hold."""
    on = localdate()
    held = Registration.objects.filter(origin__source=SOURCE).order_by("pk")
    step = max(held.count() // LOOKED_UP, 1)
    found: list[Callable[[], catalogue.Listing]] = []
    for number, row in enumerate(held.select_related("person")[::step][:LOOKED_UP]):
        word = row.certificate_no if number % 2 else row.person.name
        found.append(partial(catalogue.find_people, q=word))
    regions = (
        Enterprise.objects.filter(origin__source=SOURCE).values_list("region_code", flat=True).distinct()
    )
    found += [partial(catalogue.find_enterprises, region=region, on=on) for region in regions]
    return [*found, partial(catalogue.find_enterprises, category="building", grade="1", on=on)]


def p95(sides: list[Callable[[], Any]]) -> float:
    """Seconds of the slowest but one of twenty."""
    took = []
    for side in sides:
        began = time.perf_counter()
        side()
        took.append(time.perf_counter() - began)
    return statistics.quantiles(took, n=20)[-1]


def search_growth(places: Places, size: Size) -> Pair:
    fill(places, size)
    many = searches()
    with places.standing_in(places.few):
        few = searches()

    def check() -> str:
        held = Registration.objects.filter(origin__source=SOURCE).order_by("pk")[0]
        found = catalogue.find_people(q=held.certificate_no)
        assert [row.pk for row in found.rows] == [held.person_id]  # noqa: S101
        named = catalogue.find_people(q=held.person.name)
        assert named.count >= 1 and all(row.name == held.person.name for row in named.rows)  # noqa: S101
        return f"{Person.objects.count():,} people, {Enterprise.objects.count():,} enterprises; by number and by name"

    return Pair(
        reference=inside(places, places.few, lambda: p95(few)), candidate=lambda: p95(many), check=check, times=1
    )  # fmt: skip


def judging(count: int = JUDGED) -> Side:
    firms = Enterprise.objects.filter(origin__source=SOURCE).select_related("party").order_by("uscc")
    parties = [firm.party for firm in firms[:: max(firms.count() // count, 1)][:count]]
    rule, on = {"check": "staffing", "category": "building", "grade": "2"}, localdate()
    return lambda: [checks.judge(rule, party, {}, on) for party in parties]


def check_judged() -> str:
    """Where the monitor finds a qualification below its standard, the pre-check of the same grade says so."""
    on = localdate()
    monitor.recompute(on=on)
    below = StaffingState.objects.filter(
        is_broken=True, enterprise__origin__source=SOURCE, qualification__category__code="building"
    ).exclude(indicator__in=COMPANY_WIDE)
    sampled = below.select_related("enterprise__party", "qualification").order_by("pk")[:JUDGED]
    for state in sampled:
        rule = {"check": "staffing", "category": "building", "grade": state.qualification.grade}
        found = checks.judge(rule, state.enterprise.party, {}, on)
        assert found.result == checks.NOT_MET, (state, found)  # noqa: S101
    return f"{len(sampled)} found below their standard are told so"


def precheck_growth(places: Places, size: Size) -> Pair:
    fill(places, size)
    with places.standing_in(places.few):
        few = judging()
    return Pair(reference=inside(places, places.few, few), candidate=judging(), check=check_judged)


def against_sql(side: Side, check: Callable[[], str]) -> Pair:
    sent: list[tuple[str, Any]] = []

    def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(("SELECT", "WITH")):
            sent.append((sql, params))
        return execute(sql, params, many, context)

    side()
    with connection.execute_wrapper(keep):
        side()

    def raw() -> None:
        with connection.cursor() as cursor:
            for sql, params in sent:
                cursor.execute(sql, params)
                cursor.fetchall()

    return Pair(reference=raw, candidate=side, check=lambda: f"{len(sent)} statements; {check()}")


def search_sql(places: Places, size: Size) -> Pair:
    fill(places, size)
    many = searches()
    return against_sql(lambda: [look() for look in many], lambda: f"{len(many)} searches")


def precheck_sql(places: Places, size: Size) -> Pair:
    fill(places, size)
    return against_sql(judging(), check_judged)


def visit(path: str, role: str, size: Size) -> tuple[Side, str]:
    """Someone in the role who sees most cases, opening a page; and how many cases there are."""
    client = client_of_nobody()
    client.force_login(_someone(role), backend=settings.AUTHENTICATION_BACKENDS[1])
    return (lambda: [get(client, path) for _ in range(size.pages)]), f"{Case.objects.count():,} cases"


def _someone(role: str) -> User:
    if role == PostRole.SUPERVISOR:
        return User.objects.filter(posts__role=role, is_active=True).earliest("pk")
    busiest = Case.objects.exclude(handler=None).values("handler").annotate(cases=Count("pk"))
    return User.objects.get(pk=busiest.order_by("-cases", "handler")[0]["handler"])


def page_growth(path: str, role: str, places: Places, size: Size) -> Pair:
    with places.standing_in(places.few):
        few, fewer = visit(path, role, size)
    many, told = visit(path, role, size)

    def check() -> str:
        return f"{told} against {fewer}"

    return Pair(reference=inside(places, places.few, few), candidate=many, check=check)


def page_sql(path: str, role: str, places: Places, size: Size) -> Pair:
    many, told = visit(path, role, size)
    return against_sql(many, lambda: told)


_CASES = ("/admin/approvals/case/department/", PostRole.HANDLER)
_BOARD = ("/supervision/", PostRole.SUPERVISOR)
_SEARCH = "people by name and certificate, enterprises by region and grade, p95"
_JUDGE = f"the staffing standards of a grade for {JUDGED} enterprises"
ROWS = (
    (Row("registry-search", "登记库公开查询", A_TENTH, _SEARCH, Sense.SLOWER, 1.5), search_growth),
    (Row("registry-search-sql", "登记库公开查询与其语句", ITS_SQL, _SEARCH, Sense.SLOWER, None), search_sql),
    (Row("precheck", "申请预先检查", A_TENTH, _JUDGE, Sense.SLOWER, 1.5), precheck_growth),
    (Row("precheck-sql", "申请预先检查与其语句", ITS_SQL, _JUDGE, Sense.SLOWER, None), precheck_sql),
    (Row("case-list", "本部门办件", FEW_CASES, _CASES[0], Sense.SLOWER, 1.5), partial(page_growth, *_CASES)),
    (Row("case-list-sql", "本部门办件与其语句", ITS_SQL, _CASES[0], Sense.SLOWER, None), partial(page_sql, *_CASES)),
    (Row("overview", "监察首页", FEW_CASES, _BOARD[0], Sense.SLOWER, None), partial(page_growth, *_BOARD)),
    (Row("overview-sql", "监察首页与其语句", ITS_SQL, _BOARD[0], Sense.SLOWER, None), partial(page_sql, *_BOARD)),
)  # fmt: skip
