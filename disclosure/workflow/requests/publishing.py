"""What of requests becomes public: masked replies, and information that several asked for."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models.requests import Conversion, InformationRequest, RequestReply, RequestStatus
from disclosure.workflow import citations
from disclosure.workflow.requests import duties
from portal.audit import workflow as audit
from portal.people.masking import without_numbers
from portal.people.models import User
from portal.refusals import RuleBroken


@transaction.atomic
def publish_reply(
    request: InformationRequest, *, title: str, text: str, by: User, at: datetime
) -> InformationRequest:
    """Show a reply to everyone: only these words, checked for the applicant's name and for numbers."""
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, localdate(at), duties.PUBLISHING)
    if request.status != RequestStatus.REPLIED:
        raise RuleBroken("只有已经答复的申请可以公布答复。")
    title = duties.checked_text(title, field="title", what="公布的标题", most=200)
    text = duties.checked_text(text, field="text", what="公布的内容", most=5000)
    for name, words in (("title", title), ("text", text)):
        if without_numbers(words) != words:
            raise RuleBroken("公布的内容含有身份证件号码或者手机号码，请删去。", field=name)
        if request.is_natural and request.name in words:
            raise RuleBroken(
                f"公布的内容含有申请人姓名，请改为“{request.public_name}”或者删去。",
                field=name,
                basis="《中华人民共和国个人信息保护法》第六条",
            )
    row = RequestReply.objects.select_for_update().get(request=request)
    row.published_at, row.published_title, row.published_text = row.published_at or at, title, text
    row.save(update_fields=["published_at", "published_title", "published_text"])
    citations.cite_reply(row)
    audit.record("disclosure.request.reply_published", subject=request, actor=by, at=at, title=title)
    return request


@transaction.atomic
def withhold_reply(request: InformationRequest, *, by: User, at: datetime) -> InformationRequest:
    """Take a published reply off the page."""
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, localdate(at), duties.PUBLISHING)
    row = RequestReply.objects.select_for_update().filter(request=request).exclude(published_at=None).first()
    if row is None:
        raise RuleBroken("本申请的答复没有公布。")
    row.published_at, row.published_title, row.published_text = None, "", ""
    row.save(update_fields=["published_at", "published_title", "published_text"])
    audit.record("disclosure.request.reply_withheld", subject=request, actor=by, at=at)
    return request


@transaction.atomic
def settle_conversion(
    request: InformationRequest, *, conversion: str, note: str, by: User, at: datetime
) -> InformationRequest:
    """Several asked for the same: it becomes proactive, or it is said why not (条例 第四十四条)."""
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, localdate(at), duties.PUBLISHING)
    if conversion not in Conversion.values:
        raise RuleBroken("请选择是否转为主动公开。", field="conversion")
    note = without_numbers(duties.checked_text(note, field="note", what="处理说明", most=300))
    root = request.topic_id or request.pk
    for one in InformationRequest.objects.filter(topic=root).order_by("pk").select_for_update():
        if one.pk != request.pk:
            one.conversion, one.conversion_note = conversion, note
            one.save(update_fields=["conversion", "conversion_note"])
    request.conversion, request.conversion_note = conversion, note
    request.save(update_fields=["conversion", "conversion_note"])
    audit.record(
        "disclosure.request.conversion_settled",
        subject=request,
        actor=by,
        at=at,
        conversion=conversion,
        note=note,
    )
    return request
