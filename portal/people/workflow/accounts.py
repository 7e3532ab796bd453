"""Accounts: made, changed, disabled."""

import secrets
import string
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from portal.audit import workflow as audit
from portal.people import identity
from portal.people.models import (
    AdminRole,
    ApplicantType,
    IdType,
    Party,
    PartyKind,
    PasswordRecord,
    User,
    UserKind,
)
from portal.people.rights import require
from portal.refusals import RuleBroken

IDLE_BEFORE_DISABLED = timedelta(days=90)  # GB/T 22239-2019 8.1.4.2: no stale accounts
UNVERIFIED_KEPT = timedelta(days=1)
REMEMBERED_PASSWORDS = 5
TEMPORARY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ" + "abcdefghijkmnpqrstuvwxyz" + "23456789" + "!@#$%"


@transaction.atomic
def sign_up(*, phone: str, name: str, password: str = "", at: datetime) -> User:
    """A citizen's account with its own party; the phone counts once it is verified.

    An account that never verified the same phone gives way. Raises RuleBroken for a malformed
    phone or a missing name.
    """
    phone = identity.check_mobile(phone)
    name = name.strip()
    if len(name) < 2:
        raise RuleBroken("请填写真实姓名，至少2个字。", field="name")
    user = User(username=f"citizen-{secrets.token_hex(8)}", name=name, kind=UserKind.CITIZEN)
    user.set_phone(phone)
    _put_password(user, password, at)
    user.save()
    _record_password(user, at)
    party = Party(
        kind=PartyKind.NATURAL,
        applicant_type=ApplicantType.NATURAL,
        name=name,
        id_type=IdType.ID_CARD,
        user=user,
    )
    party.set_phone(phone)
    party.save()
    audit.record("people.user.signed_up", subject=user, actor=None, at=at, phone=user.masked_phone)
    return user


@transaction.atomic
def verify_phone(user: User, phone: str, *, at: datetime) -> User:
    """The person has shown the code sent to this phone: it is theirs.

    Raises RuleBroken when another citizen has proved to own it.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    user.set_phone(identity.check_mobile(phone), verified=True)
    try:
        with transaction.atomic():
            user.save(update_fields=["phone", "phone_hash", "phone_verified"])
    except IntegrityError:
        raise RuleBroken("该手机号码已绑定其他账号。", field="phone") from None
    own = Party.objects.select_for_update().filter(user=user).first()
    if own is not None:
        own.set_phone(phone)
        own.save(update_fields=["phone", "phone_hash"])
    audit.record("people.user.phone_verified", subject=user, actor=user, at=at, phone=user.masked_phone)
    return user


@transaction.atomic
def create_account(
    *,
    username: str,
    name: str,
    kind: str,
    password: str,
    phone: str = "",
    email: str = "",
    admin_role: str = "",
    by: User | None,
    at: datetime,
) -> User:
    """An inside account; its password must be changed at the first sign-in.

    An administrator is created without a role: granting it is the security administrator's
    act. ``admin_role`` is for the very first ones, which only the system (``by=None``) makes.
    """
    require(by, "people.add_user", "只有系统管理员可以新建账号。")
    if kind == UserKind.CITIZEN:
        raise RuleBroken("公众用户由本人注册，不能代建。", field="kind")
    if by is not None and (kind == UserKind.ADMINISTRATOR or admin_role):
        raise RuleBroken("管理员角色由安全管理员授予：请先建立工作人员账号。", field="kind")
    if User.objects.filter(username__iexact=username).exists():
        raise RuleBroken("该登录名已被使用。", field="username")
    user = User(
        username=username,
        name=name,
        kind=kind,
        email=email,
        admin_role=admin_role,
        is_staff=True,
        must_change_password=True,
    )
    if phone:
        user.set_phone(identity.check_mobile(phone))
    _put_password(user, password, at)
    user.save()
    _record_password(user, at)
    audit.record("people.user.created", subject=user, actor=by, at=at, username=username, kind=str(kind))
    return user


@transaction.atomic
def set_password(user: User, password: str, *, by: User | None, at: datetime) -> User:
    """Change a password that the validators have passed; five are remembered."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _put_password(user, password, at)
    user.must_change_password = False
    user.save(update_fields=["password", "password_changed_at", "must_change_password"])
    _record_password(user, at)
    audit.record("people.user.password_changed", subject=user, actor=by, at=at)
    return user


def new_password() -> str:
    """A temporary password that satisfies every rule: 14 signs of four classes."""
    while True:
        made = "".join(secrets.choice(TEMPORARY_ALPHABET) for _ in range(14))
        classes = (string.ascii_uppercase, string.ascii_lowercase, string.digits, "!@#$%")
        if all(any(sign in group for sign in made) for group in classes):
            return made


@transaction.atomic
def reset_password(user: User, *, by: User | None, at: datetime) -> str:
    """Give a temporary password, which the person must change; returns it once."""
    require(by, "people.reset_sign_in", "只有系统管理员可以重置口令。")
    user = User.objects.select_for_update().get(pk=user.pk)
    temporary = new_password()
    _put_password(user, temporary, at)
    user.must_change_password = True
    user.session_token = ""
    user.save(update_fields=["password", "password_changed_at", "must_change_password", "session_token"])
    _record_password(user, at)
    audit.record("people.user.password_reset", subject=user, actor=by, at=at)
    return temporary


