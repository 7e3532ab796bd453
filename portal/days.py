"""How a day is written where people read it."""

from datetime import date


def spoken(day: date | str) -> str:
    """2026年9月18日, without padding, as a sentence or a document writes it; also of an ISO date."""
    if isinstance(day, str):
        day = date.fromisoformat(day)
    return f"{day.year}年{day.month}月{day.day}日"
