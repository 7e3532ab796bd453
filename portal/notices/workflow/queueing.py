import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q

from portal.audit.models import subject_key
from portal.notices import hours, segments
from portal.notices.models import (
    Channel,
    FollowUp,
    Notice,
    NoticeState,
    OptOut,
    Template,
    TemplateKind,
)
from portal.notices.recipients import Reach, Recipient, reaches
from portal.people.crypto import keyed_hash
from portal.people.models import Party, User
from portal.refusals import RuleBroken

# The operators' own limits for codes; beyond them the code would be dropped on the way.
CODE_LIMITS = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
NO_ADDRESS = "no_address"


@dataclass(frozen=True)
class Errand:
    """One thing to tell one person; many go through ``queue_all`` in one statement."""

    to: User | Party | Recipient
    key: str
    version: int = 1
    subject: Model | tuple[str, str] | None = None
    channels: tuple[str, ...] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    department_id: int | None = None  # whose business it is; by default the subject's own


def queue(
    code: str,
    /,
    *,
    to: User | Party | Recipient,
    at: datetime,
    key: str,
    version: int = 1,
    subject: Model | tuple[str, str] | None = None,
    channels: tuple[str, ...] | None = None,
    **params: Any,
) -> list[Notice]:
    """Rows of the outbox for everyone ``to`` stands for, in the caller's transaction.

    The same template, recipient, ``key`` (a case number, say), ``version`` and channel make one row however
    often this is called. Nobody to reach makes a failed row and a follow-up for a person to do.
    Raises UnknownTemplate and WrongVariables at once; RuleBroken only for a code asked for too often.
    """
    return queue_all(code, [Errand(to, key, version, subject, channels, params)], at=at)


@transaction.atomic
def queue_all(code: str, errands: Iterable[Errand], *, at: datetime) -> list[Notice]:
    """As ``queue``, for many errands of one template at a fixed number of statements."""
    template = Template.objects.coded(code)
    rows = [row for errand in errands for row in _rows(template, errand, at)]
    if template.kind == TemplateKind.REMINDER:
        rows = _without_opted_out(rows)
    if template.kind == TemplateKind.CODE:
        _refuse_too_many(template, rows, at)
    return _keep(rows, at)


def _rows(template: Template, errand: Errand, at: datetime) -> list[Notice]:
    text, words = template.word(errand.values)
    channels = errand.channels or tuple(template.channels)
    if unknown := set(channels) - set(Channel.values):
        raise ValueError(f"unknown channel: {', '.join(sorted(unknown))}")
    rows = []
    for reach in reaches(errand.to, at):
        made = []
        if Channel.SMS in channels and reach.mobile:
            made.append(_text_message(template, reach, text, words, channels, at))
        if Channel.EMAIL in channels and reach.email:
            made.append(_mail(template, reach, text, at))
        if Channel.IN_SITE in channels:
            people = [reach.user] if reach.user else reach.extra_users
            made.extend(_message(template, reach, person, text, at) for person in people)
        rows.extend(made or [_unreachable(template, reach, channels[0], text, at)])
    subject_type, subject_id = ("", "") if errand.subject is None else subject_key(errand.subject)
    department_id = errand.department_id or getattr(errand.subject, "department_id", None)
    for row in rows:
        row.department_id = department_id
        row.key, row.version = errand.key, errand.version
        row.subject_type, row.subject_id = subject_type, subject_id
    return rows


def _row(template: Template, reach: Reach, channel: str, text: str, at: datetime) -> Notice:
    return Notice(
        template=template,
        channel=channel,
        recipient_name=reach.name,
        user=reach.user,
        party=reach.party,
        text=text,
        urgent=template.bypass_quiet,
        state=NoticeState.WAITING,
        act_at=at,
        created_at=at,
        expires_at=at + template.lives_for,
    )


