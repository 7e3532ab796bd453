"""Who gets what at every address: generated from the URL map, so an address nobody thought of fails.

Each row of the table says, for one address and one thing shown there, who is let in and what all
others are told. "ok" is an answer (or a way on), "refused" a rule's no at the form, "sign in" the
way to the sign-in page, "again" proving once more who one is, "away" a redirect to one's own start
page; 403, 404 and 405 are what they are.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.http import FileResponse
from django.test import Client
from django.urls import reverse

from approvals.admin.deeds import DEEDS
from disclosure.admin.document_deeds import DEEDS as DOCUMENT_DEEDS
from disclosure.admin.requests.deeds import DEEDS as REQUEST_DEEDS
from portal.papers.models import Paper
from portal.people.admin.deeds import DeedsAdmin
from tests import urlmap
from tests.world import ROLES, World, build

pytestmark = pytest.mark.django_db

CITIZENS = {"applicant", "stranger", "agent", "former"}
OFFICE = {"clerk", "handler", "reviewer", "approver", "head", "editor", "secrecy"}
STAFF = OFFICE | {"elsewhere", "supervisor"}
ADMINISTRATORS = {"system", "security", "audit"}
INSIDE = STAFF | ADMINISTRATORS | {"publicity"}
SIGNED_IN = CITIZENS | INSIDE
NOT_SIGNED_IN = {"anonymous", "tracker"}
EVERYONE = set(ROLES)
NOBODY: set[str] = set()
LEDGER = {"clerk", "handler", "head", "elsewhere"}
CONFLICT = {"handler", "head", "supervisor"}  # whose it is, who heads them, who sees all
WATCHERS = {"supervisor", "head"}
REGISTRY_WATCH = {"handler", "head", "supervisor"}
COMPILERS = {"handler", "reviewer", "approver", "head", "editor", "publicity"}
REGISTRARS = {"handler", "head"}
KEYHOLDERS = {"head", "security"}  # whose department's it is, who grants all
STREET = {"clerk", "head", "elsewhere"}
SEES_OWN = {"applicant", "supervisor"} | OFFICE
SEES_FIRM = {"agent", "supervisor"} | OFFICE
SEES_ELSEWHERE = {"stranger", "elsewhere", "supervisor"}

STAFF_AWAY = dict.fromkeys(INSIDE, "away")
STAFF_403 = dict.fromkeys(INSIDE, "403")

NO_UUID = "00000000-0000-4000-8000-000000000000"
Arguments = Callable[[World], list[Any]]


@dataclass(frozen=True)
class Row:
    """``shown`` names what is shown there; without ``args`` the address has no parameter."""

    address: str
    shown: str
    allowed: set[str]
    others: str
    unsigned: str
    args: Arguments
    method: str
    apart: dict[str, str]

    def expected(self, role: str) -> str:
        if role in self.apart:
            return self.apart[role]
        if role in self.allowed:
            return "ok"
        return self.unsigned if role in NOT_SIGNED_IN else self.others


def nothing(world: World) -> list[Any]:
    return []


def rows(
    addresses: str, allowed: set[str], others: str = "404", unsigned: str = "", *, args: Arguments = nothing,
    shown: str = "", method: str = "get", apart: dict[str, str] | None = None, outside: dict[str, str] | None = None,
) -> list[Row]:  # fmt: skip
    exceptions = {**(apart or {}), **(outside or {})}
    return [
        Row(address, shown, allowed, others, unsigned or others, args, method, exceptions)
        for address in addresses.split()
    ]


def item(state: str) -> Arguments:
    return lambda world: [world.items[state].item.code]


def sample(state: str) -> Arguments:
    return lambda world: [
        world.items[state].item.code, world.items["sampled"].materials.get(code="land").blank_form.key
    ]  # fmt: skip


def version(state: str, *more: Any) -> Arguments:
    return lambda world: [world.items[state].item_id, world.items[state].number, *more]


def blank_form(state: str) -> Arguments:
    """The sampled item's form, asked for under this item."""
    return lambda world: [
        *version(state)(world), world.items["sampled"].materials.get(code="land").blank_form.key
    ]  # fmt: skip


def case(name: str) -> Arguments:
    return lambda world: [world.cases[name].number]


def clock(name: str, of: str = "") -> Arguments:
    return lambda world: [world.cases[name].number, world.clock_of(of or name).public_key]


def paper(name: str, of: str = "") -> Arguments:
    return lambda world: [world.cases[name].number, world.paper_of(of or name).key]


def file(name: str, of: str = "") -> Arguments:
    return lambda world: [world.cases[name].number, world.file_of(of or name).key]


def request(name: str) -> Arguments:
    return lambda world: [world.requests[name].number]


def request_clock(name: str, of: str = "") -> Arguments:
    return lambda world: [world.requests[name].number, world.requests[of or name].reply_clock.public_key]


def request_paper(name: str, of: str = "") -> Arguments:
    return lambda world: [
        world.requests[name].number, Paper.objects.of(world.requests[of or name]).get(kind="foi_receipt").key
    ]  # fmt: skip


def request_file(name: str, of: str = "") -> Arguments:
    return lambda world: [world.requests[name].number, world.requests[of or name].files.get().attachment.key]


def draft(name: str, *more: Any) -> Arguments:
    return lambda world: [world.drafts[name].key, *more]


def pk(row: str, *more: Any) -> Arguments:
    return lambda world: [world.rows[row].pk, *more]


def document(state: str, file: bool = False) -> Arguments:
    def keys(world: World) -> list[Any]:
        version = world.documents[state]
        return [version.document.key, *([version.files.get().key] if file else [])]

    return keys


def index_no(state: str) -> Arguments:
    return lambda world: [world.documents[state].document.index_no or "91990100MA0009009X/202603-00001"]


def annual_report(world: World, name: str) -> list[Any]:
    return [world.rows[name].year, world.rows[name].code]


def law_file(world: World) -> list[Any]:
    return [world.rows["act"].pk, world.rows["act"].files.get().key]


def own(*more: Any) -> Arguments:
    """The agent's enterprise; a word that names a row stands for its key."""
    return lambda world: [
        world.rows["enterprise"].uscc, *(world.rows[one].pk if one in world.rows else one for one in more)
    ]  # fmt: skip


