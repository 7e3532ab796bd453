"""From draft to tombstone: what is published, asked for, answered, counted and withdrawn in the real stack."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from disclosure import file_text
from tests.approvals.makers import png
from tests.journeys.city import City
from tests.journeys.desk import do, primary, sign_in, the_signature_verifies
from tests.people.makers import valid_id_number

POLICY, READING = "示范市口袋公园认养管理办法", "《示范市口袋公园认养管理办法》解读"
MIDDLE = "袋公"  # of 口袋公园
WANTED, PHONE = "口袋公园认养协议及养护经费明细", "13711113333"
MISSING = "写明需要哪个年度的协议"
CONTENT = "协议共三份，养护经费合计12万元。"
WITHHELD, WHY = "认养单位经办人的联系方式", "属于个人隐私，公开会损害第三方合法权益。"
PARTIAL = "a[href$='/rows/t3.partial.natural/']"
REASON = "本办法认养期限的规定有误，收回重新论证。"


def draft(page: Page, city: City, today: str, *, column: str, title: str, genre: str) -> str:
    """A first draft through the form; its number, as relations ask for it."""
    page.goto(f"{city.base}/admin/disclosure/documentversion/mine/")
    page.get_by_role("link", name="起草公开文件").click()
    choice = page.locator("select[name=column] option", has_text=column).get_attribute("value")
    page.select_option("select[name=column]", choice)
    page.fill("[name=title]", title)
    page.fill("[name=formed_on]", today)
    page.fill("[name=body]", "为规范口袋公园认养，制定本办法。\n认养期限为三年，认养单位负责日常养护。")
    page.select_option("select[name=topic]", "10")
    page.select_option("select[name=genre]", genre)
    page.select_option("select[name=statutory_item]", "20-1")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("body")).to_contain_text("草稿已保存")
    number = re.search(r"文件编号 (\d+)", page.locator(".desk-head__facts").inner_text())
    assert number
    return number.group(1)


def open_document(context: BrowserContext, city: City, title: str, scope: str = "review") -> Page:
    page = context.pages[0]
    page.goto(f"{city.base}/admin/disclosure/documentversion/{scope}/")
    page.get_by_role("link", name=title, exact=True).click()
    return page


def publish(browser: Browser, city: City, today: str, approver: BrowserContext) -> None:
    """A policy and its interpretation through four pairs of hands; approved and published together."""
    editor = sign_in(browser, city, "editor")
    page = editor.pages[0]
    policy = draft(page, city, today, column="规章和规范性文件", title=POLICY, genre="normative")
    do(page, "submit", "提交审核")
    draft(page, city, today, column="政策解读", title=READING, genre="interpretation")
    do(page, "link", "登记文件关系", kind="interprets", target=policy)
    do(page, "submit", "提交审核")
    reviewer, secrecy = sign_in(browser, city, "reviewer"), sign_in(browser, city, "secrecy")
    for title in (POLICY, READING):
        do(open_document(reviewer, city, title), "review", "部门审核通过", opinion="内容合法适当，同意。")
        page = open_document(secrecy, city, title)
        do(page, "clear", "保密审查通过", checklist="all", opinion="不涉及不予公开的内容。")
    do(open_document(approver, city, POLICY), "approve", "批准发布", opinion="同意发布。")


def find(citizen: Page, city: City) -> str:
    """By two characters from inside a word; the address of the policy's page."""
    citizen.goto(f"{city.base}/search/")
    citizen.fill("main input[name=q]", MIDDLE)
    citizen.locator("main form.finder button[type=submit]").first.click()
    citizen.get_by_role("link", name=POLICY, exact=True).click()
    expect(citizen.locator("h1")).to_have_text(POLICY)
    expect(citizen.get_by_role("link", name=READING).first).to_be_visible()
    return citizen.url


def feed(citizen: Page, city: City) -> str:
    return citizen.request.get(f"{city.base}/disclosure/columns/normative/feed/").text()


def ask(citizen: Page, city: City, files: Path) -> tuple[str, str]:
    """Without an account; number and query code of the request."""
    (files / "身份证.png").write_bytes(png(71))
    citizen.goto(f"{city.base}/disclosure/request/")
    citizen.fill("[name=name]", "孙晓禾")
    citizen.fill("[name=id_number]", valid_id_number(88))
    citizen.set_input_files("[name=identity_files]", files / "身份证.png")
    citizen.fill("[name=phone]", PHONE)
    citizen.select_option("select[name=department]", "zjj")
    citizen.fill("[name=title]", WANTED)
    citizen.fill("[name=description]", "示东区口袋公园，认养单位签订的协议和养护经费。")
    primary(citizen, "提交申请")
    expect(citizen.locator("h1")).to_have_text("申请已提交")
    number, code = citizen.locator(".done__numbers dd").all_inner_texts()
    return number, code


