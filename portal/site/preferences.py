"""How a visitor likes to read: kept in two cookies of one year, never in the database."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from portal.people.middleware import ELDER_COOKIE

SCRIPT_COOKIE = "script"
KEPT_FOR = timedelta(days=365)


@dataclass(frozen=True)
class Preferences:
    elder: bool = False
    traditional: bool = False

    @property
    def language(self) -> str:
        return "zh-Hant" if self.traditional else "zh-CN"


def of(request: HttpRequest) -> Preferences:
    cookies = request.COOKIES
    return Preferences(
        elder=cookies.get(ELDER_COOKIE) == "on", traditional=cookies.get(SCRIPT_COOKIE) == "hant"
    )


def remember(response: HttpResponse, name: str, value: str, *, secure: bool) -> None:
    """Keep one choice for a year; the ordinary choice needs no cookie."""
    if value in ("on", "hant"):
        response.set_cookie(name, value, max_age=KEPT_FOR, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(name, samesite="Lax")
