"""Who people are, where they sit, and for whom they may act."""

from portal.people.models.departments import Department, DepartmentQuerySet, RegionLevel, Window
from portal.people.models.parties import (
    ApplicantType,
    Authorisation,
    AuthorisationQuerySet,
    AuthorisationRole,
    IdType,
    Party,
    PartyKind,
    PartyQuerySet,
)
from portal.people.models.posts import Absence, Post, PostQuerySet, PostRole
from portal.people.models.sign_in import Lockout, PasswordRecord
from portal.people.models.users import AdminRole, User, UserKind, UserQuerySet

__all__ = [
    "Absence",
    "AdminRole",
    "ApplicantType",
    "Authorisation",
    "AuthorisationQuerySet",
    "AuthorisationRole",
    "Department",
    "DepartmentQuerySet",
    "IdType",
    "Lockout",
    "Party",
    "PartyKind",
    "PartyQuerySet",
    "PasswordRecord",
    "Post",
    "PostQuerySet",
    "PostRole",
    "RegionLevel",
    "User",
    "UserKind",
    "UserQuerySet",
    "Window",
]
