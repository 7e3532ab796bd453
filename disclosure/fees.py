"""The information processing fee (国办函〔2020〕109号): two methods, one for a request, both progressive. Pure."""

from django.db import models

from portal.refusals import RuleBroken

MOST = 100_000  # cases or pages beyond which the input is a slip of the finger


class FeeMethod(models.TextChoices):
    BY_CASE = "by_case", "按件计收"
    BY_PAGE = "by_page", "按量计收"


STANDARDS = {
    FeeMethod.BY_CASE: "同一申请人一个自然月内累计申请10件以下不收费；11至30件每件100元；31件以上以10件为一档，每增加一档每件增加100元",
    FeeMethod.BY_PAGE: "30页以下不收费；31至100页每页10元；101至200页每页20元；201页以上每页40元",
}


def fee_by_case(cases: int) -> int:
    """Yuan in all for the first ``cases`` requests of one applicant in one calendar month."""
    return sum(price_of_case(number) for number in range(1, cases + 1))


def price_of_case(number: int) -> int:
    """Yuan for the ``number``-th request of the month: free, 100, then 100 more every ten."""
    if number <= 10:
        return 0
    if number <= 30:
        return 100
    return 100 * ((number - 31) // 10 + 2)


def fee_by_page(pages: int) -> int:
    """Yuan for so many pages."""
    return max(0, min(pages, 100) - 30) * 10 + max(0, min(pages, 200) - 100) * 20 + max(0, pages - 200) * 40


def calculation(method: str, quantity: int) -> list[str]:
    """How ``fee`` comes to its amount, step by step, in words."""
    if method == FeeMethod.BY_CASE:
        return [f"本自然月内第{quantity}件：{price_of_case(quantity)}元。"]
    steps = ["第1至30页不收费。"]
    for first, last, price in ((31, 100, 10), (101, 200, 20), (201, quantity, 40)):
        if quantity >= first:
            last = min(last, quantity)
            pages = last - first + 1
            steps.append(f"第{first}至{last}页：{pages}页×{price}元＝{pages * price}元。")
    return steps


def fee(method: str, quantity: int) -> int:
    """Yuan of one request: by case for the ``quantity``-th of the month, by page for so many pages.

    Raises RuleBroken for a quantity that cannot be.
    """
    if not 1 <= quantity <= MOST:
        raise RuleBroken(f"件数或者页数应为1至{MOST}之间的整数，现为{quantity}。", field="quantity")
    return price_of_case(quantity) if method == FeeMethod.BY_CASE else fee_by_page(quantity)
