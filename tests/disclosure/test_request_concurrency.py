"""Two clicks at one moment are one request."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from disclosure.models import InformationRequest
from disclosure.workflow import requests as workflow
from tests.approvals.makers import make_upload
from tests.disclosure.request_makers import asked, at, make_officer
from tests.people.makers import make_department

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]


def test_the_same_form_sent_twice_at_one_moment_is_one_request():
    make_officer()
    key, department, start = uuid4(), make_department(), Barrier(2)

    def send() -> int:
        start.wait()
        try:
            made = workflow.submit(
                asked(), department=department, form_key=key, identity_files=[make_upload()], by=None, at=at()
            )
            return made.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = (pool.submit(send) for _ in range(2))
        assert first.result() == second.result()
    assert InformationRequest.objects.count() == 1
