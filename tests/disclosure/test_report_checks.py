import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.report import cells, checks
from disclosure.report.cells import Figures
from tests.disclosure.published import HONGZE, SUQIAN, figures_of

PARTIES = [party.key for party in cells.PARTIES]
ROWS = [row.key for row in cells.reply_rows(2023)]


@st.composite
def whole_tables(draw) -> Figures:
    """Tables 3 and 4 in which every identity holds, and the documents of table 2."""
    figures: Figures = dict.fromkeys(cells.names(2023), 0)
    replies = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(ROWS), st.sampled_from(PARTIES)), st.integers(1, 9_999), max_size=9
        )
    )
    for (row, party), number in replies.items():
        figures[f"t3.{row}.{party}"] = number
    for party in PARTIES:
        total = sum(figures[f"t3.{row}.{party}"] for row in ROWS)
        out = draw(st.integers(0, 50))
        brought = draw(st.integers(0, total + out))
        for row, number in (
            ("total", total), ("carried_out", out), ("carried_in", brought), ("new", total + out - brought)
        ):  # fmt: skip
            figures[f"t3.{row}.{party}"] = number
    for row in cells.request_rows(2023):
        figures[f"t3.{row.key}.total"] = sum(figures[f"t3.{row.key}.{party}"] for party in PARTIES)
    for group in cells.T4_GROUPS:
        for outcome in cells.OUTCOMES:
            figures[f"t4.{group.key}.{outcome.key}"] = draw(st.integers(0, 500))
        figures[f"t4.{group.key}.total"] = sum(
            figures[f"t4.{group.key}.{outcome.key}"] for outcome in cells.OUTCOMES
        )
    return figures


def ids(findings: list[checks.Finding]) -> list[str]:
    return [one.id for one in findings]


@settings(max_examples=40, deadline=None)
@given(whole_tables())
def test_a_report_whose_sums_hold_has_nothing_to_answer_for(figures):
    assert checks.check(figures, 2023, counted=figures) == []


@settings(max_examples=60, deadline=None)
@given(
    whole_tables(),
    st.sampled_from([address for address in cells.names(2023) if address[:2] in ("t3", "t4")]),
    st.integers(1, 1_000),
)
def test_any_one_number_changed_is_found(figures, address, more):
    changed = checks.check(figures | {address: figures[address] + more}, 2023)

    row = address.rpartition(".")[0]
    assert changed
    assert any(cell.rpartition(".")[0] == row for one in changed for cell in one.cells)


def test_suqian_2023_passes_every_identity():
    figures = figures_of(SUQIAN)
    assert len([address for address in figures if address.startswith("t3.")]) == 25 * 7
    assert checks.check(figures, 2023) == []


def test_hongze_2023_has_exactly_two_totals_of_table_four_wrong():
    found = checks.check(figures_of(HONGZE), 2023)
    assert [(one.id, one.severity, one.where, one.expected, one.found) for one in found] == [
        ("A4", "error", "表四“行政复议”总计", 11, 0),
        ("A4", "error", "表四“行政诉讼复议后起诉”总计", 5, 0),
    ]


def test_a_blank_total_is_found_once_and_does_not_upset_its_column():
    figures = figures_of(SUQIAN) | {"t3.np2.total": None}
    (found,) = checks.check(figures, 2023)
    assert (found.id, found.expected, found.found) == ("A1", 39, None)


def test_what_last_year_carried_out_must_be_carried_in():
    figures = figures_of(SUQIAN)
    last_year = {
        f"t3.carried_out.{column.key}": figures[f"t3.carried_in.{column.key}"] for column in cells.T3_COLUMNS
    }
    last_year |= {"t2.rules.in_force": 9, "t2.normative.in_force": 977}
    assert checks.check(figures, 2023, previous=last_year) == []

    found = checks.check(
        figures, 2023, previous=last_year | {"t3.carried_out.business": 4, "t2.rules.in_force": 10}
    )
    assert ids(checks.errors(found)) == ["B1"]
    assert [(one.id, one.where, one.expected) for one in checks.warnings(found)] == [
        ("B2", "表二 规章·现行有效件数", 12)
    ]


@pytest.mark.parametrize(
    "value, expected", [("3.5.1", "数字"), ("约20", "数字"), (-1, "不小于0"), (checks.Decimal("2.5"), "整数")]
)
def test_a_cell_holds_a_whole_number(value, expected):
    found = checks.check(figures_of(SUQIAN) | {"t2.licences.decisions": value}, 2023)
    assert [(one.id, one.expected) for one in found] == [("C3", expected)]


def test_numbers_in_the_text_are_those_of_the_tables():
    figures = figures_of(SUQIAN)
    right = (
        "2023年，全市共收到政府信息公开申请3,511件，上年结转96件；答复3486件，其中予以公开1191件、部分公开328件、"
        "不予公开142件、无法提供1078件、不予处理406件、其他处理341件；结转下年度121件。"
        "因政府信息公开被申请行政复议440件，被提起行政诉讼113件。"
    )
    parts = {1: right, 6: "本年度收取信息处理费2950元。"}
    assert checks.check(figures, 2023, parts=parts) == []

    wrong = checks.check(
        figures, 2023, parts=parts | {1: right.replace("3,511", "3,501").replace("440", "441")}
    )
    assert [(one.id, one.severity, one.expected, one.found) for one in wrong] == [
        ("C1", "warning", 3511, 3501),
        ("C1", "warning", 440, 441),
    ]


def test_unpaid_fees_must_be_told_of_in_part_six():
    assert ids(checks.check(figures_of(SUQIAN), 2023, parts={1: "", 6: "无。"})) == ["C2"]


@pytest.mark.parametrize("address", ["t3.oth2.total", "fees.yuan", "t2.charges.amount"])
def test_each_kind_of_charge_asks_part_six_for_the_fee(address):
    assert [one.id for one in checks.check({address: 1}, 2023, parts={6: "无。"}) if one.id == "C2"] == ["C2"]
    assert not [
        one for one in checks.check({address: 1}, 2023, parts={6: "收取信息处理费0元。"}) if one.id == "C2"
    ]


def test_the_portals_own_count_differs_from_a_cell_written_by_hand():
    figures = figures_of(SUQIAN)
    counted = {address: value for address, value in figures.items() if address.startswith("t3.")}
    found = checks.check(figures | {"t3.oth1.natural": 41, "t3.oth1.total": 41, "t3.total.natural": 3376,
                                    "t3.total.total": 3487, "t3.new.natural": 3403, "t3.new.total": 3512},
                         2023, counted=counted)  # fmt: skip
    assert ids(found) == ["D1"] * 6


def test_before_2021_other_handling_was_one_row():
    keys = [row.key for row in cells.request_rows(2020)]
    assert len(cells.request_rows(2021)) == 25 and len(keys) == 23
    assert "oth" in keys and "oth1" not in keys
    assert "t2.purchases.amount" in cells.names(2020) and "t2.purchases.amount" not in cells.names(2021)
