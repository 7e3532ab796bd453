"""From form to certificate through the real stack that ``manage.py demo`` starts."""

import os
import re
import signal
import time
import urllib.request
from collections import Counter
from pathlib import Path

import psycopg2
import psycopg2.extras
import pytest
from playwright.sync_api import Browser, Page, expect

from portal.engines.processes import command_line, wait_until
from tests.approvals.makers import png
from tests.journeys.city import City
from tests.journeys.desk import do, handler_of, open_case, primary, sign_in, the_signature_verifies
from tests.people.makers import valid_id_number

PHONE, NAME, PASSWORD = "13711112222", "周晓芸", "Xiaoyun-2026"
ITEM = "special-operators"
FORMS = [
    {"address": "示范市示东区和平路8号", "age": "33", "education_level": "senior"},
    {"trade": "electrician", "exam_place": "east"},
]


def sign_up(page: Page, city: City) -> None:
    page.goto(f"{city.base}/accounts/signup/")
    page.fill("input[name=name]", NAME)
    page.fill("input[name=phone]", PHONE)
    page.fill("input[name=password1]", PASSWORD)
    primary(page, "注册并获取验证码")
    code = re.search(r"验证码为(\d+)", city.message_to(PHONE, "验证码"))
    assert code
    page.fill("input[name=code]", code.group(1))
    primary(page, "完成验证")
    expect(page.locator("header")).to_contain_text(NAME)


def say_who_one_is(page: Page, city: City) -> None:
    page.goto(f"{city.base}/my/identity/")
    page.select_option("select[name=id_type]", "id_card") if page.locator(
        "select[name=id_type]"
    ).count() else None
    page.fill("input[name=id_number]", valid_id_number(77))
    for name, value in (("phone", PHONE), ("address", "示范市示东区和平路8号")):
        if page.locator(f"[name={name}]").count():
            page.fill(f"[name={name}]", value)
    primary(page, "保存身份信息")


def fill(page: Page, answers: dict[str, str]) -> None:
    for name, value in answers.items():
        control = page.locator(f"main [name={name}]").first
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        elif control.get_attribute("type") == "radio":
            page.check(f"main [name={name}][value={value}]")
        else:
            control.fill(value)
    primary(page, "保存并继续")


def apply(page: Page, city: City, files: Path) -> tuple[str, str]:
    """From the guide to the confirmation; number and query code of the case."""
    page.goto(f"{city.base}/guides/{ITEM}/")
    page.get_by_role("link", name="开始申请").first.click()
    page.check("main [name=situation][value=first]")
    primary(page, "开始填写")
    for answers in FORMS:
        expect(page.locator("body")).to_contain_text("尚未提交")
        fill(page, answers)
    for number, upload in enumerate(page.locator("main input[type=file]").all()):
        file = files / f"材料{number}.png"
        file.write_bytes(png(number + 40))
        upload.set_input_files(file)
    primary(page, "保存并继续")
    expect(page.locator("h1")).to_have_text("预先检查")
    page.get_by_role("link", name="核对全部内容").click()
    expect(page.locator("main")).to_contain_text("建筑电工")
    page.check("#promise")
    page.locator("main").get_by_role("button", name="提交申请").dblclick()
    expect(page.locator("h1")).to_have_text("申请已提交")
    number, code = page.locator(".done__numbers dd").all_inner_texts()
    return number, code


