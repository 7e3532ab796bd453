"""The key of a request, and what every look-up refuses."""

from collections.abc import Callable
from typing import Annotated, Any, cast

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Status
from ninja.security import HttpBearer

from portal.workdays.api import Problems
from talent.api.shapes import Gone
from talent.models import Enterprise, Person, SharingKey
from talent.sharing.gone import gone

REFUSALS = {401: Problems, 403: Problems, 422: Problems, 429: Problems}
ONE_RECORD = {**REFUSALS, 404: Problems, 410: Gone}
About = Annotated[
    str,
    Query(max_length=100, description="查询事由或者办件编号；密钥要求说明事由时必填", examples=["办件复核"]),
]


class Bearer(HttpBearer):
    """``Authorization: Bearer``; in an address a key would be kept by every log on the way."""

    def authenticate(self, request: HttpRequest, token: str) -> SharingKey | None:
        return SharingKey.objects.bearing(token, timezone.now())


def key_of(request: HttpRequest) -> SharingKey:
    return cast(SharingKey, request.auth)  # type: ignore[attr-defined]


def told_gone(row: Enterprise | Person, code: Callable[[Any], str]) -> Status | None:
    """410 with where the record went, for one that is off the register."""
    found = gone(row)
    if found is None:
        return None
    detail = {
        "field": "",
        "message": found.sentence,
        "ground": found.words,
        "on": found.on,
        "into": code(found.survivor) if found.survivor else None,
    }
    return Status(410, {"detail": [detail]})