PUBLIC = [
    *rows(
        "site:kiosk site:kiosk_find site:kiosk_guides site:kiosk_follow site:kiosk_points "
        "site:home site:promises site:sitemap site:help site:accessibility site:mistakes site:preferences "
        "site:alive site:ready audit:digests audit:roots workdays:deadline papers:verify search:search "
        "disclosure:gazette disclosure:laws talent:search talent:resources disclosure:laws_csv disclosure:laws_json search:suggestions approvals:guides approvals:draws approvals:decisions approvals:track api:openapi-json api:openapi-view api:deadlines",
        EVERYONE,
    ),
    *rows("api:api-root", NOBODY),
    *rows("search:feed search:csv search:json api:search", NOBODY, "refused", shown="no question"),
    *rows(
        "search:subscription",
        EVERYONE,
        args=lambda world: [world.rows["savedsearch"].key],
        shown="a secret address",
    ),
    *rows("search:subscription", NOBODY, args=lambda world: [NO_UUID], shown="a guess"),
    *rows("search:saved", SIGNED_IN, "ok", "sign in"),
    *rows("approvals:guide", EVERYONE, args=item("published"), shown="published item"),
    *rows("approvals:guide", NOBODY, args=item("draft"), shown="draft item"),
    *rows("approvals:guide", NOBODY, args=item("retired"), shown="retired item"),
    *rows("site:kiosk_guide", EVERYONE, args=item("published"), shown="published item"),
    *rows("site:kiosk_guide", NOBODY, args=item("draft"), shown="draft item"),
    *rows("site:kiosk_guide", NOBODY, args=item("retired"), shown="retired item"),
    *rows("approvals:guide_form", EVERYONE, args=sample("sampled"), shown="published item"),
    *rows("approvals:guide_form", NOBODY, args=sample("published"), shown="another item's form"),
    *rows(
        "disclosure:gazette_issue disclosure:gazette_file",
        EVERYONE,
        args=lambda world: [2025, 1],
        shown="published",
    ),
    *rows(
        "disclosure:gazette_issue disclosure:gazette_file",
        NOBODY,
        args=lambda world: [2025, 2],
        shown="compiling",
    ),
    *rows("disclosure:law", EVERYONE, args=pk("act"), shown="an act"),
    *rows(
        "talent:enterprise talent:enterprise_qr", EVERYONE, args=lambda world: [world.rows["enterprise"].uscc]
    ),
    *rows(
        "talent:enterprise talent:enterprise_qr",
        NOBODY,
        args=lambda world: ["91990100MA99999999"],
        shown="no such code",
    ),
    *rows(
        "talent:person talent:person_qr", EVERYONE, args=lambda world: [world.rows["registration"].person.key]
    ),
    *rows(
        "talent:person talent:person_qr",
        NOBODY,
        args=lambda world: [world.rows["chief"].key],
        shown="who holds no certificate",
    ),
    *(
        row
        for code in ("enterprises", "qualifications", "people", "credit")
        for row in rows(
            "talent:open_csv talent:open_json talent:open_schema",
            EVERYONE,
            args=lambda world, code=code: [code],
            shown=code,
        )
    ),
    *rows(
        "talent:open_csv talent:open_json talent:open_schema",
        NOBODY,
        args=lambda world: ["residents"],
        shown="not open",
    ),
    *rows("api:registry_enterprise", NOBODY, "401", args=own(), shown="without a key"),
    *rows("api:registry_enterprises api:registry_changes", NOBODY, "401", shown="without a key"),
    *rows("api:registry_people_lookup", NOBODY, "401", shown="without a key", method="post"),
    *rows("disclosure:law_file", EVERYONE, args=law_file, shown="its file"),
    *rows("disclosure:law_file", NOBODY, args=lambda world: [world.rows["act"].pk, NO_UUID], shown="no file"),
    *rows(
        "site:article",
        EVERYONE,
        args=lambda world: [world.rows["act"].pk, world.rows["article"].anchor],
        shown="its article",
    ),
    *rows("site:article", NOBODY, args=lambda world: [world.rows["act"].pk, "999"], shown="no article"),
    *rows(
        "papers:verify_key", EVERYONE, args=lambda world: [world.paper_of("firm").key], shown="issued paper"
    ),
    *rows("papers:verify_key", NOBODY, args=lambda world: [NO_UUID], shown="no paper"),
]
DOCUMENTS = [
    *rows(
        "disclosure:home disclosure:points disclosure:documents disclosure:documents_csv disclosure:documents_json disclosure:feed "
        "site:sitemap_index site:robots api:columns",
        EVERYONE,
    ),
    *rows("disclosure:column disclosure:column_feed disclosure:column_csv disclosure:column_json", EVERYONE,
          args=lambda world: [world.rows["column"].slug]),
    *rows("site:sitemap_part", EVERYONE, args=lambda world: ["pages"], shown="the pages"),
    *rows("site:sitemap_part", NOBODY, args=lambda world: ["nothing"], shown="no such part"),
    *(
        row
        for state, allowed, others in (("public", EVERYONE, ""), ("draft", NOBODY, "404"), ("withdrawn", NOBODY, "410"))
        for row in (
            *rows("disclosure:document", allowed, others, args=document(state), shown=state),
            *rows("site:kiosk_document", allowed, others, args=document(state), shown=state),
            *rows("api:document", allowed, others, args=index_no(state), shown=state),
            *rows("disclosure:document_qr disclosure:document_bundle", allowed, "404", args=document(state), shown=state),
            *rows("disclosure:document_file", allowed, "404", args=document(state, file=True), shown=state),
        )
    ),
]  # fmt: skip
APPLYING = [
    *rows("approvals:apply", CITIZENS, "403", "sign in", args=item("published"), shown="published item"),
    *rows("approvals:apply", NOBODY, "403", "sign in", args=item("draft"), shown="draft item",
          apart=dict.fromkeys(CITIZENS, "404")),
    *rows("approvals:apply", NOBODY, "403", "sign in", args=item("retired"), shown="retired item",
          apart=dict.fromkeys(CITIZENS, "404")),
]  # fmt: skip
ACCOUNTS = [
    *rows(
        "account_home account_login account_request_login_code account_confirm_login_code account_logout "
        "account_inactive account_signup account_reset_password",
        EVERYONE,
    ),
    *rows(
        "account_reauthenticate account_verify_phone account_change_phone account_change_password "
        "account_set_password mfa_index mfa_authenticate mfa_list_webauthn people:account site:my site:messages",
        SIGNED_IN, "ok", "sign in",
    ),
    *rows("mfa_reauthenticate", INSIDE, "again", "sign in"),
    *rows("mfa_activate_totp mfa_add_webauthn mfa_reauthenticate_webauthn mfa_generate_recovery_codes",
          NOBODY, "again", "sign in"),
    *rows("mfa_remove_webauthn mfa_edit_webauthn", NOBODY, "again", "sign in", args=lambda world: [1]),
    *rows("mfa_view_recovery_codes mfa_download_recovery_codes", NOBODY, "404", "sign in"),
    *rows("mfa_deactivate_totp", NOBODY, "again", "sign in", apart=dict.fromkeys(CITIZENS, "404")),
    *rows("people:identity people:parties people:add_party", CITIZENS, "away", "sign in"),
    *rows("people:act", CITIZENS, "away", "sign in", method="post"),
    *rows("people:party", {"agent"}, "404", "sign in", args=pk("firm"), shown="a firm", apart=STAFF_AWAY),
    *rows("people:withdraw", {"agent"}, "404", "sign in", args=pk("authorisation"), shown="one's own",
          apart=STAFF_AWAY),
    *rows("people:verify", {"agent"}, "404", "sign in", args=pk("authorisation"), shown="for a firm",
          method="post", apart=STAFF_AWAY),
    *rows("people:withdraw", {"agent", "former"}, "404", "sign in", args=pk("former_authorisation"),
          shown="a withdrawn one", apart=STAFF_AWAY),
]  # fmt: skip
DRAFT_PAGES = (
    "approvals:draft_materials approvals:draft_precheck approvals:draft_check approvals:draft_discard"
)
DRAFTS = [
    row
    for name, writer in (("own", "applicant"), ("firm", "agent"))
    for row in (
        *rows("approvals:draft_form", {writer}, "404", "sign in", args=draft(name, 1), shown=name, apart=STAFF_403),
        *rows("approvals:draft_form", NOBODY, "404", "sign in", args=draft(name, 9), shown=f"{name}, no such page",
              apart=STAFF_403),
        *rows(DRAFT_PAGES, {writer}, "404", "sign in", args=draft(name), shown=name, apart=STAFF_403),
        *rows("approvals:draft_submit", NOBODY, "404", "sign in", args=draft(name), shown=name, method="post",
              apart={**STAFF_403, writer: "refused"}),
    )
]  # fmt: skip
CASES = [
    *rows("approvals:case", {*SEES_OWN, "tracker"}, args=case("own"), shown="own"),
    *rows("approvals:case", SEES_FIRM, args=case("firm"), shown="firm"),
    *rows("approvals:case", SEES_ELSEWHERE, args=case("elsewhere"), shown="elsewhere"),
    *rows("approvals:case", SEES_OWN, args=case("waiting"), shown="own, not tracked"),
    *rows("approvals:case_date", {*SEES_OWN, "tracker"}, args=clock("own"), shown="own"),
    *rows("approvals:case_date", SEES_FIRM, args=clock("firm"), shown="firm"),
    *rows("approvals:case_date", NOBODY, args=clock("own", of="firm"), shown="another case's clock"),
    *rows("approvals:case_paper", {*SEES_OWN, "tracker"}, args=paper("own"), shown="own"),
    *rows("approvals:case_paper", SEES_FIRM, args=paper("firm"), shown="firm"),
    *rows("approvals:case_paper", NOBODY, args=paper("own", of="firm"), shown="another case's paper"),
    *rows("approvals:case_file", SEES_OWN, args=file("own"), shown="own"),
    *rows("approvals:case_file", SEES_FIRM, args=file("firm"), shown="firm"),
    *rows("approvals:case_file", SEES_ELSEWHERE, args=file("elsewhere"), shown="elsewhere"),
    *rows("approvals:case_file", NOBODY, args=file("own", of="firm"), shown="another case's file"),
    *rows(
        "approvals:submitted approvals:withdraw approvals:statement",
        {"applicant"},
        "404",
        "sign in",
        args=case("own"),
        shown="own",
    ),
    *rows(
        "approvals:submitted approvals:withdraw approvals:statement",
        {"agent"},
        "404",
        "sign in",
        args=case("firm"),
        shown="firm",
    ),
    *rows(
        "approvals:supplement",
        {"applicant"},
        "404",
        "sign in",
        args=case("waiting"),
        shown="waiting for papers",
    ),
    *rows("approvals:supplement", {"agent"}, "404", "sign in", args=case("firm"), shown="firm"),
]
REQUESTS = [
    *rows("disclosure:request disclosure:follow disclosure:record_ask disclosure:replies", EVERYONE),
    *rows("disclosure:progress", {*SEES_OWN, "tracker"}, args=request("own"), shown="own"),
    *rows("disclosure:progress", SEES_OWN, args=request("waiting"), shown="own, not tracked"),
    *rows("disclosure:progress", SEES_ELSEWHERE, args=request("elsewhere"), shown="elsewhere"),
    *rows("disclosure:request_submitted disclosure:request_withdraw", {"applicant", "tracker"}, args=request("own"),
          shown="own"),
    *rows("disclosure:request_correct", {"applicant"}, args=request("waiting"), shown="to be corrected"),
    *rows("disclosure:request_reasons", {"applicant"}, args=request("asked why"), shown="to say why"),
    *rows("disclosure:request_date", {*SEES_OWN, "tracker"}, args=request_clock("own"), shown="own"),
    *rows("disclosure:request_date", NOBODY, args=request_clock("own", of="waiting"), shown="another one's clock"),
    *rows("disclosure:request_paper", {*SEES_OWN, "tracker"}, args=request_paper("own"), shown="own"),
    *rows("disclosure:request_paper", NOBODY, args=request_paper("own", of="waiting"), shown="another one's letter"),
    *rows("disclosure:request_file", SEES_OWN, args=request_file("own"), shown="own, handed in"),
    *rows("disclosure:request_file", NOBODY, args=request_file("own", of="elsewhere"), shown="another one's file"),
    *rows("disclosure:record", SEES_OWN, args=lambda world: [world.rows["recordcorrection"].number], shown="own"),
]  # fmt: skip
OWN_RECORD = [
    *rows("talent:mine", CITIZENS, "away", "sign in"),
    *rows("talent:enter", {"agent"}, "404", "sign in", method="post", shown="nobody", apart=STAFF_AWAY,
          outside=dict.fromkeys(CITIZENS, "404")),
    *rows("talent:own_person", {"applicant", "stranger"}, "404", "sign in", apart=STAFF_AWAY),
    *rows("talent:propose_person", {"applicant", "stranger"}, "404", "sign in", args=lambda world: ["school"], apart=STAFF_AWAY),
    *rows("talent:person_rows", {"applicant", "stranger"}, "404", "sign in", args=lambda world: ["trainings"], apart=STAFF_AWAY),
    *rows("talent:person_rows", NOBODY, "404", "sign in", args=lambda world: ["nothing"], shown="no such part", apart=STAFF_AWAY),
    *rows("talent:person_end_row", {"applicant"}, "404", "sign in", apart=STAFF_AWAY,
          args=lambda world: ["trainings", world.rows["training"].pk]),
    *rows("talent:withdraw_proposal", {"agent"}, "404", "sign in", method="post", args=pk("proposal"), apart=STAFF_AWAY),
    *rows("talent:leave", {"applicant"}, "404", "sign in", args=pk("employment"), apart=STAFF_AWAY),
    *rows("talent:invitation", {"agent", "stranger"}, "404", "sign in", apart=STAFF_AWAY,
          args=lambda world: [world.rows["invitation"].key]),
    *rows("talent:person_credit", {"applicant", "stranger"}, "404", "sign in", apart=STAFF_AWAY),
    *rows("talent:person_lookups", {"applicant", "stranger"}, "404", "sign in", apart=STAFF_AWAY),
    *rows("talent:own_lookups", {"agent"}, "404", "sign in", args=own(), apart=STAFF_AWAY),
    *rows("talent:repair", {"agent"}, "404", "sign in", args=pk("creditrecord"), apart=STAFF_AWAY),
    *rows("talent:own_enterprise talent:own_credit talent:own_facts talent:own_staff talent:invite", {"agent"}, "404", "sign in",
          args=own(), apart=STAFF_AWAY),
    *rows("talent:propose", {"agent"}, "404", "sign in", args=own("capital"), apart=STAFF_AWAY),
    *rows("talent:propose", NOBODY, "404", "sign in", args=own("uscc"), shown="no field of its own", apart=STAFF_AWAY),
    *rows("talent:release", {"agent"}, "404", "sign in", args=own("employment"), apart=STAFF_AWAY),
    *rows("talent:own_rows talent:add_row", {"agent"}, "404", "sign in", args=own("equipments"), shown="no such part",
          apart={**STAFF_AWAY, "agent": "404"}),
    *(row for part in ("projects", "files") for row in rows(
        "talent:own_rows talent:add_row", {"agent"}, "404", "sign in", args=own(part), shown=part, apart=STAFF_AWAY)),
    *(row for part in ("qualifications", "permits") for row in rows(
        "talent:own_rows", {"agent"}, "404", "sign in", args=own(part), shown=part, apart=STAFF_AWAY)),
    *(row for part in ("qualifications", "permits") for row in rows(
        "talent:add_row", NOBODY, "404", "sign in", args=own(part), shown=part, apart=STAFF_AWAY)),
    *rows("talent:end_row", {"agent"}, "404", "sign in", apart=STAFF_AWAY,
          args=lambda world: [world.rows["enterprise"].uscc, "equipment", world.rows["equipment"].pk]),
    *rows("talent:own_file", {"agent"}, "404", "sign in", apart=STAFF_AWAY,
          args=lambda world: [world.rows["enterprise"].uscc, world.rows["enterprisefile"].attachment.key]),
]  # fmt: skip
SUPERVISION = rows("supervision:overview supervision:cases", WATCHERS, "403", "sign in")
MACHINES = [
    *rows("notices:aliyun_receipts notices:aliyun_replies notices:tencent_receipts notices:tencent_replies",
          NOBODY, "403", args=lambda world: ["guess"], shown="a guessed token", method="post"),
    *rows("notices:web_receipts", NOBODY, "403", shown="no signature", method="post"),
]  # fmt: skip


