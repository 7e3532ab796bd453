"""The first three administrators are made once, by command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.people.models import AdminRole, User

pytestmark = pytest.mark.django_db


def test_the_command_makes_one_of_each_who_must_change_the_password():
    out = StringIO()

    call_command("administrators", stdout=out)

    made = User.objects.administrators()
    assert {user.admin_role for user in made} == set(AdminRole.values)
    assert all(user.must_change_password and not user.is_superuser for user in made)
    for line in out.getvalue().splitlines():
        _, username, password = line.split()
        assert User.objects.get(username=username).check_password(password)


def test_it_refuses_once_there_is_an_administrator():
    call_command("administrators", stdout=StringIO())

    with pytest.raises(CommandError, match="已有管理员账号"):
        call_command("administrators", stdout=StringIO())
    assert User.objects.administrators().count() == 3
