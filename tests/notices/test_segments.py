"""Text messages are counted as the operators count them."""

import pytest

from portal.notices import segments

SIGNATURE = "示范市政务服务"


@pytest.mark.parametrize(
    ("length", "parts"),
    [(0, 0), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (150, 3), (201, 3), (202, 4)],
)
def test_a_text_has_as_many_parts_as_the_operators_bill(length, parts):
    assert segments.segments("字" * length) == parts


def test_the_signature_counts_too():
    body = "字" * 62  # with 【示范市政务服务】 that is 71
    assert segments.segments(body) == 1
    assert segments.segments(segments.signed(SIGNATURE, body)) == 2


def test_an_emoji_counts_twice_and_letters_once():
    assert segments.units("好") == 1
    assert segments.units("a") == 1
    assert segments.units("😀") == 2


def test_a_text_too_long_for_any_message_is_cut_whole_characters_with_an_ellipsis():
    body = "😀" * 300
    cut = segments.shortened(body, SIGNATURE)
    whole = segments.signed(SIGNATURE, cut)
    assert segments.units(whole) in (499, 500)
    assert cut.endswith("😀…")


def test_a_text_that_fits_is_left_alone():
    body = "字" * 491
    assert segments.shortened(body, SIGNATURE) == body
    assert segments.units(segments.signed(SIGNATURE, body)) == 500