def _text_message(
    template: Template,
    reach: Reach,
    text: str,
    words: dict[str, str],
    channels: tuple[str, ...],
    at: datetime,
) -> Notice:
    body = segments.shortened(text, settings.SMS_SIGNATURE)
    row = _row(template, reach, Channel.SMS, body, at)
    row.address = reach.mobile
    row.recipient_hash = keyed_hash("phone", reach.mobile)
    row.second_address = "" if Channel.EMAIL in channels or template.is_secret else reach.email
    row.values = json.dumps(words, ensure_ascii=False) if words else ""
    row.segments = segments.segments(segments.signed(settings.SMS_SIGNATURE, body))
    row.act_at = at if row.urgent else hours.next_allowed(at)
    row.expires_at = row.act_at + template.lives_for
    return row


def _mail(template: Template, reach: Reach, text: str, at: datetime) -> Notice:
    row = _row(template, reach, Channel.EMAIL, text, at)
    row.address = reach.email
    row.recipient_hash = keyed_hash("email", reach.email)
    return row


def _message(template: Template, reach: Reach, person: User, text: str, at: datetime) -> Notice:
    """A message on the person's own page is delivered by being a row."""
    row = _row(template, reach, Channel.IN_SITE, text, at)
    row.user = person
    row.recipient_hash = keyed_hash("user", str(person.pk))
    row.state, row.act_at, row.sent_at, row.finished_at = NoticeState.DELIVERED, None, at, at
    return row


def _unreachable(template: Template, reach: Reach, channel: str, text: str, at: datetime) -> Notice:
    row = _row(template, reach, channel, text, at)
    who = f"party:{reach.party.pk}" if reach.party else f"user:{reach.user.pk}" if reach.user else reach.name
    row.recipient_hash = keyed_hash("unreachable", who)
    row.state, row.act_at, row.finished_at = NoticeState.FAILED, None, at
    row.code, row.detail = NO_ADDRESS, "没有可用的手机号码、邮箱或账号"
    return row


def _without_opted_out(rows: list[Notice]) -> list[Notice]:
    hashes = {row.recipient_hash for row in rows if row.channel == Channel.SMS}
    out = set(
        OptOut.objects.filter(phone_hash__in=hashes, revoked_at=None).values_list("phone_hash", flat=True)
    )
    return [row for row in rows if row.recipient_hash not in out]


def _refuse_too_many(template: Template, rows: list[Notice], at: datetime) -> None:
    for row in rows:
        earlier = Notice.objects.filter(
            recipient_hash=row.recipient_hash,
            template__kind=TemplateKind.CODE,
            channel=row.channel,
            created_at__gt=at - CODE_LIMITS[-1][0],
        ).exclude(template=template, key=row.key, version=row.version)
        moments = list(earlier.values_list("created_at", flat=True))
        for span, most in CODE_LIMITS:
            if sum(moment > at - span for moment in moments) >= most:
                wait = {1: "1分钟", 60: "1小时", 1440: "一天"}[span // timedelta(minutes=1)]
                raise RuleBroken(f"验证码发送过于频繁，{wait}内最多{most}次，请稍后再试。", field="phone")


def _keep(rows: list[Notice], at: datetime) -> list[Notice]:
    """Insert what is new; answer with the rows as they stand, in the order they were asked for."""
    if not rows:
        return []
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    kept: dict[tuple[Any, ...], Notice] = {}
    for start in range(0, len(rows), 2000):
        part = rows[start : start + 2000]
        same = Q(
            recipient_hash__in={row.recipient_hash for row in part},
            template=rows[0].template,
            key__in={row.key for row in part},
        )
        kept |= {_identity(row): row for row in Notice.objects.filter(same).select_related("template")}
    stand = list({row.pk: row for row in (kept[_identity(row)] for row in rows)}.values())
    unreachable = [row for row in stand if row.code == NO_ADDRESS]
    FollowUp.objects.bulk_create(
        [FollowUp(notice=row, why=row.detail, opened_at=at) for row in unreachable], ignore_conflicts=True
    )
    return stand


def _identity(row: Notice) -> tuple[Any, ...]:
    return (row.recipient_hash, row.template_id, row.key, row.version, row.channel)
