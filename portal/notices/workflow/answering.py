from datetime import datetime

from django.db import transaction
from django.db.models import Max

from portal.audit import workflow as audit
from portal.notices import hours
from portal.notices.models import Channel, FollowUp, FollowUpWay, Notice, NoticeState, OptOut, Template
from portal.people.models import User
from portal.refusals import RuleBroken

MIN_REASON = 4
ANSWERS = (FollowUpWay.PHONE, FollowUpWay.LETTER, FollowUpWay.VISIT, FollowUpWay.MOOT)


@transaction.atomic
def resend(notice: Notice, *, reason: str, by: User, at: datetime) -> Notice:
    """The same words to the same address once more, as a new version that follows this one."""
    notice = Notice.objects.select_for_update(of=("self",)).select_related("template").get(pk=notice.pk)
    reason = reason.strip()
    if not reason:
        raise RuleBroken("请填写重发原因。", field="reason")
    if notice.channel == Channel.IN_SITE:
        raise RuleBroken("站内消息一直在收件人的消息页上，无须重发。")
    if notice.template.is_secret:
        raise RuleBroken("验证码不能重发，请收件人重新获取。")
    if not notice.address:
        raise RuleBroken("该通知没有可用的号码或邮箱，请人工告知。")
    if not notice.is_finished:
        raise RuleBroken(f"该通知{notice.get_state_display()}，请待其有结果后再重发。")
    same = Notice.objects.filter(
        recipient_hash=notice.recipient_hash,
        template=notice.template,
        key=notice.key,
        channel=notice.channel,
    )
    if same.exclude(state__in=[NoticeState.DELIVERED, NoticeState.FAILED, NoticeState.EXPIRED]).exists():
        raise RuleBroken("该通知已在重发中，请待其有结果。")
    quiet_free = notice.urgent or notice.channel != Channel.SMS
    act_at = at if quiet_free else hours.next_allowed(at)
    again = Notice(
        template=notice.template,
        channel=notice.channel,
        key=notice.key,
        version=(same.aggregate(last=Max("version"))["last"] or 0) + 1,
        recipient_hash=notice.recipient_hash,
        recipient_name=notice.recipient_name,
        address=notice.address,
        second_address=notice.second_address,
        user=notice.user,
        party=notice.party,
        department_id=notice.department_id,
        subject_type=notice.subject_type,
        subject_id=notice.subject_id,
        text=notice.text,
        values=notice.values,
        segments=notice.segments,
        urgent=notice.urgent,
        act_at=act_at,
        created_at=at,
        expires_at=act_at + notice.template.lives_for,
        follows=notice,
        reason=reason[:200],
    )
    again.save()
    follow_up = FollowUp.objects.open().select_for_update().filter(notice=notice).first()
    if follow_up:
        _close(follow_up, FollowUpWay.RESENT, reason, by, at)
    audit.record(
        "notices.notice.resent", subject=notice, actor=by, at=at, reason=reason, resent_as=str(again.pk)
    )
    return again


@transaction.atomic
def answer_follow_up(follow_up: FollowUp, *, way: str, note: str, by: User, at: datetime) -> FollowUp:
    """Somebody has told the person, and says how."""
    follow_up = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if follow_up.answered_at:
        raise RuleBroken("该人工告知已由他人办理。")
    if way not in ANSWERS:
        raise RuleBroken("请选择告知方式。", field="way")
    if not note.strip():
        raise RuleBroken("请说明告知的时间和对象，或无须告知的理由。", field="note")
    _close(follow_up, way, note.strip(), by, at)
    audit.record(
        "notices.follow_up.answered", subject=follow_up, actor=by, at=at, way=way, note=note.strip()[:300]
    )
    return follow_up


def _close(follow_up: FollowUp, way: str, note: str, by: User, at: datetime) -> None:
    follow_up.way, follow_up.note = way, note[:300]
    follow_up.answered_by, follow_up.answered_at = by, at
    follow_up.save(update_fields=["way", "note", "answered_by", "answered_at"])


@transaction.atomic
def revoke_opt_out(opt_out: OptOut, *, reason: str, by: User, at: datetime) -> OptOut:
    """The person wants reminders again; the reason says how they asked."""
    if not reason.strip():
        raise RuleBroken("请说明收件人以何种方式要求恢复。", field="reason")
    opt_out.revoked_at = at
    opt_out.save(update_fields=["revoked_at"])
    audit.record("notices.opt_out.revoked", subject=opt_out, actor=by, at=at, reason=reason.strip()[:200])
    return opt_out


@transaction.atomic
def reveal_address(notice: Notice, *, reason: str, by: User, at: datetime) -> str:
    """The whole number or address, to somebody who must call or write; the reason goes on record first."""
    if not by.has_perm("people.unmask_party"):
        raise RuleBroken("您没有查看完整个人信息的权限。")
    if len(reason.strip()) < MIN_REASON:
        raise RuleBroken(
            f"请写明查看原因，至少{MIN_REASON}个字。",
            field="reason",
            basis="《中华人民共和国个人信息保护法》第六条",
        )
    audit.record("notices.notice.unmasked", subject=notice, actor=by, at=at, reason=reason.strip()[:200])
    return notice.address


@transaction.atomic
def set_gateway_codes(
    template: Template, *, aliyun_code: str, tencent_code: str, by: User, at: datetime
) -> Template:
    """Under which numbers the operators approved the template's words."""
    template = Template.objects.select_for_update().get(pk=template.pk)
    before = {"aliyun": template.aliyun_code, "tencent": template.tencent_code}
    template.aliyun_code, template.tencent_code = aliyun_code.strip(), tencent_code.strip()
    template.save(update_fields=["aliyun_code", "tencent_code"])
    after = {"aliyun": template.aliyun_code, "tencent": template.tencent_code}
    audit.record(
        "notices.template.gateway_codes_set", subject=template, actor=by, at=at, before=before, after=after
    )
    return template


def mark_read(user: User, *, at: datetime) -> int:
    """The person has opened their messages; how many were new."""
    return Notice.objects.in_site_for(user).unread().order_by().update(read_at=at)
