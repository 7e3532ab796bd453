"""Whatever is typed, pasted, guessed or replayed: a clear answer in Chinese, never a fault of ours, nothing stored."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.db import connection, transaction
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from tests import urlmap
from tests.test_access import TABLE, Row, url_of
from tests.world import ROLES, World, build

pytestmark = pytest.mark.django_db

NUL, HUGE, OVERFLOW, SUPERSCRIPT = "a\0b", "很" * 100_000, "9" * 20, "²"
JUNK = {
    "nul": NUL,
    "overflow": OVERFLOW,
    "superscript": SUPERSCRIPT,
    "no such day": "2026-99-99",
    "markup": "\"><script>'",
    "long": "9" * 5000,
    "cursor": f"2026-01-01~{OVERFLOW}",
    "cursor of marks": "2026-01-01~²",
    "surrogate": "\ud800",
}
# What each page reads from its address.
ASKED: dict[str, str] = {
    "disclosure:documents": "year department topic validity item after since until before",
    "disclosure:documents_csv": "year department topic validity item after since until",
    "disclosure:column": "year department topic validity item after since until before",
    "disclosure:column_json": "year department topic validity item after since until",
    "search:search": "q kind after before since until",
    "site:kiosk_find": "q kind after before",
    "approvals:guides": "for q",
    "approvals:draws": "after before",
    "approvals:decisions": "kind q after before",
    "disclosure:gazette": "after before",
    "talent:search": "q kind region category grade after before answer token",
    "disclosure:laws": "q level status issuer after before",
    "disclosure:laws_csv": "q level status issuer",
    "disclosure:laws_json": "q level status issuer",
    "approvals:track": "number code",
    "audit:digests": "after before",
    "workdays:deadline": "start days unit direction",
    "api:deadlines": "start days unit direction",
    "disclosure:request": "to title",
    "disclosure:replies": "after before",
    "admin:disclosure_annualreport_rows": "after",
    "site:report_licences": "after",
    "site:my": "after before",
    "talent:own_rows": "after before",
    "talent:person_rows": "after before",
    "talent:own_staff": "after before",
    "talent:own_lookups": "after before",
    "talent:person_lookups": "after before",
    "site:messages": "after before",
    "supervision:overview": "department item period",
    "supervision:cases": "department item period light outcome after",
    "admin:approvals_case_mine": "light status item q after",
    "admin:approvals_case_pool": "light status item q after",
    "admin:approvals_case_department": "light status item q after",
    "admin:approvals_case_reversals": "light status item q after",
    "admin:disclosure_columnday_overview": "month",
    "admin:disclosure_columnday_figure": "month department after",
    "admin:disclosure_informationrequest_mine": "light status q after",
    "admin:disclosure_informationrequest_pool": "light status q after",
    "admin:disclosure_informationrequest_signing": "light status q after",
    "admin:disclosure_informationrequest_answered": "light status q after",
    "admin:disclosure_informationrequest_department": "light status q after",
    "admin:disclosure_documentversion_mine": "status q after",
    "admin:disclosure_documentversion_review": "status q after",
    "admin:disclosure_documentversion_department": "status q after",
    "admin:disclosure_documentversion_public": "status q after",
    "admin:disclosure_documentversion_takedown": "status q after",
    "people:identity": "next",
    "account_login": "next",
    "admin:search": "s",
    "admin:autocomplete": "term app_label model_name field_name",
}
LISTS = "q p o id__exact user__name__contains _to_field"
# What is posted besides the forms a page shows.
POSTED: dict[str, str] = {
    "approvals:draft_materials": "remove reuse go",
    "approvals:draft_submit": "promise",
    "approvals:supplement": "remove send",
    "admin:approvals_case_batch": "deed case back",
    "people:act": "party next",
    "talent:enter": "party",
    "talent:invitation": "deed answer",
    "talent:end_row": "complete",
    "people:withdraw": "reason",
    "disclosure:request": "remove form_key",
    "site:preferences": "next elder script",
    "papers:verify": "number",
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once for this file, and gone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def asker(world: World) -> Client:
    return Client(raise_request_exception=False)


def visitor(row: Row) -> str:
    """The first role that gets somewhere with it, else the head of the department."""
    return next((role for role in ROLES if row.expected(role) in ("ok", "refused")), "head")


def rows() -> dict[str, Row]:
    """One row for each address: the first that lets somebody in."""
    found: dict[str, Row] = {}
    for row in sorted(TABLE, key=lambda row: not any(row.expected(role) == "ok" for role in ROLES)):
        found.setdefault(row.address, row)
    return found


def ask(world: World, asker: Client, role: str, url: str, data: dict[str, Any] | None = None) -> Any:
    """The answer; whatever it changed is undone."""
    client = world.client(role, asker)
    with transaction.atomic():
        response = client.get(url) if data is None else client.post(url, data)
        response.stored = changed() if data is not None else {}
        transaction.set_rollback(True)
    if isinstance(response, FileResponse):
        list(response)
    return response


def counts() -> dict[str, int]:
    """Rows of every table but the visitors' sessions."""
    tables = sorted(set(connection.introspection.table_names()) - {"django_session"})
    query = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


