import hashlib
import re
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from portal.audit import workflow as audit
from portal.notices import numbering
from portal.notices.gateways import Answer, Outcome
from portal.notices.models import (
    Channel,
    FollowUp,
    FollowUpWay,
    Notice,
    NoticeState,
    OptOut,
    Receipt,
    ReceiptSource,
    TemplateKind,
)
from portal.notices.workflow import failing
from portal.people.crypto import keyed_hash
from portal.people.identity import normalise_phone
from portal.people.masking import mask_phone
from portal.refusals import RuleBroken

NO_RECEIPT = "no_receipt"
OPTED_OUT = "opted_out"
OPT_OUT_WORDS = frozenset({"T", "TD", "R", "退订", "拒收"})

# From these a good receipt still makes a delivered notice: the silence was only ours.
_MENDABLE = Q(state=NoticeState.EXPIRED) | Q(state=NoticeState.FAILED, code__in=[NO_RECEIPT, "unknown"])


@transaction.atomic
def take_receipt(
    *,
    gateway: str,
    delivered: bool,
    reference: str = "",
    gateway_id: str = "",
    phone: str = "",
    code: str = "",
    detail: str = "",
    reported_at: datetime | None = None,
    at: datetime,
) -> Notice | None:
    """A gateway reports what became of a message. Twice, late or out of order is harmless.

    ``reference`` is ours, ``gateway_id`` theirs; either finds the notice. A report by ``gateway_id`` that
    comes before the answer to the send is kept and applied with it. Raises RuleBroken for a
    reference this house did not give, or a number the notice did not go to.
    """
    notice = _find(gateway, reference, gateway_id)
    if reference and notice is None:
        raise RuleBroken("回执中的业务编号不是本系统所发。", field="reference")
    if notice and phone and notice.recipient_hash != keyed_hash("phone", normalise_phone(phone)):
        raise RuleBroken("回执中的号码与通知不符。", field="phone")
    answer = Answer(Outcome.DELIVERED if delivered else Outcome.REFUSED, code, detail, gateway_id)
    pk = notice.pk if notice else None
    if not keep_receipt(pk, ReceiptSource.PUSHED, gateway, answer, at, reported_at):
        return notice
    if notice:
        _apply(notice, delivered, code, detail, at, gateway_id=gateway_id)
    return notice


def keep_receipt(
    pk: int | None,
    source: str,
    gateway: str,
    answer: Answer,
    at: datetime,
    reported_at: datetime | None = None,
) -> bool:
    """Write down what the gateway said; False when it had said exactly that before."""
    delivered = answer.outcome == Outcome.DELIVERED
    said = "\n".join(
        (gateway, str(pk or ""), answer.gateway_id, str(delivered), answer.code, str(reported_at or ""))
    )
    receipt = Receipt(
        notice_id=pk,
        source=source,
        delivered=delivered,
        gateway=gateway,
        gateway_id=answer.gateway_id[:128],
        code=answer.code[:64],
        detail=answer.detail[:300],
        reported_at=reported_at,
        received_at=at,
        digest=hashlib.sha256(said.encode()).hexdigest(),
    )
    if Receipt.objects.filter(digest=receipt.digest).exists():
        return False
    Receipt.objects.bulk_create([receipt], ignore_conflicts=True)
    return True


def apply_early(gateway_ids: list[str], gateway: str, at: datetime) -> None:
    """Receipts that came before the answer that names their notice."""
    if not gateway_ids:
        return
    early = Receipt.objects.filter(notice=None, gateway=gateway, gateway_id__in=gateway_ids)
    for receipt in early.order_by("received_at", "pk"):
        notice = _find(gateway, "", receipt.gateway_id)
        if notice:
            receipt.notice = notice
            receipt.save(update_fields=["notice"])
            _apply(notice, receipt.delivered, receipt.code, receipt.detail, at)


@transaction.atomic
def take_reply(*, phone: str, text: str, at: datetime) -> OptOut | None:
    """A person answered a text message: a word of refusal ends reminders, anything else is left alone."""
    word = re.sub(r"[\s。.!！]", "", text).upper()
    number = normalise_phone(phone)
    if word not in OPT_OUT_WORDS or not number:
        return None
    hashed = keyed_hash("phone", number)
    opted_out, _ = OptOut.objects.update_or_create(
        phone_hash=hashed,
        defaults={
            "masked_phone": mask_phone(number),
            "keyword": word,
            "opted_out_at": at,
            "revoked_at": None,
        },
    )
    waiting = Notice.objects.filter(
        recipient_hash=hashed,
        channel=Channel.SMS,
        state=NoticeState.WAITING,
        template__kind=TemplateKind.REMINDER,
    )
    waiting.update(
        state=NoticeState.EXPIRED, act_at=None, finished_at=at, code=OPTED_OUT, detail="收件人已退订提醒"
    )
    audit.record("notices.opt_out.received", subject=opted_out, actor=None, at=at, keyword=word)
    return opted_out


def _find(gateway: str, reference: str, gateway_id: str) -> Notice | None:
    pk = numbering.pk_of(reference) if reference else None
    if pk:
        chosen = Q(pk=pk)
    elif gateway_id and not reference:
        chosen = Q(gateway=gateway, gateway_id=gateway_id)
    else:
        return None
    locked = Notice.objects.select_for_update(of=("self",)).select_related("template")
    return locked.filter(chosen).first()


def _apply(
    notice: Notice, delivered: bool, code: str, detail: str, at: datetime, *, gateway_id: str = ""
) -> None:
    mendable = Notice.objects.filter(_MENDABLE, pk=notice.pk).exists()
    if notice.is_finished and not (delivered and mendable):
        return
    if not delivered and notice.state == NoticeState.WAITING:
        return  # of an earlier try; another one is to come
    notice.state = NoticeState.DELIVERED if delivered else NoticeState.FAILED
    notice.act_at, notice.finished_at = None, at
    notice.sent_at = notice.sent_at or notice.claimed_at or at
    notice.code, notice.detail = code[:64], detail[:300]
    notice.gateway_id = gateway_id[:128] or notice.gateway_id
    if notice.template.is_secret:
        notice.text = notice.values = ""
    notice.save(
        update_fields=[
            *("state", "act_at", "finished_at", "sent_at", "code", "detail", "gateway_id"),
            *(("text", "values") if notice.template.is_secret else ()),
        ]
    )
    if delivered:
        FollowUp.objects.open().filter(notice=notice).update(
            way=FollowUpWay.RECEIPT, note="迟到的回执", answered_at=at
        )
    else:
        failing.look_after([notice.pk], at)
