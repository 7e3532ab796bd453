"""Staff screens for people, offices and parties. Fields a workflow owns are read-only here."""

from portal.people.admin.departments import DepartmentAdmin, WindowAdmin
from portal.people.admin.parties import AuthorisationAdmin, PartyAdmin
from portal.people.admin.posts import AbsenceAdmin, PostAdmin
from portal.people.admin.users import LockoutAdmin, UserAdmin

__all__ = [
    "AbsenceAdmin",
    "AuthorisationAdmin",
    "DepartmentAdmin",
    "LockoutAdmin",
    "PartyAdmin",
    "PostAdmin",
    "UserAdmin",
    "WindowAdmin",
]