BEFORE: dict[str, int] = {}


def changed() -> dict[str, int]:
    now = counts()
    return {table: now[table] - BEFORE[table] for table in now if now[table] != BEFORE[table]}


@pytest.fixture(autouse=True)
def before(world: World) -> None:
    BEFORE.update(counts())


def query(keys: str, value: str) -> Iterator[str]:
    for key in keys.split():
        yield urlencode({key: value.encode("utf-8", "surrogatepass")})


@pytest.mark.parametrize("kind", JUNK)
def test_no_question_in_an_address_breaks_a_page(world, asker, kind):
    wrong = []
    for address, row in rows().items():
        keys = ASKED.get(address, LISTS if address.endswith("_changelist") else "")
        for asked in query(keys, JUNK[kind]):
            response = ask(world, asker, visitor(row), f"{url_of(world, row)}?{asked}")
            if response.status_code >= 500 and address != "site:ready":
                wrong.append(f"{address}?{asked[:60]}: {fault(response)}")
    assert not wrong, "\n".join(wrong)


PATHS = ("%00", OVERFLOW, "9" * 5000, "00000000-0000-4000-8000-000000000000", "%ED%A0%80", "%C2%B2", "_00_0A")


@pytest.mark.parametrize("junk", PATHS, ids=lambda junk: junk[:12])
def test_no_guessed_address_breaks_a_page(world, asker, junk):
    wrong = []
    known = rows()
    for address in urlmap.addresses():
        route = "/" + re.sub(r"<[^>]+>", junk, address.route)
        if junk not in route or address.name not in known:
            continue
        response = ask(world, asker, visitor(known[address.name]), route)
        if response.status_code >= 500:
            wrong.append(f"{address.route}: {fault(response)}")
    assert not wrong, "\n".join(wrong)


def fault(response: Any) -> str:
    info = getattr(response, "exc_info", None)
    return f"{response.status_code} {info[1]!r}"[:200] if info else str(response.status_code)


def forms_of(response: Any) -> list[forms.BaseForm]:
    """Every form the page was made with."""
    found: dict[int, forms.BaseForm] = {}
    for layer in response.context or ():
        for value in layer.flatten().values() if hasattr(layer, "flatten") else layer.values():
            for each in value if isinstance(value, list) else [value]:
                each = each.get("form") if isinstance(each, dict) else each
                if isinstance(each, forms.BaseForm):
                    found[id(each)] = each
    return list(found.values())


# Pages that show a form a deed, each posted to its own address.
DEEDS_AT = {
    "admin:approvals_case_work": "admin:approvals_case_act",
    "admin:disclosure_documentversion_work": "admin:disclosure_documentversion_act",
    "admin:disclosure_informationrequest_work": "admin:disclosure_informationrequest_act",
}


def shown_forms(world: World, asker: Client) -> Iterator[tuple[str, str, str, forms.BaseForm]]:
    """Address, visitor, URL and form of every page that shows one."""
    for address, row in rows().items():
        if row.method != "get" or address.endswith("_changelist"):
            continue
        role, url = visitor(row), url_of(world, row)
        for form in forms_of(ask(world, asker, role, url)):
            target = url
            if address in DEEDS_AT and form.prefix:
                target = reverse(DEEDS_AT[address], args=[*row.args(world), form.prefix])
            yield address, role, target, form


def filled(form: forms.BaseForm, value: str) -> dict[str, Any]:
    names = [form.add_prefix(name) for name in form.fields]
    return {name: value for name in names if value}


