"""An enterprise below its grade hires, applies, is granted, loses one again: each step shown where it counts."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.approvals.makers import png
from tests.journeys import builder
from tests.journeys.city import City
from tests.journeys.desk import answer, do, handler_of, open_case, primary, sign_in, sign_in_citizen

ITEM, GRADE = "builder-qualification", "建筑工程施工总承包三级"
LACKING = "缺2名建筑工程、机电工程专业注册建造师（其中至少1名为建筑工程专业）"
FORMS = [
    {"category": "building", "grade": "3"},
    {"legal_representative": "赵敏", "address": "示范市建设路600号", "founded_on": "2016-05-01", "net_assets": "900",
     "constructors": "5", "titled": "7", "site_managers": "15", "workers": "30", "chief_name": "周克俭",
     "chief_id_number": builder.valid_id_number(621), "chief_years": "14"},
]  # fmt: skip
OPINIONS = {
    "handler": "人员、资产按登记库核对达到三级标准，建议准予。",
    "reviewer": "复核无误，同意承办意见。",
}


def inside(city: City, what: str) -> str:
    done = city.manage("shell", "-c", f"from tests.journeys import builder; builder.{what}()")
    assert done.returncode == 0, done.stderr
    return done.stdout


def drafted(page: Page, city: City, files: Path) -> None:
    """The application up to its pre-check."""
    page.goto(f"{city.base}/apply/{ITEM}/")
    page.get_by_label(re.compile(builder.NAME)).check()
    page.check("main [name=situation][value=first]")
    primary(page, "开始填写")
    for answers in FORMS:
        expect(page.locator("body")).to_contain_text("尚未提交")
        for name, value in answers.items():
            answer(page.locator(f"main [name={name}]"), value)
        primary(page, "保存并继续")
    for number, upload in enumerate(page.locator("main input[type=file]").all()):
        (files / f"材料{number}.png").write_bytes(png(number + 120))
        upload.set_input_files(files / f"材料{number}.png")
    primary(page, "保存并继续")
    expect(page.locator("h1")).to_have_text("预先检查")


def hire(page: Page, city: City, browser: Browser) -> None:
    """The enterprise asks by name and number; each person says yes in an account of their own."""
    for name, phone in builder.HIRED.items():
        page.goto(f"{city.base}/registry/mine/enterprises/{builder.USCC}/staff/invite/")
        for field, value in (("name", name), ("number", phone), ("position", "technical")):
            answer(page.locator(f"main [name={field}]"), value)
        primary(page, "发出邀请")
        expect(page.locator("body")).to_contain_text(f"已邀请{name}")
        person = sign_in_citizen(browser, city, phone).pages[0]
        person.goto(f"{city.base}/registry/mine/")
        person.get_by_role("link", name=f"{builder.NAME}邀请您入职").click()
        primary(person, "同意")
        expect(person.locator("body")).to_contain_text("已同意，并已告知该单位")
        person.context.close()


def granted(browser: Browser, city: City, number: str) -> None:
    """Through four pairs of hands; the desk reminds of the penalty, the decision page rehearses."""
    do(open_case(sign_in(browser, city, "window"), city, number), "accept", "受理")
    desk = open_case(sign_in(browser, city, handler_of(city, number)), city, number)
    expect(desk.locator(".desk-head")).to_contain_text(re.compile("不良行为.*示建罚〔2026〕88号"))
    do(desk, "pass_on", "提交下一环节", opinion=OPINIONS["handler"], proposal="grant")
    do(open_case(sign_in(browser, city, "reviewer"), city, number), "pass_on", "提交下一环节",
       opinion=OPINIONS["reviewer"], proposal="grant")  # fmt: skip
    desk = open_case(sign_in(browser, city, "approver"), city, number)
    trial = desk.locator(".desk-rehearsal")
    expect(trial).to_contain_text(re.compile(f"{builder.NAME}.*企业资质.*{GRADE}", re.DOTALL))
    expect(trial).to_contain_text("仍符合所持等级的标准")
    do(desk, "decide_grant", "准予许可", opinion="同意核准所申请的资质。")


@pytest.mark.browser
def test_an_enterprise_hires_what_it_lacks_is_granted_and_warned_when_one_leaves(
    city: City, browser: Browser, tmp_path: Path
):
    key = inside(city, "found").rpartition("key ")[2].strip()
    agent = sign_in_citizen(browser, city, builder.AGENT).pages[0]
    drafted(agent, city, tmp_path)
    expect(agent.locator("main")).to_contain_text(f"距三级标准还{LACKING}")
    checked = agent.url

    hire(agent, city, browser)
    inside(city, "register_hired")
    agent.goto(checked)
    expect(agent.locator("main")).to_contain_text("能自动检查的条件都符合")
    agent.get_by_role("link", name="核对全部内容").click()
    agent.check("#promise")
    primary(agent, "提交申请")
    expect(agent.locator("h1")).to_have_text("申请已提交")
    number = agent.locator(".done__numbers dd").first.inner_text()
    granted(browser, city, number)

    record = f"{city.base}/registry/mine/enterprises/{builder.USCC}/"
    agent.goto(record)
    written = agent.locator("li", has_text=GRADE)
    expect(written).to_contain_text(re.compile("批后自动入库：由.*决定.*写入.*已锁定", re.DOTALL))
    written.get_by_role("link", name="变更或者注销").click()
    expect(agent.locator("main")).to_contain_text(re.compile(f"“{GRADE}”由.*写入，不能自行修改"))
    passer_by = browser.new_context(locale="zh-CN").new_page()
    public = f"{city.base}/registry/enterprises/{builder.USCC}/"
    passer_by.goto(public)
    expect(passer_by.locator("main")).to_contain_text(re.compile(f"{GRADE}.*批后自动入库", re.DOTALL))
    expect(passer_by.locator("main")).not_to_contain_text("限期整改")
    assert shared(passer_by, city, key) == ("met", [])

    one_leaves(agent, browser, city)
    passer_by.goto(public)
    expect(passer_by.locator("main")).to_contain_text("缺1名建筑工程、机电工程专业注册建造师")
    assert shared(passer_by, city, key) == ("broken", ["缺1名建筑工程、机电工程专业注册建造师"])


def shared(page: Page, city: City, key: str) -> tuple[str, list[str]]:
    """What another department's system is told of the staff by its key."""
    answer = page.request.get(
        f"{city.base}/api/v1/registry/enterprises/{builder.USCC}", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.ok, answer.text()
    told = answer.json()["staffing"]
    return told["state"], told["lacks"]


def one_leaves(agent: Page, browser: Browser, city: City) -> None:
    """Both read beforehand what will be lacking; then it is so, with a date and a desk that knows."""
    warning = "离职后不再符合资质标准：缺1名建筑工程、机电工程专业注册建造师"
    agent.goto(f"{city.base}/registry/mine/enterprises/{builder.USCC}/staff/")
    agent.locator("li", has_text=builder.LEAVER).get_by_role("link", name="办理离职").click()
    expect(agent.locator("main")).to_contain_text(warning)
    agent.fill("[name=on]", builder.yesterday())
    agent.fill("[name=reason]", "本人另谋职业")
    primary(agent, "请本人确认离职")
    person = sign_in_citizen(browser, city, builder.LEAVERS_PHONE).pages[0]
    person.goto(f"{city.base}/registry/mine/")
    person.get_by_role("link", name=f"{builder.NAME}请您确认离职").click()
    expect(person.locator("main")).to_contain_text(warning)
    primary(person, "同意")
    expect(person.locator("body")).to_contain_text("已同意，并已告知该单位")
    agent.goto(f"{city.base}/my/messages/")
    expect(agent.locator("main")).to_contain_text("缺1名建筑工程、机电工程专业注册建造师")
    desk = sign_in(browser, city, "handler").pages[0]
    desk.goto(f"{city.base}/admin/talent/staffingalert/?q={builder.NAME}")
    row = desk.locator("tr", has_text=builder.NAME)
    expect(row).to_contain_text("缺1名建筑工程、机电工程专业注册建造师")
    expect(row).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d"))
