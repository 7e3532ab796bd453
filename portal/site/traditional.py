"""繁體: the page is turned into traditional characters on its way out, for those who asked for it.

Only words to be read are turned: text between tags and the attributes that are read aloud or shown.
What a form sends back (``value``, text areas) and what is marked ``translate="no"`` stay as they are.
"""

import re
from collections.abc import Callable
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from opencc import OpenCC

from portal.site import preferences

KEPT = re.compile(
    r"(<(?P<name>script|style|textarea)\b.*?</(?P=name)\s*>"
    r"|<(?P<tag>\w+)\b[^>]*\stranslate=\"no\"[^>]*>.*?</(?P=tag)\s*>"
    r"|<!--.*?-->|<[^>]*>)",
    re.DOTALL | re.IGNORECASE,
)
SHOWN = re.compile(r"(\s(?:alt|title|placeholder|aria-label|content)=\")([^\"]*)(\")")
MARK = "\n\x1f\n"


@cache
def converter() -> OpenCC:
    return OpenCC("s2hk")


def turn(html: str) -> str:
    """The same page with its words in traditional characters."""
    pieces = split(html)
    words = [number for number, (piece, is_word) in enumerate(pieces) if is_word and not piece.isascii()]
    if not words:
        return html
    turned = converter().convert(MARK.join(pieces[number][0] for number in words)).split(MARK)
    out = [piece for piece, _ in pieces]
    for number, text in zip(words, turned, strict=True):
        out[number] = text
    return "".join(out)


def split(html: str) -> list[tuple[str, bool]]:
    """The page in order, each piece with whether it is words to be read."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in KEPT.finditer(html):
        pieces.append((html[end : match.start()], True))
        kept = match.group()
        if match["name"] or match["tag"] or kept.isascii():
            pieces.append((kept, False))
        else:
            parts = SHOWN.split(kept)
            pieces += [(part, number % 4 == 2) for number, part in enumerate(parts)]
        end = match.end()
    pieces.append((html[end:], True))
    return pieces


class TraditionalMiddleware:
    """Turns HTML answers while the visitor's choice is 繁體."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        if preferences.of(request).traditional:
            response.content = turn(response.content.decode()).encode()
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        patch_vary_headers(response, ["Cookie"])
        return response
