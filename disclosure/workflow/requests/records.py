"""更正申请 (条例 第四十一条): correct what is wrong about a person, hand it on, or say who can."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from disclosure import deadlines
from disclosure.models.requests import FilePurpose, RecordCorrection, RecordState
from disclosure.workflow.requests import duties
from disclosure.workflow.requests.holding import taken
from disclosure.workflow.requests.submitting import new_query_code
from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.notices.recipients import Recipient
from portal.papers import workflow as papers
from portal.papers.numbering import next_number
from portal.people import identity
from portal.people.crypto import keyed_hash
from portal.people.masking import without_numbers
from portal.people.models import Department, User
from portal.people.workflow.parties import check_number
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind


@transaction.atomic
def ask_record_correction(
    *,
    department: Department,
    name: str,
    id_type: str,
    id_number: str,
    phone: str,
    record: str,
    wrong: str,
    right: str,
    evidence: UploadedFile | None,
    form_key: UUID | None = None,
    by: User | None,
    at: datetime,
) -> RecordCorrection:
    """A person says, with evidence, that a record about them is wrong.

    ``form_key`` names the form whose evidence was held when it was refused before.
    """
    on = localdate(at)
    proof = taken(form_key or uuid4(), FilePurpose.EVIDENCE, [evidence] if evidence else [], by=by, at=at)
    if not proof:
        raise RuleBroken("请上传证明记录不准确的证据。", field="evidence", basis="条例第四十一条")
    code = new_query_code()
    row = RecordCorrection(
        query_code=code,
        query_code_hash=keyed_hash("query_code", code),
        department=department,
        applicant_user=by,
        name=duties.checked_text(name, field="name", what="姓名或者名称", most=100),
        id_type=id_type,
        id_number=check_number(id_type, id_number, today=on),
        phone=identity.check_phone(phone),
        record=duties.checked_text(record, field="record", what="记录所在的信息", most=200),
        wrong=duties.checked_text(wrong, field="wrong", what="不准确的内容"),
        right=duties.checked_text(right, field="right", what="正确的内容"),
        submitted_at=at,
        received_on=on,
    )
    *replaced, (_, row.evidence) = proof
    for _, former in replaced:
        papers.discard(former, by=by, at=at)
    serial = next_number(f"record.{department.code}", str(on.year))
    row.number = f"XXGZ-{department.code}-{on.year}-{serial:05d}"
    row.save(force_insert=True)
    row.clock = clocks.start(
        ClockKind.CORRECTION, subject=row, on=on, limit=deadlines.RECORD_WORKDAYS, basis=deadlines.RECORD_BASIS,
        department=department, label=f"信息更正申请{row.number}", by=by, at=at,
    )  # fmt: skip
    row.save(update_fields=["clock"])
    audit.record(
        "disclosure.record_correction.submitted",
        subject=row,
        actor=by,
        at=at,
        behalf=row.name,
        number=row.number,
    )
    _tell("record_submitted", row, at=at, query_code=code, due_on=row.clock.due_on)
    return row


@transaction.atomic
def settle_record_correction(
    row: RecordCorrection, *, state: str, answer: str, by: User, at: datetime
) -> RecordCorrection:
    """Corrected, forwarded, or told whom to ask; the person hears it in every case."""
    row = RecordCorrection.objects.locked(row)
    duties.require_post(by, row.department, duties.WORKING, localdate(at))
    if row.state != RecordState.RECEIVED:
        raise RuleBroken("这件更正申请已经办结。")
    if state not in RecordState.values or state == RecordState.RECEIVED:
        raise RuleBroken("请选择处理结果。", field="state")
    row.state, row.answered_at, row.answered_by = RecordState(state), at, by
    row.answer = without_numbers(duties.checked_text(answer, field="answer", what="答复内容"))
    if row.clock:
        clocks.close(row.clock, on=localdate(at), outcome=str(row.get_state_display()), by=by, at=at)
    row.save(update_fields=["state", "answered_at", "answered_by", "answer"])
    audit.record(
        "disclosure.record_correction.settled", subject=row, actor=by, at=at, state=state, answer=row.answer
    )
    _tell("record_settled", row, at=at, outcome=row.get_state_display())
    return row


def _tell(code: str, row: RecordCorrection, *, at: datetime, **params: Any) -> None:
    to = Recipient(row.name, phone=row.phone, user=row.applicant_user)
    notices.queue(code, to=to, at=at, key=row.number, subject=row, number=row.number, **params)
