"""Where a page of results ended, as it stands in an address."""

import base64
import json
from datetime import date

from portal.refusals import RuleBroken

Place = tuple[int, date, int]  # rank, date, key
FIRST: Place = (4, date(9999, 12, 31), 2**62)


def close(place: Place) -> str:
    top, on, ident = place
    text = json.dumps([top, on.isoformat(), ident]).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def open_(after: str) -> Place:
    """Raises RuleBroken for what is not one of ours: a cursor says only where to go on, never what to show."""
    try:
        top, on, ident = json.loads(base64.urlsafe_b64decode(after[:200] + "=" * (-len(after) % 4)))
        place = (top, date.fromisoformat(on), ident)
    except (ValueError, TypeError, RecursionError) as failure:
        raise RuleBroken("翻页地址不完整，请从第一页重新查找。", field="after") from failure
    if type(top) is not int or type(ident) is not int or not (0 <= top <= 4 and 0 <= ident <= 2**62):
        raise RuleBroken("翻页地址不完整，请从第一页重新查找。", field="after")
    return place
