"""How many parts a text message is billed and delivered as. Pure.

The operators count UTF-16 units, the 【signature】 included: one message holds 70, a longer
text is cut into parts of 67.
"""

SINGLE_UNITS = 70
PART_UNITS = 67
LONGEST_UNITS = 500
ELLIPSIS = "…"


def units(text: str) -> int:
    """UTF-16 units: a Chinese character, letter or digit is one, an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def signed(signature: str, body: str) -> str:
    """The text as the phone shows it: the signature stands in front, in its brackets."""
    return f"【{signature}】{body}" if signature else body


def segments(text: str) -> int:
    """Parts of the whole text, signature included; 0 for the empty text."""
    length = units(text)
    if length == 0:
        return 0
    return 1 if length <= SINGLE_UNITS else -(-length // PART_UNITS)


def shortened(body: str, signature: str, limit: int = LONGEST_UNITS) -> str:
    """The body, cut with an ellipsis so that with its signature it keeps within ``limit`` units."""
    room = limit - units(signed(signature, ""))
    if units(body) <= room:
        return body
    room -= units(ELLIPSIS)
    kept = []
    for character in body:
        room -= units(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + ELLIPSIS
