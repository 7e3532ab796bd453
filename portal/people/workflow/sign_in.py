"""Signing in and out, and what happens when it fails."""

import secrets
from datetime import datetime

from django.db import transaction

from portal.audit import workflow as audit
from portal.people.crypto import keyed_hash
from portal.people.identity import normalise_phone
from portal.people.models import Lockout, User
from portal.people.rights import require


def login_hash(login: str) -> str:
    """What a lockout is found by; the typed name or phone itself is not kept."""
    return keyed_hash("login", normalise_phone(login).lower())


def locked_until(login: str, *, at: datetime) -> datetime | None:
    """The moment this login name or phone may try again; None when it may now."""
    lockout = Lockout.objects.filter(login_hash=login_hash(login)).first()
    return lockout.locked_until if lockout is not None and lockout.is_locked(at) else None


@transaction.atomic
def note_failure(login: str, *, user: User | None, how: str, at: datetime) -> Lockout:
    """Count a failed try, for a name nobody has as well; the fifth locks.

    ``how`` is password, code or second_factor.
    """
    lockout, _ = Lockout.objects.select_for_update().get_or_create(
        login_hash=login_hash(login), defaults={"first_failed_at": at}
    )
    was_locked = lockout.is_locked(at)
    lockout.add_failure(at)
    lockout.save()
    subject = user if user is not None else ("people.login", lockout.login_hash[:16])
    audit.record(
        "people.user.sign_in_failed", subject=subject, actor=None, at=at, how=how, failures=lockout.failures
    )
    if lockout.is_locked(at) and not was_locked:
        audit.record(
            "people.user.locked", subject=subject, actor=None, at=at, until=str(lockout.locked_until)
        )
    return lockout


def clear_failures(login: str) -> None:
    Lockout.objects.filter(login_hash=login_hash(login)).delete()


@transaction.atomic
def unlock(lockout: Lockout, *, by: User, at: datetime) -> None:
    require(by, "people.unlock_sign_in", "只有安全管理员可以解除锁定。")
    audit.record("people.user.unlocked", subject=("people.login", lockout.login_hash[:16]), actor=by, at=at)
    lockout.delete()


@transaction.atomic
def note_sign_in(user: User, *, how: str, at: datetime) -> str:
    """A session begins; the token it must carry. An inside account has only the newest session."""
    token = secrets.token_urlsafe(24)
    if user.needs_second_factor:
        User.objects.filter(pk=user.pk).update(session_token=token)
        user.session_token = token
    audit.record("people.user.signed_in", subject=user, actor=user, at=at, how=how)
    return token


@transaction.atomic
def note_sign_out(user: User, *, at: datetime) -> None:
    audit.record("people.user.signed_out", subject=user, actor=user, at=at)


@transaction.atomic
def note_session_ended(user: User, *, why: str, at: datetime) -> None:
    """The system ended the session: idle, or signed in elsewhere."""
    audit.record("people.user.session_ended", subject=user, actor=None, at=at, why=why)