@transaction.atomic
def reset_second_factor(user: User, *, by: User | None, at: datetime) -> int:
    """Take all second factors away (a lost phone); the next sign-in sets one up. Returns how many."""
    require(by, "people.reset_sign_in", "只有系统管理员可以重置二次验证。")
    user = User.objects.select_for_update().get(pk=user.pk)
    removed = Authenticator.objects.filter(user=user).delete()[0]
    user.session_token = ""
    user.save(update_fields=["session_token"])
    audit.record("people.user.second_factor_reset", subject=user, actor=by, at=at, removed=removed)
    return removed


@transaction.atomic
def disable(user: User, *, reason: str, by: User | None, at: datetime) -> User:
    """Nobody signs in with this account any more; what it did stays on record."""
    require(by, "people.disable_user", "只有系统管理员可以停用账号。")
    if not reason.strip():
        raise RuleBroken("请填写停用原因。", field="reason")
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None and user.pk == by.pk:
        raise RuleBroken("不能停用自己的账号。")
    user.is_active, user.disabled_at, user.disabled_reason = False, at, reason.strip()
    user.session_token = ""
    user.save(update_fields=["is_active", "disabled_at", "disabled_reason", "session_token"])
    audit.record("people.user.disabled", subject=user, actor=by, at=at, reason=user.disabled_reason)
    return user


@transaction.atomic
def enable(user: User, *, by: User | None, at: datetime) -> User:
    require(by, "people.disable_user", "只有系统管理员可以启用账号。")
    user = User.objects.select_for_update().get(pk=user.pk)
    user.is_active, user.disabled_at, user.disabled_reason = True, None, ""
    user.last_login = at  # the ninety idle days start again
    user.save(update_fields=["is_active", "disabled_at", "disabled_reason", "last_login"])
    audit.record("people.user.enabled", subject=user, actor=by, at=at)
    return user


@transaction.atomic
def set_admin_role(user: User, role: str, *, by: User | None, at: datetime) -> User:
    """Make an inside account one of the three administrators, or with "" ordinary staff again.

    One person holds at most one of the three and no post beside it (三员分立).
    """
    require(by, "people.grant_role", "只有安全管理员可以授予管理员角色。")
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None and user.pk == by.pk:
        raise RuleBroken("不能为自己授予角色。")
    if user.kind == UserKind.CITIZEN:
        raise RuleBroken("公众用户不能担任管理员。")
    if role and role not in AdminRole.values:
        raise RuleBroken("没有这种管理员角色。", field="admin_role")
    today = timezone.localdate(at)
    if role and user.posts.filter(Q(ends_on=None) | Q(ends_on__gte=today)).exists():
        raise RuleBroken("该人员仍有业务岗位，请先免去岗位再授予管理员角色。", basis="GB/T 22239-2019 8.1.5")
    before = user.admin_role
    user.kind = UserKind.ADMINISTRATOR if role else UserKind.STAFF
    user.admin_role = role
    user.session_token = ""
    user.save(update_fields=["kind", "admin_role", "session_token"])
    audit.record("people.user.role_granted", subject=user, actor=by, at=at, before=before, after=str(role))
    return user


def disable_idle_accounts(*, at: datetime) -> int:
    """Disable inside accounts nobody signed in with for ninety days; how many."""
    stale = (
        User.objects.filter(is_active=True)
        .exclude(kind=UserKind.CITIZEN)
        .annotate(seen_at=Coalesce("last_login", "joined_at"))
        .filter(seen_at__lt=at - IDLE_BEFORE_DISABLED)
        .order_by("pk")
    )
    disabled = 0
    for user in stale:
        disable(user, reason="连续90天未登录，系统自动停用。", by=None, at=at)
        disabled += 1
    return disabled


@transaction.atomic
def discard_unverified_accounts(*, at: datetime) -> int:
    """Remove citizens' accounts whose phone was never verified within a day; how many."""
    unverified = User.objects.citizens().filter(
        phone_verified=False, last_login=None, joined_at__lt=at - UNVERIFIED_KEPT
    )
    keys = list(unverified.values_list("pk", flat=True)[:1000])
    Party.objects.filter(user_id__in=keys, id_hash="").delete()
    discarded = 0
    for user in User.objects.filter(pk__in=keys, own_party=None, authorisations=None):
        audit.record("people.user.discarded", subject=user, actor=None, at=at, phone=user.masked_phone)
        user.delete()
        discarded += 1
    return discarded


def _put_password(user: User, password: str, at: datetime) -> None:
    if password:
        user.set_password(password)
        user.password_changed_at = at
    else:
        user.set_unusable_password()


def _record_password(user: User, at: datetime) -> None:
    if not user.has_usable_password():
        return
    PasswordRecord.objects.create(user=user, password=user.password, made_at=at)
    keep = PasswordRecord.objects.filter(user=user).order_by("-made_at", "-pk")[:REMEMBERED_PASSWORDS]
    PasswordRecord.objects.filter(user=user).exclude(pk__in=list(keep.values_list("pk", flat=True))).delete()
