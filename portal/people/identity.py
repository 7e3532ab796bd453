"""Well-formed identity numbers and phones. Pure: a value in, the normal form out.

A right check digit proves how a number was written, not whose it is: that is what
``Party.registry_verified`` is for.
"""

import re
from datetime import date

from stdnum.cn import ric, uscc

from portal.refusals import RuleBroken

EARLIEST_BIRTH = date(1900, 1, 1)
MOBILE = re.compile(r"1[3-9]\d{9}")
FIXED_LINE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?")
SERVICE_LINE = re.compile(r"400-?\d{3}-?\d{4}|95\d{3,4}|12\d{3}")
USCC_LETTERS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
PASSPORT = re.compile(r"[A-Z0-9]{5,20}")


def _compact(value: str) -> str:
    if value.isascii() and value.isalnum():  # as most come, of many thousands
        return value.upper()
    return re.sub(r"[\s\-\u3000]", "", value).upper()


def check_id_number(value: str, *, today: date, field: str = "id_number") -> str:
    """Eighteen digits of GB 11643-1999, as upper case without separators.

    Holds for the resident card, the residence permit of Hong Kong, Macao and Taiwan residents
    (81/82/83) and the foreign permanent resident card (9). The region prefix is not checked:
    old codes live on. Raises RuleBroken saying what is wrong.
    """
    number = _compact(value)
    if len(number) == 15 and number.isdigit():
        raise RuleBroken(
            "15位旧身份证号码不再受理，请填写18位公民身份号码。", field=field, basis="GB 11643-1999"
        )
    if len(number) != 18:
        raise RuleBroken(f"公民身份号码应为18位，现为{len(number)}位。", field=field, basis="GB 11643-1999")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise RuleBroken(
            "公民身份号码前17位应为数字，末位为数字或字母X。", field=field, basis="GB 11643-1999"
        )
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise RuleBroken(
            "公民身份号码第7至14位不是有效的出生日期，请核对。", field=field, basis="GB 11643-1999"
        ) from None
    if not EARLIEST_BIRTH <= born <= today:
        raise RuleBroken(
            "公民身份号码第7至14位的出生日期应在1900年1月1日至今天之间，请核对。",
            field=field,
            basis="GB 11643-1999",
        )
    if ric.calc_check_digit(number) != number[-1]:
        raise RuleBroken("公民身份号码校验不通过，请核对每一位数字。", field=field, basis="GB 11643-1999")
    return number


def check_uscc(value: str, *, field: str = "id_number") -> str:
    """Eighteen characters of GB 32100-2015, upper case. Raises RuleBroken saying what is wrong."""
    code = _compact(value)
    if len(code) != 18:
        raise RuleBroken(f"统一社会信用代码应为18位，现为{len(code)}位。", field=field, basis="GB 32100-2015")
    strange = "、".join(sorted({sign for sign in code if sign not in USCC_LETTERS}))
    if strange:
        raise RuleBroken(
            f"统一社会信用代码中不应有“{strange}”（不使用字母I、O、S、V、Z）。",
            field=field,
            basis="GB 32100-2015",
        )
    if not code[2:8].isdigit():
        raise RuleBroken(
            "统一社会信用代码第3至8位应为数字（登记地行政区划代码）。", field=field, basis="GB 32100-2015"
        )
    if uscc.calc_check_digit(code[:17]) != code[17]:
        raise RuleBroken("统一社会信用代码校验不通过，请核对每一位。", field=field, basis="GB 32100-2015")
    return code


def check_document_number(value: str, *, field: str = "id_number") -> str:
    """A passport or travel permit number: 5–20 letters and digits, upper case."""
    number = _compact(value)
    if not PASSPORT.fullmatch(number):
        raise RuleBroken("证件号码应为5至20位字母或数字。", field=field)
    return number


def normalise_phone(value: str) -> str:
    """The number without +86, 0086, spaces and (for mobiles) hyphens; not checked."""
    if MOBILE.fullmatch(value):
        return value
    number = re.sub(r"[\s\u3000()（）]", "", value)
    number = re.sub(r"^(\+86|0086)-?", "", number)
    bare = number.replace("-", "")
    return bare if MOBILE.fullmatch(bare) else number


def check_mobile(value: str, *, field: str = "phone") -> str:
    """Eleven digits of a mainland mobile number. Raises RuleBroken saying what is wrong."""
    number = normalise_phone(value)
    if MOBILE.fullmatch(number):
        return number
    if not number.isdigit():
        raise RuleBroken("手机号码只能由数字组成。", field=field)
    if len(number) != 11:
        raise RuleBroken(f"手机号码应为11位，现为{len(number)}位。", field=field)
    raise RuleBroken("手机号码应以13至19开头，请核对。", field=field)


def check_phone(value: str, *, field: str = "phone") -> str:
    """A mobile, fixed (with area code) or service number, in normal form."""
    number = normalise_phone(value)
    if MOBILE.fullmatch(number) or FIXED_LINE.fullmatch(number) or SERVICE_LINE.fullmatch(number):
        return number
    if re.match(r"1[3-9]|\+", number):
        return check_mobile(number, field=field)
    raise RuleBroken("联系电话请填写11位手机号码，或带区号的固定电话（如0990-6543210）。", field=field)