def desk(addresses: str, allowed: set[str], others: str = "403", **more: Any) -> list[Row]:
    """Behind the staff door: who has no place inside is shown to it, whatever the address."""
    return rows(addresses, allowed, others, "door", **more, apart=dict.fromkeys(CITIZENS, "door"))


DESK = [
    *rows("admin/login/ admin:login", NOBODY, "403", "sign in", apart=dict.fromkeys(INSIDE, "sign in")),
    *rows("admin/logout/ admin:logout admin/password_change/ admin:password_change", EVERYONE),
    *desk("admin/ admin:index admin:search admin:jsi18n admin:password_change_done", INSIDE),
    *desk("admin:autocomplete", NOBODY),
    *desk("admin:view_on_site", NOBODY, "404", args=lambda world: [0, 0]),
    *desk("admin/(?P<url>.*)$", NOBODY, "404", args=lambda world: ["admin/nothing/"]),
    *desk("admin:approvals_case_changelist", STAFF, "ok"),
    *desk("admin:approvals_case_mine admin:approvals_case_pool admin:approvals_case_department "
          "admin:approvals_case_reversals admin:approvals_case_batch", STAFF),
    *desk("admin:approvals_case_work", SEES_OWN - CITIZENS, "403", args=lambda world: [world.cases["own"].pk],
          shown="own department's", outside={"elsewhere": "404"}),
    *desk("admin:approvals_case_work", {"elsewhere", "supervisor"}, "403", shown="another department's",
          args=lambda world: [world.cases["elsewhere"].pk], outside=dict.fromkeys(OFFICE, "404")),
    *desk("admin:disclosure_informationrequest_changelist", STAFF | {"publicity"}, "ok"),
    *desk("admin:disclosure_informationrequest_mine admin:disclosure_informationrequest_pool "
          "admin:disclosure_informationrequest_signing admin:disclosure_informationrequest_department "
          "admin:disclosure_informationrequest_answered admin:disclosure_informationrequest_topics",
          STAFF | {"publicity"}),
    *desk("admin:disclosure_informationrequest_entry", STAFF),
    *desk("admin:disclosure_informationrequest_work", SEES_OWN - CITIZENS, "403", shown="own department's",
          args=lambda world: [world.requests["own"].pk], outside={"elsewhere": "404", "publicity": "404"}),
    *desk("admin:disclosure_informationrequest_preview", SEES_OWN - CITIZENS, "403", shown="a draft of the own department",
          args=lambda world: [world.requests["drafted"].pk], outside={"elsewhere": "404", "publicity": "404"}),
    *desk("admin:disclosure_informationrequest_work", {"elsewhere", "supervisor"}, "403", shown="another department's",
          args=lambda world: [world.requests["elsewhere"].pk], outside=dict.fromkeys([*OFFICE, "publicity"], "404")),
    *desk("admin:workdays_calendarnotice_publish admin:workdays_calendarnotice_discard", {"head"},
          args=pk("calendarnotice"), method="post"),
    *desk("admin:people_absence_deed", NOBODY, args=pk("absence", "none"), shown="no deed"),
    *desk("admin:finding_unfound_deed", NOBODY, args=pk("unfound", "none"), shown="no deed"),
    *desk("admin:people_user_behaviour", {"security"}),
    *desk("admin:notices_halt_deed", NOBODY, args=pk("halt", "none"), shown="no deed"),
    *desk("admin:disclosure_columnday_overview", {"publicity", "supervisor"}),
    *desk("admin:disclosure_columnday_figure", {"publicity", "supervisor"}, args=lambda world: ["published"]),
    *desk("admin:disclosure_transferbatch_file", {"publicity"}, args=pk("transferbatch")),
    *desk("admin:disclosure_importbatch_faults", {"publicity"}, args=pk("importbatch")),
    *desk("admin:talent_staffingalert_enterprise", REGISTRY_WATCH, args=lambda world: [world.rows["staffingalert"].enterprise_id]),
    *desk("admin:talent_staffingalert_people", REGISTRY_WATCH, args=lambda world: [world.rows["staffingalert"].enterprise_id, world.rows["staffingstate"].pk]),
    *desk("admin:talent_registrybatch_faults", {"head"}, args=pk("registrybatch")),
    *desk("admin:talent_resident_figures admin:talent_resident_tell", STREET),
    *desk("admin:talent_proposal_evidence", SEES_OWN - CITIZENS, "404", args=pk("proposal")),
    *desk("admin:papers_paper_file", SEES_OWN - CITIZENS, "404", args=pk("paper")),
]  # fmt: skip
ITEM_PAGES = "admin:approvals_serviceitem_version admin:approvals_serviceitem_preview admin:approvals_serviceitem_export"
ITEMS = [
    *(row for state in ("draft", "published", "retired") for row in desk(
        ITEM_PAGES, STAFF, args=version(state), shown=f"{state} item")),
    *desk("admin:approvals_serviceitem_section", STAFF, args=version("draft", "basics"), shown="draft item"),
    *desk("admin:approvals_serviceitem_section", NOBODY, "403", args=version("draft", "nothing"), shown="no such tab",
          outside=dict.fromkeys(STAFF, "404")),
    *desk("admin:approvals_serviceitem_section", NOBODY, args=version("published", "basics"), method="post",
          shown="frozen, edited"),
    *desk("admin:approvals_serviceitem_section", NOBODY, args=version("draft", "basics"), method="post",
          shown="draft, edited with nothing", outside={"head": "refused"}),
    *desk("admin:approvals_serviceitem_file", STAFF, args=blank_form("sampled"), shown="its form"),
    *desk("admin:approvals_serviceitem_file", NOBODY, args=blank_form("published"), shown="another item's form",
          outside=dict.fromkeys(STAFF, "404")),
    *desk("admin:approvals_serviceitem_import_items", {"head"}),
    *desk("admin:approvals_serviceitem_publish", {"head"}, args=version("draft"), method="post", shown="draft item"),
    *desk("admin:approvals_serviceitem_publish", NOBODY, args=version("elsewhere"), method="post",
          shown="another department's"),
    *desk("admin:approvals_serviceitem_new_version", {"head"}, args=pk("serviceitem"), method="post"),
    *desk("admin:approvals_serviceitem_hand_over", NOBODY, args=pk("serviceitem"), method="post", shown="to nobody",
          outside={"head": "refused"}),
    *desk("admin:approvals_serviceitem_retire", NOBODY, args=pk("serviceitem"), method="post", shown="without a reason",
          outside={"head": "refused"}),
]  # fmt: skip
# The publishing desk. A draft is its department's; whoever reads it is refused at the form of another's deed.
DRAFTERS = {"editor", "handler"}
DESKERS = STAFF | {"publicity"}
VERSION = "admin:disclosure_documentversion_"
HIDES_DRAFTS = {"elsewhere": "404"}
NO_COMPARISON = dict.fromkeys(DESKERS, "404")
DEEDS_ON_DOCUMENTS = {
    **dict.fromkeys(DOCUMENT_DEEDS, NOBODY), "submit": DRAFTERS, "mask": DRAFTERS, "discard": DRAFTERS,
}  # fmt: skip
PUBLISHING = [
    *desk(f"{VERSION}changelist", DESKERS, "ok"),
    *desk(" ".join(f"{VERSION}{scope}" for scope in ("mine", "review", "department", "public", "takedown")), DESKERS),
    *desk(f"{VERSION}new", DRAFTERS),
    *desk(f"{VERSION}work {VERSION}preview", DESKERS - {"elsewhere"}, args=pk("documentversion"), shown="draft",
          outside=HIDES_DRAFTS),
    *desk(f"{VERSION}date", DESKERS - {"elsewhere"}, shown="draft's limit", outside=HIDES_DRAFTS,
          args=lambda world: [world.rows["documentversion"].pk,
                              world.rows["documentversion"].document.publication_clock.public_key]),
    *desk(f"{VERSION}edit", DRAFTERS, args=pk("documentversion"), shown="draft", outside=HIDES_DRAFTS),
    *desk(f"{VERSION}compare", NOBODY, args=pk("documentversion"), shown="first version", outside=NO_COMPARISON),
    *desk(f"{VERSION}compare", DESKERS - {"elsewhere"}, args=pk("revision"), shown="revision", outside=HIDES_DRAFTS),
    *desk(f"{VERSION}file", DESKERS - {"elsewhere"}, shown="draft's file", outside=HIDES_DRAFTS,
          args=lambda world: [world.rows["documentversion"].pk, world.rows["documentfile"].key]),
    *desk(f"{VERSION}file", NOBODY, shown="another version's file", outside=NO_COMPARISON,
          args=lambda world: [world.rows["published"].pk, world.rows["documentfile"].key]),
    *(
        row
        for code, who in DEEDS_ON_DOCUMENTS.items()
        for row in desk(f"{VERSION}act", who, args=pk("documentversion", code), method="post", shown=code,
                        outside={**HIDES_DRAFTS, **dict.fromkeys((DESKERS - {"elsewhere"}) - who, "refused")})
    ),
]  # fmt: skip
# In these states: who may do it; everyone else who may read the case is refused at the form.
RECEIVERS = {"clerk", "handler", "head"}
DEEDS_ON_CASES = {
    "accept": RECEIVERS, "ask_supplement": NOBODY, "refuse_acceptance": NOBODY, "claim": {"handler"}, "pass_on": NOBODY,
    "decide_grant": NOBODY, "decide_refuse": NOBODY, "send_back": NOBODY, "deliver": NOBODY, "close": NOBODY,
    "transfer": NOBODY, "unmask": NOBODY, "propose_reversal": NOBODY, "decide_reversal": NOBODY, "drop_reversal": NOBODY,
}  # fmt: skip
DEEDS_ON_REQUESTS = dict.fromkeys([*REQUEST_DEEDS, "unmask"], NOBODY) | {"claim": RECEIVERS}
ADMIN_APPS = {
    "notices": LEDGER | {"system"},
    "auth": NOBODY, "account": NOBODY, "mfa": NOBODY, "audit": {"system", "audit"}, "people": INSIDE,
    "finding": {"publicity"}, "workdays": STAFF, "papers": STAFF | {"system"}, "disclosure": STAFF | {"publicity"}, "approvals": STAFF,
    "talent": STAFF | {"security"},
}  # fmt: skip
# model: (who looks at list, row and history; who adds; what those see who may not look at the row)
MODELS: dict[str, tuple[set[str], set[str]]] = {
    "auth_group": (NOBODY, NOBODY),
    "account_emailaddress": (NOBODY, NOBODY),
    "mfa_authenticator": (NOBODY, NOBODY),
    "audit_entry": ({"audit"}, NOBODY),
    "audit_daydigest": ({"audit"}, NOBODY),
    "audit_heartbeat": ({"system"}, NOBODY),
    "approvals_serviceitem": (STAFF, {"head"}),
    "approvals_conflictofinterest": (STAFF, STAFF),
    "people_department": (INSIDE, {"system"}),
    "people_window": (INSIDE, {"system"}),
    "people_party": (STAFF, NOBODY),
    "people_authorisation": (STAFF, NOBODY),
    "people_post": (INSIDE, {"security"}),
    "people_absence": (INSIDE, {"head"}),
    "people_user": (ADMINISTRATORS, {"system"}),
    "people_lockout": ({"security"}, NOBODY),
    "notices_notice": (LEDGER | {"system"}, NOBODY),
    "notices_followup": (LEDGER, NOBODY),
    "notices_template": ({"system"}, NOBODY),
    "notices_optout": (LEDGER, NOBODY),
    "notices_halt": ({"system"}, NOBODY),
    "workdays_calendarday": (STAFF, NOBODY),
    "workdays_shadowrun": ({"head", "supervisor"}, NOBODY),
    "workdays_calendarnotice": (STAFF, {"head"}),
    "papers_paper": (STAFF, NOBODY),
    "papers_letterhead": ({"head", "system"}, {"system"}),
    "disclosure_recordcorrection": (STAFF, NOBODY),
    "disclosure_remedy": (STAFF, NOBODY),
    "disclosure_act": (STAFF | {"publicity"}, {"publicity"}),
    "disclosure_transferbatch": ({"publicity"}, NOBODY),
    "disclosure_gazetteissue": ({"publicity"}, {"publicity"}),
    "disclosure_importbatch": ({"publicity"}, {"publicity"}),
    "talent_registrybatch": ({"head"}, {"head"}),
    "talent_staffingalert": (REGISTRY_WATCH, NOBODY),
    "talent_staffingrule": (REGISTRY_WATCH, NOBODY),
    "talent_flag": (REGISTRY_WATCH, NOBODY),
    "disclosure_columnday": ({"publicity", "supervisor"}, NOBODY),
    "disclosure_brokenlink": ({"publicity"}, NOBODY),
    "disclosure_exitcheck": ({"publicity"}, NOBODY),
    "disclosure_repost": ({"publicity", "supervisor"}, {"publicity"}),
    "disclosure_assessmentfinding": ({"publicity", "supervisor", "head", "editor"}, {"publicity"}),
    "disclosure_column": (STAFF | {"publicity"}, {"publicity"}),
    "disclosure_article": (STAFF | {"publicity"}, {"publicity"}),
    "disclosure_readingpoint": (STAFF | {"publicity"}, {"publicity"}),
    "finding_synonym": ({"publicity"}, {"publicity"}),
    "finding_pin": ({"publicity"}, {"publicity"}),
    "finding_unfound": ({"publicity"}, NOBODY),
    "talent_enterprise": (STAFF, NOBODY),
    "talent_person": (STAFF, NOBODY),
    "talent_resident": (STREET, STREET),
    "talent_proposal": (STAFF, NOBODY),
    "talent_credititem": (STAFF, NOBODY),
    "talent_creditrecord": (STAFF, REGISTRARS),
    "talent_creditrepair": (STAFF, NOBODY),
    "talent_blacklisting": (STAFF, REGISTRARS),
    "talent_sharingkey": (KEYHOLDERS, {"head"}),
    "disclosure_annualreport": (STAFF | {"publicity"}, COMPILERS),
    "disclosure_statedfigure": (STAFF | {"publicity"}, COMPILERS),
    "disclosure_importedreport": (STAFF | {"publicity"}, COMPILERS),
}
DEEDS_ON_ROWS: dict[str, set[str]] = {
    "people_party unmask": STAFF,
    "people_authorisation verify": {"clerk", "head", "elsewhere"},
    "people_authorisation withdraw": {"clerk", "head", "elsewhere"},
    "people_post end": {"security"},
    "approvals_conflictofinterest end": CONFLICT,
    "people_user disable": {"system"},
    "people_user enable": {"system"},
    "people_user password": {"system"},
    "people_user factor": {"system"},
    "people_user role": {"security"},
    "people_lockout unlock": {"security"},
    "papers_paper revoke": {"head"},
    "disclosure_repost withdraw": {"publicity"},
    "disclosure_assessmentfinding rectify": {"head", "editor"},
    "disclosure_assessmentfinding pass": {"publicity"},
    "disclosure_assessmentfinding return": {"publicity"},
    "disclosure_recordcorrection settle": STAFF - {"elsewhere"},
    "disclosure_remedy edit": {"head"},
    "disclosure_transferbatch send": {"publicity"},
    "disclosure_transferbatch receive": {"publicity"},
    "disclosure_gazetteissue period": {"publicity"},
    "disclosure_gazetteissue take-in": {"publicity"},
    "disclosure_gazetteissue take-out": {"publicity"},
    "disclosure_gazetteissue publish": {"publicity"},
    "disclosure_readingpoint count": {"clerk", "elsewhere", "publicity"},
    "talent_registrybatch begin": {"head"},
    "talent_staffingalert handle": {"handler", "head"},
    "talent_flag clear": {"supervisor"},
    "talent_registrybatch give-up": {"head"},
    "disclosure_importbatch begin": {"publicity"},
    "disclosure_importbatch give-up": {"publicity"},
    "disclosure_act supersede": {"publicity"},
    "disclosure_act repeal": {"publicity"},
    "disclosure_act restore": {"publicity"},
    "disclosure_act attach": {"publicity"},
    "disclosure_act detach": {"publicity"},
    "notices_notice resend": LEDGER - {"elsewhere"},
    "notices_notice reveal": LEDGER - {"elsewhere"},
    "notices_followup answer": LEDGER - {"elsewhere"},
    "notices_followup reveal": LEDGER - {"elsewhere"},
    "notices_template gateway-codes": {"system"},
    "notices_optout revoke": LEDGER,
    "finding_synonym change": {"publicity"},
    "finding_synonym drop": {"publicity"},
    "finding_pin unpin": {"publicity"},
    **{
        f"talent_{row} {deed}": {"head"}
        for row in ("enterprise", "person")
        for deed in ("preview", "merge", "archive")
    },
    "talent_resident keep": STREET - {"elsewhere"},
    "talent_resident consent": STREET - {"elsewhere"},
    "talent_resident withdraw-consent": STREET - {"elsewhere"},
    "talent_resident health": STREET - {"elsewhere"},
    "talent_proposal accept": REGISTRARS,
    "talent_proposal refuse": REGISTRARS,
    "talent_creditrecord revoke": REGISTRARS,
    "talent_creditrepair accept": REGISTRARS,
    "talent_creditrepair refuse": REGISTRARS,
    "talent_blacklisting remove": REGISTRARS,
    "talent_sharingkey grant": {"security"},
    "talent_sharingkey refuse": {"security"},
    "talent_sharingkey issue": {"head"},
    "talent_sharingkey revoke": {"security"},
    "talent_sharingkey give-up": {"head"},
    "disclosure_annualreport correct": COMPILERS,
    "disclosure_annualreport check": COMPILERS,
    "disclosure_annualreport publish": {"approver", "head", "publicity"},
    "disclosure_annualreport reissue": COMPILERS,
    "disclosure_annualreport discard": COMPILERS,
    "disclosure_statedfigure withdraw": COMPILERS,
}
# What is not one's own department's is answered as if it were not there.
HIDDEN = {
    **{
        f"notices_{model}_{page}": {"elsewhere": "away", **more}
        for model in ("notice", "followup")
        for page, more in (("change", {}), ("history", {"publicity": "away"}))
    },
    **{f"notices_{model}_deed": {"elsewhere": "404", "publicity": "404"} for model in ("notice", "followup")},
    "approvals_conflictofinterest_change": dict.fromkeys(STAFF - CONFLICT, "away"),
    "approvals_conflictofinterest_history": dict.fromkeys(INSIDE - CONFLICT, "away"),
    "approvals_conflictofinterest_deed": dict.fromkeys(INSIDE - CONFLICT, "404"),
    "disclosure_assessmentfinding_history": dict.fromkeys(["elsewhere", *ADMINISTRATORS], "away"),
    "disclosure_assessmentfinding_deed": dict.fromkeys(["elsewhere", *ADMINISTRATORS], "404"),
    **{f"talent_{model}_history": dict.fromkeys(INSIDE - REGISTRY_WATCH, "away") for model in ("staffingalert", "flag")},
    **{f"talent_{model}_deed": dict.fromkeys(INSIDE - REGISTRY_WATCH, "404") for model in ("staffingalert", "flag")},
    "disclosure_recordcorrection_change": {"elsewhere": "away"},
    "disclosure_recordcorrection_history": dict.fromkeys(["elsewhere", "publicity", *ADMINISTRATORS], "away"),
    "disclosure_recordcorrection_deed": dict.fromkeys(["elsewhere", "publicity", *ADMINISTRATORS], "404"),
    "talent_resident_change": {"elsewhere": "away"},
    "talent_resident_history": dict.fromkeys(["elsewhere", "publicity", *ADMINISTRATORS], "away"),
    "talent_resident_deed": dict.fromkeys(["elsewhere", "publicity", *ADMINISTRATORS], "404"),
    "talent_proposal_change": {"elsewhere": "away"},
    "talent_proposal_history": dict.fromkeys(["elsewhere", "publicity", *ADMINISTRATORS], "away"),
    "talent_proposal_deed": dict.fromkeys(["elsewhere", "publicity", *ADMINISTRATORS], "404"),
    "talent_sharingkey_history": dict.fromkeys(INSIDE - KEYHOLDERS, "away"),
    "talent_sharingkey_deed": dict.fromkeys(INSIDE - KEYHOLDERS, "404"),
    "papers_paper_change": {"elsewhere": "away"},
    "papers_paper_history": {
        "elsewhere": "away", "publicity": "away", "system": "away", "security": "away", "audit": "away",
    },
    "papers_paper_deed": {
        "elsewhere": "404", "publicity": "404", "system": "404", "security": "404", "audit": "404",
    },
    "disclosure_annualreport_change": {"elsewhere": "away"},
    "disclosure_annualreport_history": {
        "elsewhere": "away", "system": "away", "security": "away", "audit": "away",
    },
    "disclosure_annualreport_deed": {"elsewhere": "404", "system": "404", "security": "404", "audit": "404"},
}  # fmt: skip