def follow(browser: Browser, city: City, number: str, code: str) -> Page:
    """In another browser, with nothing but the two numbers."""
    page = browser.new_context(locale="zh-CN", accept_downloads=True).new_page()
    page.goto(f"{city.base}/disclosure/requests/")
    page.fill("[name=number]", number)
    page.fill("[name=code]", code)
    primary(page, "查进度")
    expect(page.locator("h1")).to_have_text(WANTED)
    return page


def counted(publicity: BrowserContext, city: City, year: str) -> int:
    """部分公开 to 自然人 in this year's report of the bureau, opened if need be and counted anew."""
    page, desk = publicity.pages[0], f"{city.base}/admin/disclosure/annualreport/"
    page.goto(f"{desk}add/")
    page.select_option("select[name=department]", label="市住建局")
    page.fill("[name=year]", year)
    page.get_by_role("button", name="编制年报").click()
    expect(page.locator("body")).to_contain_text("已开始编制")
    page.goto(desk)
    page.get_by_role("link", name="示范市住房和城乡建设局", exact=True).first.click()
    expect(page.locator("body")).to_contain_text(f"{year}年")
    page.get_by_role("button", name="重新计数").click()
    expect(page.locator("body")).to_contain_text("已重新计数")
    return int(page.locator(PARTIAL).inner_text())


@pytest.mark.browser
def test_a_policy_is_published_asked_about_answered_counted_and_withdrawn(
    city: City, browser: Browser, tmp_path: Path
):
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
    approver, publicity = sign_in(browser, city, "approver"), sign_in(browser, city, "publicity")
    before = counted(publicity, city, today[:4])
    publish(browser, city, today, approver)
    citizen = browser.new_context(locale="zh-CN").new_page()
    address = find(citizen, city)
    assert address.rpartition("/disclosure/")[2] in feed(citizen, city)

    number, code = ask(citizen, city, tmp_path)
    handler = sign_in(browser, city, "handler").pages[0]
    handler.goto(f"{city.base}/admin/disclosure/informationrequest/pool/?q={number}")
    handler.get_by_role("link", name=number).click()
    do(handler, "claim", "认领承办")
    do(handler, "ask_correction", "一次性告知补正", items=MISSING)
    citizen = follow(browser, city, number, code)
    expect(citizen.locator("main")).to_contain_text(MISSING)
    citizen.get_by_role("link", name="提交补正").click()
    citizen.fill("[name=answer]", f"{today[:4]}年度。")
    primary(citizen, "提交补正")
    expect(citizen.locator("body")).to_contain_text("补正已经提交")

    handler.reload()
    do(handler, "draft_reply", "拟写答复", kind="partial", content=CONTENT, withheld=WITHHELD, reasons=WHY)
    do(handler, "submit_reply", "提交审签")
    signer = approver.pages[0]
    signer.goto(f"{city.base}/admin/disclosure/informationrequest/signing/")
    signer.get_by_role("link", name=number).click()
    do(signer, "sign_reply", "签发答复", opinion="类型、理由和救济途径无误，同意签发。")
    citizen = follow(browser, city, number, code)
    expect(citizen.locator("main")).to_contain_text("部分公开")
    with citizen.expect_download() as download:
        citizen.get_by_role("link", name="政府信息公开告知书", exact=True).click()
    letter = tmp_path / "letter.pdf"
    download.value.save_as(letter)
    the_signature_verifies(letter, city)
    words = "".join(file_text.read(letter.read_bytes(), "application/pdf").split())
    assert all(said in words for said in (number, CONTENT, WITHHELD, WHY))

    assert counted(publicity, city, today[:4]) == before + 1
    behind = publicity.pages[0].locator(PARTIAL).get_attribute("href")
    handler.goto(f"{city.base}{behind}")
    expect(handler.locator("main")).to_contain_text(number)

    do(open_document(approver, city, POLICY, "public"), "withdraw", "撤下", reason=REASON)
    gone = citizen.goto(address)
    assert gone and gone.status == 410
    expect(citizen.locator("main")).to_contain_text(REASON)
    citizen.goto(f"{city.base}/search/?q={MIDDLE}")
    expect(citizen.get_by_role("link", name=POLICY, exact=True)).to_have_count(0)
    citizen.get_by_role("link", name=READING, exact=True).click()
    expect(citizen.locator("h1")).to_have_text(READING)
    key = address.rstrip("/").rpartition("/")[2]
    assert key not in citizen.content()
    assert key not in feed(citizen, city)

    looked = city.manage("shell", "-c", "from portal.site.tasks import check_exits; check_exits()")
    assert looked.returncode == 0, looked.stdout + looked.stderr
    page = open_document(approver, city, POLICY, "public")
    expect(page.locator(".desk-file")).to_contain_text("各出口均已看不到")
