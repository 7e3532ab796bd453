"""Every public page, on a phone and on a desk: axe finds nothing, nothing scrolls sideways (GB/T 37668)."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.axe import violations
from tests.site.pages import public_pages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BROKEN = [
    "/styleguide/",
    "/broken/bad/",
    "/broken/forbidden/",
    "/no-such-page/",
    "/broken/rule/",
    "/broken/gone/",
]


@pytest.fixture
def site(live_server, settings):
    settings.ROOT_URLCONF = "tests.site.urls"
    return live_server.url


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_context(locale="zh-CN").new_page()
    yield page
    page.context.close()


def open_pages(page: Page, site: str) -> Iterator[str]:
    """Stand on each page in turn; one that only leads to another is walked there, once."""
    asker, walked = Client(raise_request_exception=False), set()
    for path in dict.fromkeys([*BROKEN, *public_pages()]):
        answer = asker.get(path, follow=True)
        here = answer.request["PATH_INFO"]
        is_page = answer.headers.get("Content-Type", "").startswith("text/html") and answer.content
        if is_page and here not in walked:
            walked.add(here)
            page.goto(site + path)
            yield path


def faults(page: Page) -> list[str]:
    """What axe and the ruler find wrong on the page at hand, on a phone and on a desk."""
    found = []
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for violation in violations(page):
            where = [node["html"][:160] for node in violation["nodes"]]
            found.append(f"{violation['id']} ({violation['impact']}) at {width}: {where}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"scrolls sideways at {width}")
    return found


def test_axe_finds_nothing_on_any_public_page(tab: Page, site: str):
    seen, found = 0, {}
    for path in open_pages(tab, site):
        seen += 1
        if here := faults(tab):
            found[path] = here
    assert not found
    assert seen > len(BROKEN) + 5


def test_elder_mode_and_twice_the_size_never_scroll_sideways(tab: Page, site: str):
    """A window of 640 CSS pixels is 1280 at 200 %; 320 is the narrowest phone."""
    tab.context.add_cookies([{"name": "elder", "value": "on", "url": site}])
    wide = {}
    for path in open_pages(tab, site):
        for width in (640, 320):
            tab.set_viewport_size({"width": width, "height": 800})
            needed = tab.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                wide[f"{path} at {width}"] = needed
    assert not wide


def test_the_first_tab_leads_past_the_header_to_the_text(tab: Page, site: str):
    tab.goto(f"{site}/help/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "跳到正文"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "content"


def test_targets_in_elder_mode_are_big_enough_for_any_finger(browser: Browser, site: str):
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="zh-CN")
    context.add_cookies([{"name": "elder", "value": "on", "url": site}])
    page = context.new_page()
    page.goto(f"{site}/styleguide/")
    small = page.evaluate(
        """() => [...document.querySelectorAll("header button, header a, .button, .field input:not([type=checkbox], [type=radio], [type=file], [type=hidden]), .field select")]
        .filter((it) => it.checkVisibility() && it.getBoundingClientRect().height < 48)
        .map((it) => it.outerHTML.slice(0, 120))"""
    )
    assert not small


def test_without_scripts_the_menu_of_a_phone_still_opens(browser: Browser, site: str):
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/")
    assert not page.get_by_role("navigation", name="主导航").is_visible()
    page.get_by_role("link", name="菜单").click()
    assert page.get_by_role("navigation", name="主导航").is_visible()


def test_leaving_the_site_is_asked_first(tab: Page, site: str):
    tab.goto(f"{site}/help/")
    asked = []
    tab.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    tab.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<a href=\"https://example.com/\">外</a>')"
    )
    tab.get_by_role("link", name="外", exact=True).click()
    assert asked == ["您访问的链接即将离开“示范市政务服务网”，是否继续？"]
    assert tab.url == f"{site}/help/"


def test_a_second_click_sends_nothing(tab: Page, site: str):
    tab.goto(f"{site}/styleguide/")
    sent = tab.evaluate(
        """() => {
            let sent = 0;
            window.addEventListener("submit", (event) => { sent += !event.defaultPrevented; event.preventDefault(); });
            const button = document.querySelector("main form .actions button");
            button.click();
            button.click();
            return sent;
        }"""
    )
    assert sent == 1


def test_on_paper_a_page_is_text_with_its_address_and_date(tab: Page, site: str):
    tab.goto(f"{site}/help/")
    tab.emulate_media(media="print")
    assert not tab.get_by_role("navigation", name="主导航").is_visible()
    assert tab.get_by_text("本页地址：").is_visible()
    assert "/help/" in tab.get_by_text("本页地址：").inner_text()


def test_elder_mode_offers_to_read_the_page_aloud(tab: Page, site: str):
    tab.context.add_cookies([{"name": "elder", "value": "on", "url": site}])
    tab.goto(f"{site}/help/")
    assert tab.get_by_role("button", name="朗读本页").is_visible()