def _model_rows(model: str, looks: set[str], adds: set[str]) -> Iterator[Row]:
    row = model.split("_", 1)[1]
    yield from desk(f"admin:{model}_changelist", looks)
    yield from desk(f"admin:{model}_add", adds)
    yield from desk(f"admin:{model}_delete", NOBODY, args=pk(row))
    for page in ("change", "history"):
        hidden = HIDDEN.get(f"{model}_{page}", {})
        yield from desk(f"admin:{model}_{page}", looks - set(hidden), args=pk(row), outside=hidden)
    yield from desk(f"admin/{model.replace('_', '/', 1)}/<path:object_id>/", INSIDE, args=pk(row))


GENERATED = [
    *(row for model, (looks, adds) in MODELS.items() for row in _model_rows(model, looks, adds)),
    *(
        row
        for key, who in DEEDS_ON_ROWS.items()
        for model, code in [key.split()]
        for row in desk(f"admin:{model}_deed", who, args=pk(model.split("_", 1)[1], code), shown=code,
                        outside=HIDDEN.get(f"{model}_deed", {}))
    ),
    *(
        row
        for code, who in DEEDS_ON_CASES.items()
        for row in desk("admin:approvals_case_act", who, "403", method="post", shown=code,
                        args=lambda world, code=code: [world.cases["own"].pk, code],
                        outside={"elsewhere": "404", **dict.fromkeys((OFFICE | {"supervisor"}) - who, "refused")})
    ),
    *(
        row
        for code, who in DEEDS_ON_REQUESTS.items()
        for row in desk("admin:disclosure_informationrequest_act", who, "403", method="post", shown=code,
                        args=lambda world, code=code: [world.requests["own"].pk, code],
                        outside={"elsewhere": "404", "publicity": "404", **dict.fromkeys((OFFICE | {"supervisor"}) - who, "refused")})
    ),
    *(
        row
        for app, who in ADMIN_APPS.items()
        for row in desk("admin:app_list", who, "404", args=lambda world, app=app: [app], shown=app)
    ),
]  # fmt: skip
REPORTS = [
    *rows("disclosure:reports", EVERYONE),
    *rows("disclosure:report", EVERYONE, args=lambda world: annual_report(world, "published_report"), shown="published"),
    *rows("disclosure:report", NOBODY, args=lambda world: annual_report(world, "annualreport"), shown="in the making"),
    *rows("disclosure:report_file", EVERYONE, args=lambda world: [*annual_report(world, "published_report"), "json"],
          shown="published"),
    *rows("disclosure:report_file", NOBODY, args=lambda world: [*annual_report(world, "annualreport"), "json"],
          shown="in the making"),
    *rows("disclosure:report_edition", EVERYONE, args=lambda world: [*annual_report(world, "published_report"), 1],
          shown="published"),
    *rows("disclosure:report_edition", NOBODY, args=lambda world: [*annual_report(world, "annualreport"), 1],
          shown="in the making"),
    *rows("disclosure:report_edition_file", EVERYONE,
          args=lambda world: [*annual_report(world, "published_report"), 1, "json"], shown="published"),
    *rows("disclosure:report_edition_file", NOBODY,
          args=lambda world: [*annual_report(world, "annualreport"), 1, "json"], shown="in the making"),
    *desk("admin:disclosure_annualreport_words", COMPILERS, args=pk("annualreport"),
          outside={"elsewhere": "404", **dict.fromkeys(ADMINISTRATORS, "403")}),
    *desk("admin:disclosure_annualreport_rows", OFFICE | {"supervisor", "publicity"}, args=pk("annualreport", "t2.penalties.decisions"),
          outside={"elsewhere": "404"}),
    *desk("site:recount_report", COMPILERS, args=pk("annualreport"), method="post", outside={"elsewhere": "404"}),
    *desk("site:report_licences", OFFICE | {"supervisor", "publicity"}, args=pk("annualreport"), outside={"elsewhere": "404"}),
]  # fmt: skip
TABLE = [
    *REPORTS,
    *PUBLIC,
    *DOCUMENTS,
    *APPLYING,
    *ACCOUNTS,
    *DRAFTS,
    *CASES,
    *REQUESTS,
    *OWN_RECORD,
    *SUPERVISION,
    *MACHINES,
    *DESK,
    *ITEMS,
    *PUBLISHING,
    *GENERATED,
]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once for this file, and gone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browser_of(world: World) -> Callable[[str], Client]:
    """One browser, handed from one to the next with nothing of theirs left in it."""
    browser = Client(raise_request_exception=False)
    return lambda role: world.client(role, browser)


