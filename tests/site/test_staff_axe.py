"""Every page behind the workbench's doors, on a phone and on a desk, as those see it who work there."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from playwright.sync_api import Browser, Page

from approvals import workflow
from approvals.models import Case, CaseStatus
from disclosure.models import InformationRequest
from disclosure.workflow import requests as asking
from portal.audit.workflow import make_day_digest
from portal.notices.models import FollowUp
from portal.people.models import AdminRole, Department, PostRole, User
from portal.site.sidebar import navigation
from talent.models import Flag, StaffingState
from tests.approvals.makers import make_case, make_item, make_staff, make_upload
from tests.axe import violations
from tests.disclosure.request_makers import draft, make_reply, make_request
from tests.notices.makers import make_notice
from tests.people.makers import make_administrator
from tests.talent.watch_makers import make_watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = ["wcag2a", "wcag2aa"]
DESK, PHONE = 1280, 390

# What is read or heard: text, names, hints. Icons are drawn by a font whose letters nobody sees;
# what a person or a program wrote (codes, addresses, names of files) is marked as such.
READ = """() => {
    const words = [document.title];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walk.nextNode());) {
        const box = node.parentElement;
        if (box.closest("script, style, textarea, code, kbd, .material-symbols-outlined") || !box.checkVisibility()) continue;
        words.push(node.data.trim());
    }
    for (const box of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
        if (!box.checkVisibility()) continue;
        words.push(...["aria-label", "placeholder", "title", "alt"].map((name) => box.getAttribute(name) || ""));
    }
    return words.filter(Boolean);
}"""
ENGLISH = re.compile(r"[A-Za-z]{2,}")
# Codes, numbers, addresses and names of files have a mark in them; these few short words are Chinese by now.
NO_WORDS = re.compile(r"[\w:./-]*[\d_:./-][\w:./-]*|TOTP|PDF|YAML|CSV|XLSX|ZIP|ICP|KB|MB", re.ASCII)


@pytest.fixture
def office() -> dict[str, User]:
    """One person a post, the three administrators, and something in every list."""
    staff = make_staff(make_item().item.department)
    for status in CaseStatus.values:
        make_case(status, received_on=localdate())
    for stage in ("review", "approve"):
        make_case(CaseStatus.ACCEPTED, stage=stage, received_on=localdate())
    notice = make_notice(department=staff[PostRole.CLERK].posts.get().department)
    FollowUp.objects.create(notice=notice, why="号码是空号", opened_at=timezone.now())
    make_day_digest(localdate(), at=timezone.now())
    make_watched(notice.department)
    return {**staff, **{role: make_administrator(role) for role in AdminRole.values}}


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_context(locale="zh-CN").new_page()
    yield page
    page.context.close()


def requests_in_every_state(office: dict[str, User]) -> list[InformationRequest]:
    """Fresh, to be corrected, under consultation, to be paid, answered, to be signed, asked why."""
    now, officer = timezone.now(), office[PostRole.HANDLER]
    department = officer.posts.get().department
    fresh, waiting, asked, paying, told, drafted, many = (
        make_request(localdate(), serial=serial, department=department, title=f"{serial}号地块规划许可文件")
        for serial in range(1, 8)
    )
    asking.ask_correction(waiting, items=["请写明年度"], by=officer, at=now)
    asking.consult(
        asked,
        kind="third_party",
        name="示范市第一建筑工程有限公司",
        question="是否同意公开？",
        by=officer,
        at=now,
    )
    asking.ask_counsel(
        asked, kind="legal", of=office[PostRole.HEAD], question="是否涉密？", by=officer, at=now
    )
    asking.ask_fee(paying, method="by_page", quantity=57, by=officer, at=now)
    make_reply(told, "partial", files=[make_upload(shade=93)])
    asking.submit_reply(draft(drafted), by=officer, at=now)
    asking.ask_reasons(many, facts="本月内提出申请21件。", by=officer, at=now)
    return [fresh, waiting, asked, paying, told, drafted, many]


def sit_down(tab: Page, site: str, person: User) -> None:
    client = Client()
    client.force_login(person)
    tab.context.clear_cookies()
    tab.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


def doors(person: User) -> list[str]:
    request = RequestFactory().get("/admin/")
    request.user = person
    return [door["link"] for group in navigation(request) for door in group["items"]]


def shape(page: Page) -> str:
    """Lists and forms of the shell are alike but for their words; a page of our own is like itself only."""
    for marked in ("#changelist", "#content form[id$=_form]"):
        if page.locator(marked).count():
            return marked
    return re.sub(r"\d+", "", page.url)


def faults(page: Page, names: set[str], shapes: set[str]) -> list[str]:
    """What axe, the ruler and a reader of Chinese find wrong; ``names`` are accounts and codes of offices.

    Each page is asked on a phone, the first of each shape on a desk as well.
    """
    found = []
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 900})
        asked = width == PHONE or shape(page) not in shapes
        for violation in violations(page, runOnly=RULES) if asked else []:
            where = [node["html"][:200] for node in violation["nodes"]][:3]
            found.append(f"{violation['id']} at {width}: {where}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"scrolls sideways at {width}")
    shapes.add(shape(page))
    lang = page.locator("html").get_attribute("lang") or "missing"
    if lang.lower() not in ("zh-hans", "zh-cn"):
        found.append(f"lang is {lang}")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} h1")
    english = {text for text in page.evaluate(READ) if ENGLISH.search(NO_WORDS.sub("", text))} - names
    if english:
        found.append(f"English: {sorted(english)}")
    return found


def test_no_page_of_the_workbench_has_a_fault(tab: Page, live_server, office: dict[str, User]):
    site, walked, found = live_server.url, set(), {}
    shapes: set[str] = set()
    names = {
        *User.objects.values_list("username", flat=True),
        *Department.objects.values_list("code", flat=True),
    }

    def visit(path: str) -> None:
        answer = tab.goto(site + path)
        assert answer
        assert answer.status == 200, path
        look(path)

    def look(name: str) -> None:
        walked.add(name)
        if here := faults(tab, names, shapes):
            found[name] = here

    for person in office.values():
        sit_down(tab, site, person)
        for door in doors(person):
            if door in walked:
                continue
            visit(door)
            inner = [tab.locator(f'main a[href*="{part}"]') for part in ("/change/", "/add/")]
            for path in [it.first.get_attribute("href").split("?")[0] for it in inner if it.count()]:
                if re.sub(r"\d+", "", path) not in walked:
                    visit(path)
                    walked.add(re.sub(r"\d+", "", path))
    for case in Case.objects.select_related("handler"):
        step = case.open_step
        sit_down(tab, site, (step and step.assignee) or office[PostRole.CLERK])
        visit(reverse("admin:approvals_case_work", args=[case.pk]))
    over = Case.objects.get(status=CaseStatus.CLOSED)
    handler, at = office[PostRole.HANDLER], timezone.now()
    workflow.propose_reversal(over, ground="asked", facts="书面申请注销。", by=handler, at=at)
    sit_down(tab, site, office[PostRole.APPROVER])
    visit(reverse("admin:approvals_case_reversals"))
    visit(f"{reverse('admin:approvals_case_work', args=[over.pk])}?reversal")
    for asked in requests_in_every_state(office):
        sit_down(tab, site, office[PostRole.HEAD])
        visit(reverse("admin:disclosure_informationrequest_work", args=[asked.pk]))
    for page in ("signing", "department", "answered", "topics", "entry"):
        visit(reverse(f"admin:disclosure_informationrequest_{page}"))
    sit_down(tab, site, office[PostRole.SUPERVISOR])
    visit("/supervision/cases/")
    state = StaffingState.objects.get()
    visit(reverse("admin:talent_staffingalert_enterprise", args=[state.enterprise_id]))
    visit(reverse("admin:talent_staffingalert_people", args=[state.enterprise_id, state.pk]))
    visit(reverse("admin:talent_flag_deed", args=[Flag.objects.get().pk, "clear"]))
    sit_down(tab, site, office[PostRole.CLERK])
    tab.goto(site + reverse("admin:approvals_case_pool"))
    tab.get_by_role("checkbox").first.check()
    tab.get_by_role("button", name="受理", exact=True).click()
    look("batch")

    assert len(walked) > 30
    assert not found, "\n".join(f"{path}: {fault}" for path, here in found.items() for fault in here)


def test_the_workbench_opens_at_ones_own_work(client: Client, office: dict[str, User]):
    for role, door in (
        (PostRole.CLERK, "admin:approvals_case_mine"),
        (AdminRole.SECURITY, "admin:people_user_changelist"),
    ):
        client.force_login(office[role])
        assert client.get("/admin/").url == reverse(door)


def test_the_sidebar_names_the_person_and_the_post(client: Client, office: dict[str, User]):
    client.force_login(office[PostRole.CLERK])
    page = client.get(reverse("admin:approvals_case_mine")).content.decode()
    assert "市住建局窗口受理" in page
    assert office[PostRole.CLERK].name in page
    assert office[PostRole.CLERK].username not in page