def said(response: Any) -> list[str]:
    return [text for form in forms_of(response) for texts in form.errors.values() for text in map(str, texts)]


# A sign-in that failed is itself on record (GB/T 22239-2019 8.1.4.1 b, 8.1.4.3).
ON_RECORD = {"people_lockout", "audit_chain", "audit_entry"}
# Questions in an address: wrong ones are answered there; a form that asks nothing cannot be wrong.
READERS = {"workdays:deadline"}


@pytest.mark.parametrize("kind", ["empty", "nul", "huge", "overflow", "superscript", "markup"])
def test_every_form_says_in_chinese_what_is_wrong_and_stores_nothing(world, asker, kind):
    value = {"empty": "", "huge": HUGE, **JUNK}[kind]
    wrong, seen = [], 0
    for address, role, url, form in shown_forms(world, asker):
        if address in READERS:
            continue
        seen += 1
        response = ask(world, asker, role, url, filled(form, value))
        where = f"{address} {type(form).__name__} ({role})"
        if response.status_code >= 500:
            wrong.append(f"{where}: {fault(response)}")
        english = [text for text in said(response) if not re.search(r"[\u4e00-\u9fff]", text)]
        if english:
            wrong.append(f"{where}: says {english}")
        asks = any(field.required for field in form.fields.values())
        if (form.fields and kind in ("nul", "huge")) or (kind == "empty" and asks):
            signs_in = address.startswith(("account_", "mfa_"))
            stored = {
                table: n for table, n in response.stored.items() if not (signs_in and table in ON_RECORD)
            }
            if stored:
                wrong.append(f"{where}: stored {stored}")
    assert seen > 20
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", [*JUNK, "huge"])
def test_nothing_posted_past_the_forms_breaks_a_page(world, asker, kind):
    value, wrong = {"huge": HUGE, **JUNK}[kind], []
    for address, keys in POSTED.items():
        row = rows()[address]
        for key in keys.split():
            posted = {key: value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}
            response = ask(world, asker, visitor(row), url_of(world, row), posted)
            if response.status_code >= 500:
                wrong.append(f"{address} {key}: {fault(response)}")
    assert not wrong, "\n".join(wrong)


def test_what_was_done_once_and_is_sent_again_is_done_once(world, asker):
    """A replayed submission lands on the same case; a replayed withdrawal is refused."""
    client, own = world.client("applicant", asker), world.cases["own"]
    with transaction.atomic():
        draft = world.drafts["own"]
        url = reverse("approvals:draft_submit", args=[draft.key])
        answers = [client.post(url, {"promise": "1"}) for _ in range(3)]
        assert len({answer["Location"] for answer in answers}) == 1
        assert changed()["approvals_case"] == 1
        withdraw = reverse("approvals:withdraw", args=[own.number])
        assert client.post(withdraw, {"reason": "重复"}).status_code == 302
        again = client.post(withdraw, {"reason": "重复"})
        assert again.status_code == 422 and "不能" in again.content.decode()
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ({}, "start", "缺少参数start"),
        ({"start": "2026-09-18"}, "days", "缺少参数days"),
        ({"start": "2026-02-30", "days": "5"}, "start", "不是存在的日期"),
        ({"start": "18.9.2026", "days": "5"}, "start", "年-月-日"),
        ({"start": "2026-09-18", "days": "五"}, "days", "应为整数"),
        ({"start": "2026-09-18", "days": OVERFLOW}, "days", "days"),
        ({"start": "2026-09-18", "days": "-1"}, "days", "不能小于0"),
        ({"start": "2026-09-18", "days": "5", "unit": "week"}, "unit", "只能是"),
        ({"start": "2026-09-18\0", "days": "5"}, "start", "年-月-日"),
    ],
)
def test_a_machine_is_told_which_parameter_is_wrong_and_how(client, asked, field, sentence):
    answer = client.get(reverse("api:deadlines"), asked)

    assert answer.status_code in (400, 422)
    if answer.status_code == 422:
        detail = answer.json()["detail"]
        assert detail[0]["field"] == field and sentence in detail[0]["message"]


def test_a_day_outside_any_calendar_is_answered_and_not_computed(client):
    for day in ("0001-01-01", "9999-12-31", f"{localdate().year + 60}-01-01"):
        answer = client.get(reverse("api:deadlines"), {"start": day, "days": "400", "unit": "working"})
        assert answer.status_code in (200, 422)
