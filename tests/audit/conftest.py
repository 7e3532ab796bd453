import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def _blank_record(request):
    """Each test of the record begins with none: installing the calendar leaves entries of its own."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        request.getfixturevalue("_django_db_helper")
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE audit_entry, audit_chain, audit_daydigest, audit_digestleaf")