def url_of(world: World, row: Row) -> str:
    values = row.args(world)
    if "/" not in row.address:
        return reverse(row.address, args=values)
    return "/" + (re.sub(r"<[^>]+>|\(\?P.*\$", str(values[0]), row.address) if values else row.address)


def outcome(client: Client, row: Row, url: str) -> str:
    """What this visitor is answered; whatever the answer changed is undone."""
    with transaction.atomic():
        response = getattr(client, row.method)(url)
        transaction.set_rollback(True)
    if isinstance(response, FileResponse):
        list(response)  # read to the end, the file is closed
    return named(response, url)


def named(response: Any, url: str) -> str:
    status = response.status_code
    if status in (301, 302, 303):
        path = urlsplit(response["Location"]).path
        if path == "/admin/login/":
            return "door"
        if path == "/accounts/login/" and url != "/accounts/":
            return "sign in" if "/login/code/" not in url else "ok"
        if path in ("/accounts/reauthenticate/", "/accounts/2fa/reauthenticate/"):
            return "again"
        return "away" if path == "/admin/" and not url.startswith("/accounts/") else "ok"
    if status in (409, 422):
        return "refused"
    return "ok" if status == 200 else str(status)


def walk(world: World, browser_of: Callable[[str], Client], role: str) -> list[str]:
    """Every row as this visitor: answers that differ from the table, and visits that changed a row.

    Being shown something may touch the visitor's session, and nothing else.
    """
    faults: list[str] = []

    def watch(execute, sql, params, many, context):
        if re.match(r"\s*(INSERT|UPDATE|DELETE)", sql) and "django_session" not in sql:
            faults.append(f"{row.address} {url} wrote: {sql[:80]}")
        return execute(sql, params, many, context)

    for row in TABLE:
        url, expected = url_of(world, row), row.expected(role)
        watched = row.method == "get" and expected == "ok"
        with connection.execute_wrapper(watch) if watched else nullcontext():
            got = outcome(browser_of(role), row, url)
        if row.address == "site:ready" and got == "503":  # no job has run in a test
            got = "ok"
        if row.address == "api:deadlines" and got == "refused":  # asked without a question
            got = "ok"
        if got != expected:
            faults.append(f"{row.address} ({row.shown or '-'}) {url}: {got}, expected {expected}")
    return faults


