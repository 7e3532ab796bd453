import json

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.report import checks, reading, writing
from disclosure.report.wording import opening, parts, unknown_names
from tests.disclosure.published import HONGZE, SUQIAN, as_json, as_page, as_workbook, figures_of

COUNTS = ("t2.", "t3.", "t4.")


def numbers(figures):
    return {address: value or 0 for address, value in figures.items() if address.startswith(COUNTS)}


@pytest.mark.parametrize("blank", ["0", "", "/", "／", "-", "—", "&nbsp;"])
def test_a_published_page_reads_as_its_table_whatever_stands_for_nought(blank):
    figures = figures_of(SUQIAN)
    read = reading.read(as_page(figures, blank=blank).encode(), "年报.html")
    assert read.year == 2023
    assert numbers(read.figures) == numbers(figures)
    assert not read.notes
    assert checks.check(read.figures, 2023) == []


def test_an_old_page_in_gbk_is_read():
    read = reading.read(as_page(figures_of(HONGZE)).encode("gb18030"), "年报.htm")
    assert [one.id for one in checks.check(read.figures, 2023)] == ["A4", "A4"]


def test_the_text_of_a_page_is_held_against_its_tables():
    page = as_page(figures_of(SUQIAN), text="全年共收到政府信息公开申请3512件。", fees="无其他事项。")
    read = reading.read(page.encode(), "年报.html")
    assert [one.id for one in checks.check(read.figures, 2023, parts=read.parts)] == ["C1", "C2"]


def test_a_workbook_with_merged_cells_is_read_and_what_it_lacks_is_said():
    read = reading.read(as_workbook(figures_of(SUQIAN)), "年报.xlsx")
    expected = {
        address: value for address, value in numbers(figures_of(SUQIAN)).items() if address[:3] == "t3."
    }
    assert numbers(read.figures) == expected
    assert [(one.id, one.where) for one in read.notes] == [("R1", "表二"), ("R1", "表四")]


def test_the_columns_of_a_json_stand_where_it_says():
    figures = figures_of(SUQIAN)
    labels = json.loads(SUQIAN.read_text(encoding="utf-8"))["columns"]
    turned = json.loads(as_json(figures)) | {"columns": labels[::-1]}
    turned["t3"] = {row: values[::-1] for row, values in turned["t3"].items()}
    assert reading.read(json.dumps(turned).encode(), "x.json").figures == figures


@pytest.mark.parametrize(
    "text, value",
    [("１２", 12), ("1,234", 1234), (" 7件", 7), ("7730.28", reading.Decimal("7730.28")), ("12.0", 12),
     ("——", None), ("\u3000", None), ("约3", "约3"), ("-2", -2), (True, "True"), (10**20, str(10**20))],
)  # fmt: skip
def test_a_cell_is_read_as_it_is_meant(text, value):
    assert reading.number(text) == value


@settings(max_examples=80, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda text: f"<table><tr><td>{text}".encode())
    )
)
def test_nothing_a_file_holds_breaks_the_reader(data):
    try:
        reading.read(data, "x")
    except reading.Unreadable as refusal:
        assert str(refusal).endswith("。")


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=12,
    )
)
def test_any_json_in_the_place_of_a_table_is_read_or_refused(junk):
    for given_ in (
        {"t3": {"new": junk}},
        {"t2": {"规章": junk, "行政许可": junk}},
        {"t4": junk},
        {"t3": junk},
        junk,
    ):
        try:
            read = reading.read(json.dumps(given_).encode(), "x.json")
        except reading.Unreadable:
            continue
        checks.check(read.figures, 2023, parts=read.parts)


# --- the command: these tests have no database ---


def run(path, capsys, *more):
    call_command("annual_report", "check", str(path), "--json", *more)
    return json.loads(capsys.readouterr().out)


def test_the_command_says_what_is_wrong_where(capsys):
    assert run(SUQIAN, capsys) == {"errors": [], "warnings": []}
    told = run(HONGZE, capsys)
    assert told["errors"][0] == {"id": "A4", "where": "表四“行政复议”总计", "expected": 11, "found": 0}
    assert [one["id"] for one in told["errors"]] == ["A4", "A4"] and told["warnings"] == []


def test_the_command_compares_with_the_year_before(tmp_path, capsys):
    told = run(SUQIAN, capsys, "--previous", str(HONGZE))
    assert {one["id"] for one in told["errors"]} == {"B1"}
    assert {one["id"] for one in told["warnings"]} == {"B2"}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b"PK\x03\x04junk", b"hello", b"<html><p>x</p></html>"]
)
def test_a_file_that_is_no_report_ends_with_two_and_a_sentence(tmp_path, capsys, content):
    path = tmp_path / "年报"
    path.write_bytes(content)
    with pytest.raises(SystemExit) as end:
        run(path, capsys)
    assert end.value.code == 2
    assert capsys.readouterr().err.strip().endswith("。")


def test_a_file_that_is_not_there_ends_with_two(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        run(tmp_path / "no.json", capsys)
    assert end.value.code == 2


# --- what the portal writes, it reads ---


def test_what_is_written_as_json_or_workbook_reads_back_cell_for_cell():
    figures = figures_of(SUQIAN)
    parts = {1: "2023年新收政府信息公开申请3511件。", 6: "收取信息处理费2950元。"}
    text = writing.as_json("示范市2023年政府信息公开工作年度报告", 2023, figures, parts, {})
    book = writing.as_workbook(
        "示范市2023年政府信息公开工作年度报告", opening(2023), 2023, figures, parts, ["=1+1"]
    )
    for data in (text.encode(), book):
        read = reading.read(data, "年报")
        assert numbers(read.figures) == numbers(figures)
        assert read.year == 2023 and not read.notes
        assert checks.check(read.figures, 2023, parts=read.parts) == []
        assert read.parts[1] == parts[1] and read.parts[6].startswith(parts[6])


def test_numbers_in_the_words_are_taken_from_the_tables():
    figures = figures_of(SUQIAN)
    words = parts({}, figures, 2023, is_government=False)
    assert "新收政府信息公开申请3511件，其中自然人3402件、法人或其他组织109件" in words[1]
    assert "不予公开142件" in words[1] and "信息处理费25件，共2950元" in words[6]
    assert checks.check(figures, 2023, parts=words) == []
    assert unknown_names("办结{办结}件，{办结率}") == ["办结率"]
