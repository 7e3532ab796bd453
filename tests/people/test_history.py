"""Posts, absences and authorisations leave a version of every change, whoever makes it."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from portal.audit import workflow as audit
from portal.audit.verification import verify
from portal.people import workflow
from portal.people.models import Absence, Authorisation, Post, PostRole, UserKind
from tests.people.makers import make_department, make_enterprise, make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def versions(row):
    found = type(row).pgh_event_model.objects.filter(pgh_obj_id=row.pk).order_by("pgh_id")
    return list(found.values_list("pgh_label", flat=True))


def test_a_post_lengthened_with_psql_leaves_its_version_beside_the_entries():
    clerk = make_user(kind=UserKind.STAFF)
    post = workflow.appoint(
        clerk, PostRole.CLERK, make_department(), starts_on=date(2026, 1, 1), by=None, at=NOON
    )
    workflow.end_post(post, ends_on=date(2026, 11, 30), by=None, at=NOON)

    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_post SET ends_on = NULL WHERE id = %s", [post.pk])

    assert versions(post) == ["insert", "update", "update"]
    assert [e.action for e in audit.history(clerk)] == ["people.post.appointed", "people.post.ended"]
    assert verify() == []


def test_a_post_given_with_the_triggers_off_is_named():
    clerk, office = make_user(kind=UserKind.STAFF), make_department()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "INSERT INTO people_post (user_id, department_id, role, starts_on) VALUES (%s, %s, 'head', '2026-01-01')",
            [clerk.pk, office.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")

    (fault,) = verify()
    assert fault.where == f"people.post:{Post.objects.get().pk}" and "没有变更记录" in fault.what


def test_absences_and_authorisations_are_kept_the_same_way():
    clerk = make_user(kind=UserKind.STAFF)
    absence = workflow.record_absence(
        clerk, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 24), reason="培训", by=None, at=NOON
    )
    Absence.objects.filter(pk=absence.pk).update(ends_on=date(2026, 11, 30))
    Absence.objects.filter(pk=absence.pk).delete()
    granted = workflow.authorise(
        make_user(), make_enterprise(), starts_on=date(2026, 11, 20), verified=True, by=None, at=NOON
    )
    Authorisation.objects.filter(pk=granted.pk).update(ends_on=date(2030, 1, 1))

    assert versions(absence) == ["insert", "update", "delete"]
    assert versions(granted) == ["insert", "update"]
