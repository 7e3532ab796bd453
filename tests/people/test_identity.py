"""The vectors of GB 11643-1999, GB 32100-2015 and of phone numbers."""

from datetime import date

import pytest

from portal.people import identity
from portal.refusals import RuleBroken

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    "code", ["914403001922038216", "9152000071430580XT", "91440300192317458F", "91440300192181490G"]
)
def test_codes_of_real_companies_are_well_formed(code: str):
    assert identity.check_uscc(code) == code
    assert identity.check_uscc(f" {code.lower()} ") == code


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("91440300192203821", "统一社会信用代码应为18位，现为17位。"),
        ("9144030019220382160", "统一社会信用代码应为18位，现为19位。"),
        ("914403001922038217", "统一社会信用代码校验不通过，请核对每一位。"),
        ("91440300192203821O", "统一社会信用代码中不应有“O”（不使用字母I、O、S、V、Z）。"),
        ("91A40300192203821X", "统一社会信用代码第3至8位应为数字（登记地行政区划代码）。"),
    ],
)
def test_a_wrong_credit_code_says_what_is_wrong(code: str, sentence: str):
    with pytest.raises(RuleBroken) as refusal:
        identity.check_uscc(code)
    assert str(refusal.value) == sentence


def test_a_resident_number_is_accepted_in_upper_case():
    assert identity.check_id_number("11010519491231002x", today=TODAY) == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("440524188001010014", "公民身份号码第7至14位的出生日期应在1900年1月1日至今天之间，请核对。"),
        ("110105194912310021", "公民身份号码校验不通过，请核对每一位数字。"),
        ("110105194913310021", "公民身份号码第7至14位不是有效的出生日期，请核对。"),
        ("110105491231002", "15位旧身份证号码不再受理，请填写18位公民身份号码。"),
        ("1101051949123100", "公民身份号码应为18位，现为16位。"),
        ("1101051949123100AX", "公民身份号码前17位应为数字，末位为数字或字母X。"),
    ],
)
def test_a_wrong_resident_number_says_what_is_wrong(number: str, sentence: str):
    with pytest.raises(RuleBroken) as refusal:
        identity.check_id_number(number, today=TODAY)
    assert str(refusal.value) == sentence


def test_nobody_is_born_tomorrow():
    with pytest.raises(RuleBroken, match="出生日期"):
        identity.check_id_number("11010519491231002X", today=date(1949, 12, 30))


@pytest.mark.parametrize("typed", ["13900000001", "+86 139 0000 0001", "0086-139-0000-0001", "139-0000-0001"])
def test_a_mobile_number_has_one_normal_form(typed: str):
    assert identity.check_mobile(typed) == "13900000001"


@pytest.mark.parametrize(
    "phone", ["0990-6543210", "02012345678", "4008001234", "400-800-1234", "95588", "12345"]
)
def test_fixed_and_service_lines_are_phones(phone: str):
    assert identity.check_phone(phone) == phone


@pytest.mark.parametrize(
    ("phone", "sentence"),
    [
        ("1390000000", "手机号码应为11位，现为10位。"),
        ("12900000001", "手机号码应以13至19开头，请核对。"),
        ("1390000000a", "手机号码只能由数字组成。"),
    ],
)
def test_a_wrong_mobile_number_says_what_is_wrong(phone: str, sentence: str):
    with pytest.raises(RuleBroken) as refusal:
        identity.check_mobile(phone)
    assert (str(refusal.value), refusal.value.field) == (sentence, "phone")


def test_letters_are_no_phone():
    with pytest.raises(RuleBroken, match="带区号的固定电话"):
        identity.check_phone("电话")
