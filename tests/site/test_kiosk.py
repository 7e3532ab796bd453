"""The terminal in the hall: few words, large targets, and nothing left for the next one to see."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from playwright.sync_api import Browser, Page

from approvals.models import CaseStatus
from disclosure.models import Document
from disclosure.workflow import documents
from portal.people.models import PostRole
from tests.approvals.makers import make_case, make_item
from tests.axe import violations
from tests.disclosure.makers import make_point, make_published_document, make_staff
from tests.disclosure.request_makers import make_request
from tests.people.makers import make_department

SCREENS = ((1080, 1920), (1280, 900), (390, 844))
HOME, FIND, FOLLOW = "/kiosk/", "/kiosk/find/", "/kiosk/follow/"


def address(document: Document) -> str:
    return reverse("site:kiosk_document", args=[document.key])


def shown(answer) -> str:
    return answer.content.decode()


@pytest.mark.django_db
def test_a_document_is_found_and_read_and_is_gone_the_moment_it_is_withdrawn(client):
    document = make_published_document("关于天枢桥面加固的通知", body='<p>见<a href="/out/">附表</a>。</p>')

    for answer in (client.get(FIND), client.get(FIND, {"q": "桥面"})):
        assert address(document) in shown(answer)
    page = shown(client.get(address(document)))
    assert "<p>见附表。</p>" in page  # no link leads off the terminal
    assert "data:image/svg+xml;base64," in page

    by = make_staff(PostRole.APPROVER, document.publisher)
    documents.withdraw(document, reason="内容有误。", by=by, at=timezone.now())

    for answer in (client.get(FIND), client.get(FIND, {"q": "桥面"})):
        assert address(document) not in shown(answer)
    gone = client.get(address(document))
    assert gone.status_code == 410
    assert "内容有误。" in shown(gone)
    assert HOME in shown(gone)


@pytest.mark.django_db
def test_a_guide_says_what_to_bring_how_long_how_much_and_where(client):
    version = make_item()

    page = shown(client.get(FIND, {"q": version.name[:4], "kind": "guide"}))
    guide = reverse("site:kiosk_guide", args=[version.item.code])
    assert guide in page
    page = shown(client.get(guide))

    for words in (version.materials.first().name, version.promise_words, "不收费", "去哪儿办"):
        assert words in page


@pytest.mark.django_db
def test_the_words_are_refused_at_their_field_and_one_may_go_on_typing(client):
    answer = client.get(FIND, {"q": "桥"})

    assert answer.status_code == 422
    assert "至少输入两个字" in answer.context["refusal"]
    assert 'value="桥"' in shown(answer)


@pytest.mark.django_db
def test_number_and_code_show_how_far_it_is_and_leave_no_trace():
    client = Client()
    today = localdate()
    case = make_case(CaseStatus.ACCEPTED, received_on=today)
    asked = make_request(today, department=make_department("gtj"))

    for found, title, name in (
        (case, case.item.name, case.party_name),
        (asked, "政府信息公开申请", asked.name),
    ):
        answer = client.post(FOLLOW, {"number": found.number, "code": found.query_code})
        page = shown(answer)

        assert answer.status_code == 200
        assert title in page and found.number in page
        assert f"{found.current_clock.due_on.day}日" in page
        assert name not in page and found.query_code not in page
        assert "no-store" in answer["Cache-Control"]
    assert "sessionid" not in client.cookies
    assert not Session.objects.exists()
    assert case.number not in shown(client.get(FOLLOW)) + shown(client.get(HOME))
    assert client.get(reverse("approvals:case", args=[case.number])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        ("", "", "请填写编号"),
        ("2026", "1", "办件编号应为14位数字，现为4位"),
        ("20260918000017", "00000000", "没有找到这个办件"),
        ("YSQ-zjj-2026-00001", "00000000", "没有找到这个申请"),
    ],
)
def test_a_wrong_number_or_code_is_told_and_what_was_typed_stays(client, number, code, words):
    answer = client.post(FOLLOW, {"number": number, "code": code})

    assert answer.status_code == 422
    assert words in shown(answer)
    assert f'value="{number}"' in shown(answer) or not number


@pytest.fixture
def terminal(browser: Browser, live_server) -> Page:
    page = browser.new_context(locale="zh-CN", base_url=live_server.url, has_touch=True).new_page()
    yield page
    page.context.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_every_screen_is_large_enough_for_a_finger_and_clean_for_a_reader(terminal):
    document, version, _ = make_published_document(), make_item(), make_point()
    case = make_case(CaseStatus.ACCEPTED, received_on=localdate())

    def progress() -> None:
        terminal.goto(FOLLOW)
        terminal.get_by_label("编号").fill(case.number)
        terminal.get_by_label("查询码").fill(case.query_code)
        terminal.get_by_role("button", name="查进度").click()
        terminal.get_by_text("看完了，清除").wait_for()

    paths = (HOME, FIND, f"{FIND}?q=施工", f"{FIND}?q=飞船", "/kiosk/guides/", FOLLOW, "/kiosk/points/")
    paths += (address(document), f"/kiosk/guides/{version.item.code}/", "/kiosk/guides/none/")
    found = {}
    for look in (*paths, progress):
        look() if callable(look) else terminal.goto(look)
        for width, height in SCREENS:
            terminal.set_viewport_size({"width": width, "height": height})
            here = [each["id"] for each in violations(terminal)]
            if terminal.evaluate("document.documentElement.scrollWidth") > width:
                here.append("scrolls sideways")
            here += terminal.evaluate(
                """() => [...document.querySelectorAll("a:not(.skip), button, input:not([type=hidden])")]
                .filter((it) => it.checkVisibility() && it.getBoundingClientRect().height < 60)
                .map((it) => it.outerHTML.slice(0, 100))"""
            )
            if here:
                found[f"{look} at {width}"] = here
    assert not found


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_screen_left_alone_asks_once_and_goes_back_to_the_first(terminal):
    document = make_published_document()
    terminal.clock.install()
    terminal.goto(address(document))

    terminal.clock.run_for(timedelta(seconds=285).total_seconds() * 1000)
    terminal.get_by_role("button", name="继续看").click()
    terminal.clock.run_for(200_000)
    assert terminal.url.endswith(address(document))

    terminal.clock.run_for(120_000)
    terminal.wait_for_url(f"**{HOME}")
    assert terminal.get_by_role("heading", name="您要查什么？").is_visible()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_without_scripts_all_of_it_works_and_the_page_still_leaves_by_itself(browser: Browser, live_server):
    document = make_published_document("关于天枢桥面加固的通知")
    page = browser.new_context(java_script_enabled=False, base_url=live_server.url).new_page()
    page.goto(HOME)
    page.get_by_label("至少输入两个字").fill("桥面")
    page.get_by_role("button", name="查文件").click()
    page.get_by_role("link", name="桥面").click()

    assert page.url.endswith(address(document))
    refresh = page.locator("noscript meta[http-equiv=refresh], head meta[http-equiv=refresh]")
    assert refresh.get_attribute("content").endswith(f"url={HOME}")
    page.context.close()
