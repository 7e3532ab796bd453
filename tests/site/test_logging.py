"""A fault of ours leaves a trace; an address nobody knows does not."""

import logging
from io import StringIO

import pytest
from django.test import Client

from portal.site.views import home

pytestmark = pytest.mark.django_db


def test_a_failure_is_written_down_with_its_traceback_and_a_missing_page_is_not(monkeypatch):
    handler = next(
        each for each in logging.getLogger("django").handlers if type(each) is logging.StreamHandler
    )
    written = StringIO()
    monkeypatch.setattr(handler, "stream", written)
    client = Client(raise_request_exception=False)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the roof is off")

    monkeypatch.setattr(home, "render", fail)
    assert client.get("/").status_code == 500
    assert client.get("/cases/nobody/").status_code == 404

    assert "RuntimeError: the roof is off" in written.getvalue()
    assert "/cases/nobody/" not in written.getvalue()