# The heavier half of the work is done by tests/test_access_inside.py, in the other process.
INSIDE_WALKED = ("supervisor", "head", "clerk", "elsewhere", "handler", "system", "security")


@pytest.mark.parametrize("role", [role for role in ROLES if role not in INSIDE_WALKED])
def test_every_address_answers_this_visitor_as_the_table_says(world, browser_of, role):
    faults = walk(world, browser_of, role)
    assert not faults, f"{len(faults)} answers to {role} differ:\n" + "\n".join(faults)


def test_every_address_of_the_map_has_its_row():
    covered = {row.address for row in TABLE}
    missing = [name for name in urlmap.names() if name not in covered]
    gone = sorted(covered - set(urlmap.names()))
    assert not missing, "No row in the access table says who may see: " + ", ".join(missing)
    assert not gone, "Rows for addresses that no longer exist: " + ", ".join(gone)


def test_every_deed_of_the_staff_screens_has_its_row():
    on_rows = {
        f"{screen.opts.app_label}_{screen.opts.model_name} {deed.code}"
        for screen in admin.site._registry.values()
        if isinstance(screen, DeedsAdmin)
        for deed in screen.deeds
    }
    assert on_rows == set(DEEDS_ON_ROWS)
    assert {*DEEDS, "unmask"} == set(DEEDS_ON_CASES)


