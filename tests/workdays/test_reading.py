"""The official notices, pasted whole, and the ways a paste goes wrong."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from portal.workdays import schedules
from portal.workdays.reading import NoticeUnreadable, read_notice

NOTICES = Path(__file__).with_name("notices")
SHIPPED = {schedule.year: schedule for schedule in schedules.shipped()}


def official(year: int = 2026) -> str:
    return (NOTICES / f"{year}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_official_text_reads_as_the_schedule_that_is_shipped(year):
    read = read_notice(official(year), url=SHIPPED[year].url)
    assert replace(read, text="") == SHIPPED[year]


def test_spaces_line_breaks_and_half_width_signs_do_not_matter():
    mangled = official().replace("：", ":").replace("（", " ( ").replace("）", ")").replace("月", "月\n ")
    assert replace(read_notice(mangled), text="").festivals == SHIPPED[2026].festivals


def test_a_year_that_runs_over_into_the_next_is_followed():
    text = "一、元旦：12月31日至1月2日放假调休，共3天。"
    read = read_notice(text, year=2026, doc_no="国办发明电〔2026〕9号", whole_year=False)
    assert read.festivals[0].rest == (date(2026, 12, 31), date(2027, 1, 2))


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("1月1日（周四）", "1月1日（周五）", "元旦：2026年1月1日写作周五，实际是星期四，请核对。"),
        ("共9天", "共8天", "春节：写作共8天，按起止日期是9天。"),
        (
            "5月9日（周六）上班",
            "5月8日上班",
            "劳动节：2026年5月8日是星期五，本来就是工作日，不应写作调休上班。",
        ),
        ("六、中秋节：9月25日（周五）至27日（周日）放假，共3天。", "", "全年安排缺少中秋节。"),
        ("6月19日（周五）至21日（周日）放假", "6月19日（周五）、21日（周日）放假", "端午节：放假日期应写作"),
        ("4月4日（周六）至6日", "4月6日至4日", "清明节：放假结束的2026年4月4日早于开始的2026年4月6日。"),
        ("4月4日（周六）至6日（周一）放假", "4月31日放假", "清明节：2026年4月31日不是存在的日期。"),
        ("国办发明电〔2025〕7号", "", "没有找到文号"),
        ("关于2026年", "关于假期", "没有找到“关于××××年部分节假日安排的通知”"),
        ("10月10日（周六）上班", "9月20日上班", "2026年9月20日在国庆节和国庆节里都写到了，请核对。"),
        ("4月4日（周六）至6日（周一）放假，共3天。", "放假，共3天。", "清明节：没有读到放假日期"),
        ("10月1日（周四）至7日", "2027年10月1日至7日", "国庆节：2027年10月1日不属于2026年。"),
    ],
)
def test_what_cannot_be_right_is_named_with_its_paragraph(wrong, right, fault):
    text = official()
    assert wrong in text
    with pytest.raises(NoticeUnreadable) as refusal:
        read_notice(text.replace(wrong, right))
    assert any(fault in sentence for sentence in refusal.value.faults), refusal.value.faults


def test_every_fault_is_told_at_once():
    text = official().replace("共9天", "共8天").replace("1月4日（周日）", "1月4日（周一）")
    with pytest.raises(NoticeUnreadable) as refusal:
        read_notice(text)
    assert len(refusal.value.faults) == 2


@pytest.mark.parametrize("text", ["", "放假", "关于2027年部分节假日安排的通知 国办发明电〔2026〕8号"])
def test_a_text_without_paragraphs_is_refused(text):
    with pytest.raises(NoticeUnreadable):
        read_notice(text)
