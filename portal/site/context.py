"""What every page needs to know: the city, the way round, and how the visitor reads."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal.site import navigation, preferences


def frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "city": settings.SITE,
        "page_address": settings.PUBLIC_URL + request.path,
        "navigation": navigation.header(request),
        "footer": navigation.links(navigation.FOOTER),
        "preferences": preferences.of(request),
    }