# Read, these show the page on which the deed is done.
READ_AND_POSTED = {
    "admin:approvals_case_act",
    "admin:approvals_serviceitem_section",
    "admin:disclosure_informationrequest_act",
    "admin:disclosure_documentversion_act",
}


def test_addresses_that_only_take_a_deed_refuse_to_be_read(world, browser_of):
    wrong = []
    for row in TABLE:
        role = next((role for role in ROLES if row.expected(role) in ("ok", "refused")), "head")
        if row.method == "post" and row.address not in READ_AND_POSTED:
            client = browser_of(role)
            status = client.get(url_of(world, row)).status_code
            if status != 405:
                wrong.append(f"{row.address}: {status}")
    assert not wrong, "GET must be answered 405: " + ", ".join(wrong)


# These believe a signature or a secret address, or change nothing but how the browser reads.
WITHOUT_TOKEN = {
    "notices:aliyun_receipts", "notices:aliyun_replies", "notices:tencent_receipts", "notices:tencent_replies",
    "notices:web_receipts", "site:preferences",
}  # fmt: skip


def test_no_post_is_taken_without_its_token(world):
    """Whoever may see an address must still prove that the form came from this site."""
    browser, wrong = Client(enforce_csrf_checks=True, raise_request_exception=False), []
    for row in TABLE:
        role = next((role for role in ROLES if row.expected(role) in ("ok", "refused")), "anonymous")
        with transaction.atomic():
            response = world.client(role, browser).post(url_of(world, row))
            transaction.set_rollback(True)
        refused = response.status_code == 403 and "403_csrf.html" in [t.name for t in response.templates]
        if row.address not in WITHOUT_TOKEN and not row.address.startswith("api:") and not refused:
            wrong.append(f"{row.address} ({role}): {response.status_code}")
        if row.address.startswith("api:") and response.status_code not in (401, 403, 404, 405):
            wrong.append(f"{row.address}: {response.status_code}")
    assert not wrong, "Taken without a token: " + ", ".join(wrong)


def test_a_citizen_at_the_staff_door_is_told_so_and_not_sent_in_circles(world, browser_of):
    answer = browser_of("applicant").get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "您不能查看这个页面" in answer.content.decode()
