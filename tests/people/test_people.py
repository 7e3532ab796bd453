"""Departments, posts and who may act for whom, as questions about rows."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from portal.people.models import Absence, Department, Party, Post
from tests.people.makers import (
    EARLY_AT,
    make_authorisation,
    make_clerk,
    make_department,
    make_enterprise,
    make_party,
    make_post,
    make_user,
    valid_uscc,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


def test_a_department_knows_everything_below_it(django_assert_num_queries):
    city = make_department("city")
    office = make_department("zjj", parent=city)
    street = make_department("street", parent=office)
    make_department("other")
    with django_assert_num_queries(1):
        assert set(Department.objects.under(city)) == {city, office, street}


def test_a_post_counts_from_its_first_day_to_its_last():
    clerk = make_user(kind="staff")
    make_post(clerk, "reviewer", starts_on=DAY, ends_on=DAY)
    assert clerk.has_role("reviewer", on=DAY)
    assert clerk.has_role("reviewer", make_department(), on=DAY)
    assert not clerk.has_role("reviewer", make_department("other"), on=DAY)
    assert not clerk.has_role("approver", on=DAY)
    assert not clerk.has_role("reviewer", on=DAY - timedelta(days=1))
    assert not clerk.has_role("reviewer", on=DAY + timedelta(days=1))


def test_someone_with_two_posts_in_a_department_belongs_to_it_once():
    clerk = make_clerk("clerk")
    make_post(clerk, "handler")
    assert clerk.departments(DAY) == [make_department()]
    assert {post.role for post in clerk.acting_posts(DAY)} == {"clerk", "handler"}


def test_who_is_away_or_switched_off_is_not_present():
    here, away, gone = make_clerk(), make_clerk(), make_clerk()
    Absence.objects.create(user=away, starts_on=DAY, ends_on=DAY, reason="年休假")
    gone.is_active = False
    gone.save()
    assert [post.user for post in Post.objects.present(DAY)] == [here]
    assert away.is_absent(DAY)


def test_a_user_acts_for_themselves_and_for_those_who_authorised_them():
    user = make_user()
    own, firm = make_party(user), make_enterprise(agent=user)
    make_enterprise(name="示范市第二建筑工程有限公司")
    assert set(Party.objects.actable_by(user, DAY)) == {own, firm}


@pytest.mark.parametrize(
    "fields",
    [
        {"verified_at": None},
        {"withdrawn_at": EARLY_AT},
        {"ends_on": DAY - timedelta(days=1)},
        {"starts_on": DAY + timedelta(days=1)},
    ],
)
def test_an_authorisation_not_in_force_lets_nobody_act(fields: dict):
    user, firm = make_user(), make_enterprise()
    authorisation = make_authorisation(user, firm, **fields)
    assert not Party.objects.actable_by(user, DAY).exists()
    assert not authorisation.is_in_force(DAY)


def test_one_identity_number_is_one_party():
    make_enterprise(code=valid_uscc(1))
    with (
        pytest.raises(IntegrityError, match="party_identity_number_is_registered_once"),
        transaction.atomic(),
    ):
        make_enterprise(code=valid_uscc(1))


def test_a_citizen_cannot_be_let_into_the_workbench():
    user = make_user()
    user.is_staff = True
    with (
        pytest.raises(IntegrityError, match="user_citizen_never_enters_the_workbench"),
        transaction.atomic(),
    ):
        user.save()


def test_a_credit_code_is_shown_whole_and_a_persons_number_masked():
    assert make_enterprise(code=valid_uscc(1)).masked_id == valid_uscc(1)
    assert "*" in make_party(make_user()).masked_id
