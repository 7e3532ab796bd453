"""What happens when a notice did not arrive: another channel, or a person."""

from collections.abc import Iterable
from datetime import datetime

from portal.notices.models import Channel, FollowUp, Notice, NoticeState, TemplateKind
from portal.people.crypto import keyed_hash

REASONS = {
    NoticeState.FAILED: "{channel}未送达：{detail}",
    NoticeState.EXPIRED: "{channel}在有效期内未能发出",
}


def look_after(pks: Iterable[int], at: datetime) -> None:
    """For each finished, undelivered notice: an e-mail if there is an address, else a follow-up.

    Codes need neither: who still wants in asks for a new one.
    """
    pks = list(pks)
    if not pks:
        return
    notices = Notice.objects.filter(pk__in=pks).exclude(template__kind=TemplateKind.CODE)
    by_mail, by_hand = [], []
    for notice in notices.select_related("template").order_by("pk"):
        if notice.channel == Channel.SMS and notice.second_address:
            by_mail.append(_mail_instead(notice, at))
        else:
            by_hand.append(FollowUp(notice=notice, why=_why(notice), opened_at=at))
    Notice.objects.bulk_create(by_mail, ignore_conflicts=True)
    FollowUp.objects.bulk_create(by_hand, ignore_conflicts=True)


def _mail_instead(notice: Notice, at: datetime) -> Notice:
    return Notice(
        template=notice.template,
        channel=Channel.EMAIL,
        key=notice.key,
        version=notice.version,
        recipient_hash=keyed_hash("email", notice.second_address),
        recipient_name=notice.recipient_name,
        address=notice.second_address,
        user=notice.user,
        party=notice.party,
        department_id=notice.department_id,
        subject_type=notice.subject_type,
        subject_id=notice.subject_id,
        text=notice.text,
        urgent=notice.urgent,
        act_at=at,
        created_at=at,
        expires_at=at + notice.template.lives_for,
        follows=notice,
    )


def _why(notice: Notice) -> str:
    detail = notice.detail or notice.code or "网关未说明原因"
    reason = REASONS[NoticeState(notice.state)]
    return reason.format(channel=notice.get_channel_display(), detail=detail)[:300]
