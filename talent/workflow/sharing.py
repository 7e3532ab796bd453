"""Keys of 数据共享: asked for by a department's head, granted by the security administrator, used and counted."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.people.masking import without_numbers
from portal.people.models import Department, User
from portal.people.rights import require
from portal.refusals import RuleBroken
from talent.models import Enterprise, LookUp, Person, Scope, SharingKey, SharingState
from talent.models.sharing import GRANTS, hash_of

ASKS = "talent.ask_sharingkey"
LONGEST = 366  # days a key lives; then it is asked for again
MOST = 1_000_000  # a day
MIN_WORDS = 4

_SPEND = """
INSERT INTO talent_sharingday AS d (key_id, day, used) VALUES (%(key)s, %(day)s, 1)
ON CONFLICT (key_id, day) DO UPDATE SET used = d.used + 1 WHERE d.used < %(quota)s
RETURNING d.used
"""


class NotInScope(RuleBroken):
    """The key is good, but not for this."""


class OverQuota(RuleBroken):
    """The day's look-ups are used up; ``retry_after`` seconds to the next day."""

    def __init__(self, quota: int, retry_after: int) -> None:
        super().__init__(f"今天的查询次数已达到限额（{quota}次），请明天再试；确需增加的，请申请调整限额。")
        self.retry_after = retry_after


@transaction.atomic
def ask(
    department: Department,
    *,
    purpose: str,
    basis: str,
    scopes: Iterable[str],
    quota: int,
    valid_from: date,
    valid_to: date,
    needs_about: bool = True,
    by: User | None,
    at: datetime,
) -> SharingKey:
    """Ask for a key; whoever is to see anything of a noun sees its basic fields too."""
    _require_head(department, by, at, "数据共享由使用部门的负责人申请。")
    wanted = {Scope(code) for code in scopes}
    if not wanted:
        raise RuleBroken("请至少选择一项共享范围。", field="scopes")
    wanted |= {Scope(f"{scope.noun}.basic") for scope in wanted}
    for field, words, name in (("purpose", purpose, "使用目的"), ("basis", basis, "依据")):
        if len(words.strip()) < MIN_WORDS:
            raise RuleBroken(f"请写明{name}，至少{MIN_WORDS}个字。", field=field)
    if not 1 <= quota <= MOST:
        raise RuleBroken(f"每日限额应在1次到{MOST}次之间。", field="quota")
    if valid_to < valid_from:
        raise RuleBroken("停用日期不能早于启用日期。", field="valid_to")
    if valid_to < localdate(at):
        raise RuleBroken("停用日期已经过去。", field="valid_to")
    if (valid_to - valid_from).days > LONGEST:
        raise RuleBroken("一次最长申请一年，到期可以重新申请。", field="valid_to")
    key = SharingKey.objects.create(
        department=department, purpose=purpose.strip(), basis=basis.strip(), quota=quota,
        scopes=[scope for scope in Scope.values if scope in wanted], needs_about=needs_about,
        valid_from=valid_from, valid_to=valid_to, asked_by=by, asked_at=at,
    )  # fmt: skip
    audit.record(
        "talent.sharingkey.asked", subject=key, actor=by, at=at, department=department.name,
        purpose=key.purpose, basis=key.basis, scopes=key.scopes, quota=quota,
        valid_from=str(valid_from), until=str(valid_to),
    )  # fmt: skip
    return key


@transaction.atomic
def decide(key: SharingKey, *, granted: bool, opinion: str = "", by: User | None, at: datetime) -> SharingKey:
    """The security administrator grants or refuses; the secret is made only when the department fetches it."""
    require(by, GRANTS, "数据共享由安全管理员审批。")
    key = _locked(key)
    key.move_to(SharingState.GRANTED if granted else SharingState.REFUSED)
    if not granted and len(opinion.strip()) < MIN_WORDS:
        raise RuleBroken(f"请写明不予批准的理由，至少{MIN_WORDS}个字。", field="opinion")
    key.decided_by, key.decided_at, key.opinion = by, at, opinion.strip()
    key.save(update_fields=["state", "decided_by", "decided_at", "opinion"])
    action = "talent.sharingkey.granted" if granted else "talent.sharingkey.refused"
    audit.record(action, subject=key, actor=by, at=at, opinion=key.opinion)
    return key


@transaction.atomic
def issue(key: SharingKey, *, by: User | None, at: datetime) -> tuple[SharingKey, str]:
    """Make the secret and hand it out once; fetched again, the one before opens nothing any more."""
    key = _locked(key)
    _require_head(key.department, by, at, "密钥由使用部门的负责人领取。")
    if not key.state == SharingState.GRANTED:
        raise RuleBroken(f"该密钥{key.get_state_display()}，不能领取。")
    again, secret = bool(key.handle), secrets.token_urlsafe(32)
    key.handle, key.secret_hash = key.handle or secrets.token_hex(6), hash_of(secret)
    key.issued_by, key.issued_at = by, at
    key.save(update_fields=["handle", "secret_hash", "issued_by", "issued_at"])
    action = "talent.sharingkey.renewed" if again else "talent.sharingkey.issued"
    audit.record(action, subject=key, actor=by, at=at, number=key.handle)
    return key, f"{key.handle}.{secret}"