@pytest.mark.browser
def test_a_citizen_goes_from_sign_up_to_a_certificate_that_verifies(
    city: City, browser: Browser, tmp_path: Path
):
    citizen = browser.new_context(locale="zh-CN", accept_downloads=True).new_page()
    sign_up(citizen, city)
    say_who_one_is(citizen, city)
    number, query_code = apply(citizen, city, tmp_path)

    clerk = sign_in(browser, city, "window")
    do(open_case(clerk, city, number), "ask_supplement", "一次性告知补正", missing="体检合格证明缺少医院盖章")
    citizen.goto(f"{city.base}/cases/{number}/")
    expect(citizen.locator("main")).to_contain_text("体检合格证明缺少医院盖章")
    citizen.get_by_role("link", name="补充材料", exact=True).click()
    (tmp_path / "补正.png").write_bytes(png(99))
    citizen.locator("#file-health").set_input_files(tmp_path / "补正.png")
    primary(citizen, "提交补充材料")
    expect(citizen.locator("main")).to_contain_text("等待受理")

    do(open_case(clerk, city, number), "accept", "受理")
    drawn = handler_of(city, number)
    handler = sign_in(browser, city, drawn)
    do(
        open_case(handler, city, number),
        "pass_on",
        "提交下一环节",
        opinion="材料齐全，考核合格，建议准予。",
        proposal="grant",
    )
    reviewer = sign_in(browser, city, "reviewer")
    do(
        open_case(reviewer, city, number),
        "pass_on",
        "提交下一环节",
        opinion="复核无误，同意承办意见。",
        proposal="grant",
    )
    approver = sign_in(browser, city, "approver")
    do(open_case(approver, city, number), "decide_grant", "准予许可", opinion="同意核发操作资格证书。")
    do(open_case(clerk, city, number), "deliver", "登记送达", how="当面领取", receiver=NAME)

    citizen.goto(f"{city.base}/cases/{number}/")
    with citizen.expect_download() as download:
        citizen.locator(".papers a", has_text="证").last.click()
    certificate = tmp_path / "certificate.pdf"
    download.value.save_as(certificate)
    the_signature_verifies(certificate, city)
    citizen.goto(f"{city.base}/verify/{key_of_the_certificate(city)}/")
    expect(citizen.locator("main")).to_contain_text("有效")

    forged = tmp_path / "forged.pdf"
    content = bytearray(certificate.read_bytes())
    content[len(content) // 2] ^= 1
    forged.write_bytes(content)
    citizen.goto(f"{city.base}/verify/")
    citizen.set_input_files("input[type=file]", forged)
    citizen.locator("main form:has(input[type=file]) button[type=submit]").click()
    expect(citizen.locator("main")).to_contain_text("无效")

    the_timeline_tells_the_same_story(citizen, city, number)
    a_passer_by_follows_with_number_and_code(browser, city, number, query_code)
    every_notice_is_in_the_ledger_once(city, number)
    verified = city.manage("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    drawn_again = city.manage("draws", "verify", "--day", f"{number[:4]}-{number[4:6]}-{number[6:8]}")
    assert drawn_again.returncode == 0, drawn_again.stdout + drawn_again.stderr


def key_of_the_certificate(city: City) -> str:
    with psycopg2.connect(city.dsn) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT key FROM papers_paper WHERE kind = 'certificate' ORDER BY id DESC LIMIT 1")
        return str(cursor.fetchone()[0])


def the_timeline_tells_the_same_story(page: Page, city: City, number: str) -> None:
    page.goto(f"{city.base}/cases/{number}/")
    told = page.locator(".timeline__title").all_inner_texts()
    story = ["提交申请", "需要您补充材料", "已收到您补充的材料", "已受理", "准予许可", "决定已送达"]
    assert [title for title in told if title in story] == story


def a_passer_by_follows_with_number_and_code(browser: Browser, city: City, number: str, code: str) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{city.base}/cases/track/")
    page.fill("input[name=number]", number)
    page.fill("input[name=code]", code)
    primary(page, "查进度")
    expect(page.locator("main")).to_contain_text("决定已送达")
    assert NAME not in page.locator("main").inner_text()


def every_notice_is_in_the_ledger_once(city: City, number: str) -> None:
    with psycopg2.connect(city.dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.code, n.channel, n.recipient_hash, n.key, n.version FROM notices_notice n"
            " JOIN notices_template t ON t.id = n.template_id WHERE n.key LIKE %s",
            [f"{number}%"],
        )
        rows = Counter(cursor.fetchall())
    assert set(rows.values()) == {1}
    codes = {code for code, *_ in rows}
    assert {"case_submitted", "case_supplement", "case_accepted", "case_granted", "case_delivered"} <= codes
    sent = Counter(message["reference"] for message in city.messages())
    assert set(sent.values()) == {1}


def still_running(data: Path) -> list[str]:
    commands = [command_line(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [command for command in commands if str(data) in command]


def test_the_city_stops_whole_and_comes_back_after_any_death(city: City):
    """Last of this file: the citizen's way needs the city alive, and to begin it takes long."""
    with urllib.request.urlopen(f"{city.base}/healthz") as answer:
        assert answer.status == 200
    assert re.search(r"window +\S+ +[A-Z2-7]{32}$", city.printed, re.MULTILINE)

    os.kill(city.child("worker"), signal.SIGKILL)

    code, said = city.end()
    assert code == 1
    assert "worker was killed by signal 9; the end of " in said
    assert wait_until(lambda: still_running(city.data) == [], 10), still_running(city.data)

    city.start_again()
    city.process.kill()
    city.process.wait()
    orphan = city.child("web")
    assert command_line(orphan)

    begun = time.monotonic()
    city.start_again()
    assert time.monotonic() - begun < 60
    assert not command_line(orphan)

    city.process.send_signal(signal.SIGINT)
    code, said = city.end()
    assert code == 0
    assert "Stopped (SIGINT)." in said
    assert wait_until(lambda: still_running(city.data) == [], 10), still_running(city.data)
