"""The site as somebody sees it whom nobody knows: asked inside the process, without the network."""

from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client


def status_of(path: str) -> int:
    """The status of the page at ``path``, where a redirect led to the sign-in counts as an answer."""
    place = urlsplit(settings.PUBLIC_URL)
    browser = Client(raise_request_exception=False, SERVER_NAME=place.hostname or "localhost")
    return browser.get(path, secure=place.scheme == "https").status_code