@transaction.atomic
def revoke(key: SharingKey, *, reason: str, by: User | None, at: datetime) -> SharingKey:
    """From now on it opens nothing: the security administrator takes it back, or the department gives it up."""
    key = _locked(key)
    if by is not None and not by.has_perm(GRANTS):
        _require_head(key.department, by, at, "停用密钥由安全管理员或者使用部门的负责人办理。")
    key.move_to(SharingState.REVOKED)
    if len(reason.strip()) < MIN_WORDS:
        raise RuleBroken(f"请写明停用原因，至少{MIN_WORDS}个字。", field="reason")
    key.revoked_by, key.revoked_at, key.revoked_reason = by, at, reason.strip()
    key.save(update_fields=["state", "revoked_by", "revoked_at", "revoked_reason"])
    audit.record("talent.sharingkey.revoked", subject=key, actor=by, at=at, reason=key.revoked_reason)
    return key


def _require_head(department: Department, by: User | None, at: datetime, refusal: str) -> None:
    require(by, ASKS, refusal)
    if by is not None and not by.posts.in_force(localdate(at)).filter(department=department).exists():
        raise RuleBroken(refusal)


def _locked(key: SharingKey) -> SharingKey:
    return SharingKey.objects.select_for_update(of=("self",)).select_related("department").get(pk=key.pk)


def spend(key: SharingKey, *, at: datetime) -> int:
    """Count one use of the key, in one statement of its own; how many today. Raises OverQuota."""
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, {"key": key.pk, "day": localdate(at), "quota": key.quota})
        counted = cursor.fetchone()
    if counted is None:
        midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
        raise OverQuota(key.quota, int((midnight + timedelta(days=1) - at).total_seconds()) + 1)
    return int(counted[0])


def admit(key: SharingKey, noun: str, *, about: str, at: datetime) -> str:
    """Let the key in to look up records of a noun, or say why not; the reason as it may be kept.

    Raises NotInScope, OverQuota, or RuleBroken where the reason is missing.
    """
    if not any(Scope(code).noun == noun for code in key.scopes):
        what = {"enterprise": "企业", "person": "人员"}[noun]
        raise NotInScope(f"该密钥的共享范围不含{what}信息。")
    about = without_numbers(about.replace("\x00", "").strip())
    if key.needs_about and len(about) < MIN_WORDS:
        raise RuleBroken(
            f"使用该密钥查询须说明事由，请填写办件编号或者查询事由，至少{MIN_WORDS}个字。", field="about"
        )
    spend(key, at=at)
    return about


@transaction.atomic
def note(
    key: SharingKey,
    records: Iterable[Enterprise | Person],
    *,
    scopes: Iterable[str],
    about: str,
    at: datetime,
) -> None:
    """Write down who looked at which records, for whom they concern and for the record of deeds.

    A fixed number of statements, however many records.
    """
    rows, given = list(records), list(scopes)
    LookUp.objects.bulk_create(
        LookUp(
            key=key, scopes=given, about=about, at=at,
            enterprise=row if isinstance(row, Enterprise) else None,
            person=row if isinstance(row, Person) else None,
        )
        for row in rows
    )  # fmt: skip
    facts: dict[str, Any] = {
        "department": key.department.name, "number": key.handle, "scopes": given, "about": about,
    }  # fmt: skip
    if len(rows) == 1:
        audit.record("talent.record.looked_up", subject=rows[0], actor=None, at=at, **facts)
    elif rows:
        deeds = [audit.Deed(row, facts) for row in rows]
        audit.record_all("talent.record.looked_up", deeds, actor=None, at=at)


def note_miss(key: SharingKey, *, asked: str, about: str, at: datetime) -> None:
    """A look-up that found nothing: kept with the key, so that fishing is seen. ``asked`` without numbers of people."""
    audit.record(
        "talent.sharingkey.missed", subject=key, actor=None, at=at, behalf=key.department.name,
        what=asked, about=about,
    )  # fmt: skip


def note_followed(key: SharingKey, *, since: int, until: int, at: datetime) -> None:
    """The feed of changes was read; it names records and nothing of them, so it is kept with the key alone."""
    audit.record(
        "talent.sharingkey.followed", subject=key, actor=None, at=at, behalf=key.department.name,
        items=f"{since}–{until}",
    )  # fmt: skip
