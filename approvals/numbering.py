"""The numbers a case, a decision and a certificate carry. Pure: the serial comes from papers."""

import re
from datetime import date

from portal.refusals import RuleBroken

NATIONAL = re.compile(r"^[0-9A-Z]{18}[1-7]\d{12}\d{8}\d{4}$")
IMPLEMENTATION = re.compile(r"^[0-9A-Z]{18}[1-7]\d{12}(\d{2})?$")


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10: finds every single wrong digit and nearly every swap of two."""
    remainder = 10
    for digit in digits:
        remainder = (remainder + int(digit)) % 10 or 10
        remainder = remainder * 2 % 11
    return str((11 - remainder) % 10)


def case_number(day: date, serial: int) -> str:
    """YYYYMMDD, five digits of the day's serial, a check digit: fourteen in all."""
    if not 1 <= serial <= 99_999:
        raise RuleBroken("今日网上收件已达上限，请于下一工作日再提交。")
    body = f"{day:%Y%m%d}{serial:05d}"
    return body + check_digit(body)


def is_case_number(number: str) -> bool:
    """Whether the number could be one of ours; a mistyped digit could not."""
    return bool(re.fullmatch(r"\d{14}", number)) and check_digit(number[:-1]) == number[-1]


def national_number(implementation_code: str, day: date, serial: int) -> str:
    """实施编码31位 + YYYYMMDD + four digits of the item's serial that day: 43 (GB/T 39046-2020)."""
    if not 1 <= serial <= 9_999:
        raise RuleBroken("该事项今日收件已达上限，请于下一工作日再提交。")
    return f"{implementation_code[:31]}{day:%Y%m%d}{serial:04d}"


def implementation_code(uscc: str, level: str, basic_code: str) -> str:
    """实施主体18位 + 行使层级1位 + 基本编码12位."""
    return f"{uscc}{level}{basic_code}"


def certificate_number(region_code: str, basic_code: str, year: int, serial: int) -> str:
    """行政区划6位 + 事项主项5位 + 年4位 + 序号5位."""
    return f"{region_code[:6]}{basic_code[4:9]}{year}{serial:05d}"
