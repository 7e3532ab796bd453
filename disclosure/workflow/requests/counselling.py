"""Advice inside the office: 会商, the legal adviser's opinion, leave to extend. The limit does not wait for it."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure.models.requests import Counsel, CounselKind, InformationRequest, RequestStatus
from disclosure.workflow.requests import duties
from disclosure.workflow.requests.running import tell_staff
from portal.audit import workflow as audit
from portal.people.masking import without_numbers
from portal.people.models import User, UserKind
from portal.refusals import RuleBroken

ASKABLE = (RequestStatus.OPEN, RequestStatus.CONSULTING)


@transaction.atomic
def ask_counsel(
    request: InformationRequest, *, kind: str, of: User, question: str, by: User, at: datetime
) -> InformationRequest:
    """Ask a colleague, of any department; they see this request from then on."""
    on = localdate(at)
    request = InformationRequest.objects.locked(request)
    duties.may_work(by, request, on)
    if request.status not in ASKABLE:
        raise RuleBroken("只有正在办理的申请可以会商。")
    if kind not in CounselKind.values:
        raise RuleBroken("请选择会商、法律顾问意见或者延期审批。", field="kind")
    if of.kind != UserKind.STAFF or not of.posts.in_force(on).exists() or of.pk == by.pk:
        raise RuleBroken("请选择另一位在岗的工作人员。", field="of")
    if kind == CounselKind.EXTENSION and not duties.holds_post(of, request.department, duties.LEADING, on):
        raise RuleBroken("延期由政府信息公开工作机构负责人审批，请选择负责人。", field="of")
    question = without_numbers(duties.checked_text(question, field="question", what="问题"))
    if request.counsels.filter(kind=kind, asked_of=of, answered_at=None).exists():
        raise RuleBroken(f"已经在等{of}的答复。", field="of")
    row = Counsel.objects.create(
        request=request, kind=kind, question=question, asked_by=by, asked_of=of, asked_at=at
    )
    audit.record(
        "disclosure.request.counsel_asked", subject=request, actor=by, at=at, kind=kind, of=str(of), question=question[:300]
    )  # fmt: skip
    tell_staff(
        "foi_counsel", request, of, at=at, key=f"{request.number}:{row.pk}", kind=row.get_kind_display()
    )
    return request


@transaction.atomic
def answer_counsel(row: Counsel, *, answer: str, by: User, at: datetime) -> InformationRequest:
    """The answer of the one who was asked; an answer that refuses an extension ends that question too."""
    request = InformationRequest.objects.locked(row.request)
    row = Counsel.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=row.pk)
    if row.asked_of_id != by.pk:
        raise RuleBroken("只有被征询的人可以答复。")
    if row.answered_at:
        raise RuleBroken("您已经答复过。")
    _close(
        request, row, without_numbers(duties.checked_text(answer, field="answer", what="答复")), by=by, at=at
    )
    tell_staff("foi_counsel_answered", request, row.asked_by, at=at, key=f"{request.number}:{row.pk}",
               kind=row.get_kind_display())  # fmt: skip
    return request


@transaction.atomic
def drop_counsel(row: Counsel, *, by: User, at: datetime) -> InformationRequest:
    """The question is no longer needed."""
    request = InformationRequest.objects.locked(row.request)
    duties.may_work(by, request, localdate(at))
    row = Counsel.objects.select_for_update().get(pk=row.pk)
    if row.answered_at:
        raise RuleBroken("这个征询已经有答复。")
    _close(request, row, "提出人已撤销征询。", by=by, at=at)
    return request


def _close(request: InformationRequest, row: Counsel, answer: str, *, by: User, at: datetime) -> None:
    row.answer, row.answered_at = answer, at
    row.save(update_fields=["answer", "answered_at"])
    audit.record(
        "disclosure.request.counsel_answered",
        subject=request,
        actor=by,
        at=at,
        kind=row.kind,
        answer=answer[:300],
    )
