"""What every journey does: press a page's button, sign staff in, do a deed, check a signature."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
from asn1crypto import pem, x509
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from portal.site.demo.accounts import PASSWORD
from tests.journeys.city import City, one_time_code


def primary(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def sign_in(browser: Browser, city: City, name: str) -> BrowserContext:
    password, secret = city.account(name)
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{city.base}/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.locator("main form button[type=submit]").first.click()
    page.fill("input[name=code]", one_time_code(secret))
    page.locator("main form button[type=submit]").first.click()
    expect(page).to_have_url(re.compile("/admin/"))
    return context


def sign_in_citizen(browser: Browser, city: City, phone: str) -> BrowserContext:
    """An account of the demo city, or one made with its password."""
    context = browser.new_context(locale="zh-CN", accept_downloads=True)
    page = context.new_page()
    page.goto(f"{city.base}/accounts/login/")
    page.fill("input[name=login]", phone)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    expect(page).not_to_have_url(re.compile("/accounts/login/"))
    return context


def open_case(context: BrowserContext, city: City, number: str) -> Page:
    page = context.pages[0]
    page.goto(f"{city.base}/admin/approvals/case/department/?q={number}")
    page.get_by_role("link", name=number).click()
    expect(page.locator("#act")).to_be_visible()  # what is looked for next must not be looked for on the list
    return page


def handler_of(city: City, number: str) -> str:
    with psycopg2.connect(city.dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.username FROM approvals_case c JOIN people_user u ON u.id = c.handler_id WHERE number = %s",
            [number],
        )
        return str(cursor.fetchone()[0])


def do(page: Page, deed: str, label: str, **fields: str) -> None:
    """One deed on the open page of a case, a request or a document."""
    box = page.locator(f"#act form[action$='/{deed}/']")
    box.wait_for(state="attached")  # the page may still be the list: to ask at once would close an open deed
    if not box.is_visible():
        page.locator(f"#act details:has(form[action$='/{deed}/']) > summary").click()
    for name, value in fields.items():
        answer(box.locator(f"[name={deed}-{name}]"), value)
    box.get_by_role("button", name=label, exact=True).click()
    expect(page.locator("body")).to_contain_text(re.compile(f"已(办理：)?{re.escape(label)}"))


def answer(control: Locator, value: str) -> None:
    """Fill, choose, or tick: of radio buttons the one with this value, of boxes every one."""
    first = control.first
    if first.get_attribute("type") == "radio":
        control.and_(control.page.locator(f"[value='{value}']")).check()
    elif first.get_attribute("type") == "checkbox":
        for box in control.all():
            box.check()
    elif first.evaluate("e => e.tagName") == "SELECT":
        first.select_option(value)
    else:
        first.fill(value)


def the_signature_verifies(file: Path, city: City) -> None:
    """Signed by the city's own authority, and untouched."""
    _, _, der = pem.unarmor((city.data / "ca" / "root.pem").read_bytes())
    trust = ValidationContext(trust_roots=[x509.Certificate.load(der)], allow_fetching=False)
    with file.open("rb") as stream, ThreadPoolExecutor(1) as aside:  # the browser's loop runs in this thread
        signature = PdfFileReader(stream).embedded_signatures[0]
        status = aside.submit(validate_pdf_signature, signature, trust).result()
        assert status.bottom_line, status.pretty_print_details()
