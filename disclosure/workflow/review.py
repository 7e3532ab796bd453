"""The chain a version comes through: handed in, reviewed, cleared of secrets, approved, published."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from disclosure import deadlines
from disclosure.models import (
    SECRECY_CHECKLIST,
    Attribute,
    Document,
    DocumentVersion,
    ReviewStage,
    ReviewStep,
    Verdict,
)
from disclosure.models import VersionStatus as Status
from disclosure.workflow import duties, publishing, scans
from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import Clock, ClockKind

REQUIRED = {
    "title": "标题",
    "body": "正文",
    "formed_on": "成文日期",
    "topic": "主题分类",
    "attribute": "公开属性",
    "statutory_item": "法定主动公开内容",
}


@transaction.atomic
def submit(version: DocumentVersion, *, by: User | None, at: datetime, opinion: str = "") -> DocumentVersion:
    """Hand a draft in for review. Raises RuleBroken for a missing field."""
    on = localdate(at)
    version = DocumentVersion.objects.locked(version)
    duties.may_edit(by, version, on)
    require_complete(version, at)
    scans.rescan(version, at=at)
    version.move_to(Status.DEPARTMENT_REVIEW)
    version.department_reviewer = version.secrecy_reviewer = version.approver = None
    version.submitted_at = at
    version.save(
        update_fields=["status", "department_reviewer", "secrecy_reviewer", "approver", "submitted_at"]
    )
    _note(version, ReviewStage.SUBMISSION, Verdict.PASSED, opinion.strip() or "提交审核", by=by, at=at)
    _tell_next(version, ReviewStage.DEPARTMENT, at=at)
    return version


@transaction.atomic
def review(version: DocumentVersion, *, opinion: str, by: User, at: datetime) -> DocumentVersion:
    """部门审核 passed: on to the secrecy review."""
    version, opinion = _judged(version, ReviewStage.DEPARTMENT, Status.SECRECY_REVIEW, opinion, by, at)
    version.department_reviewer = by
    version.save(update_fields=["status", "department_reviewer"])
    _note(version, ReviewStage.DEPARTMENT, Verdict.PASSED, opinion, by=by, at=at)
    _tell_next(version, ReviewStage.SECRECY, at=at)
    return version


@transaction.atomic
def secrecy_review(
    version: DocumentVersion, *, checklist: dict[str, bool], opinion: str, by: User, at: datetime
) -> DocumentVersion:
    """保密审查 passed (第十七条): every point of the checklist confirmed, and the answers kept."""
    answers = confirmed(checklist)
    version, opinion = _judged(version, ReviewStage.SECRECY, Status.APPROVAL, opinion, by, at)
    scans.require_clear(version)
    version.secrecy_reviewer = by
    version.save(update_fields=["status", "secrecy_reviewer"])
    _note(version, ReviewStage.SECRECY, Verdict.PASSED, opinion, by=by, at=at, checklist=answers)
    _tell_next(version, ReviewStage.APPROVAL, at=at)
    return version


@transaction.atomic
def approve(
    version: DocumentVersion, *, opinion: str, by: User, at: datetime, publish_at: datetime | None = None
) -> DocumentVersion:
    """批准: published now, or at ``publish_at`` by the job. Raises RuleBroken for a time that has passed."""
    if publish_at is not None and publish_at <= at:
        raise RuleBroken("定时发布的时间应晚于现在。", field="publish_at")
    target = Status.PUBLISHED if publish_at is None else Status.SCHEDULED
    version, opinion = _judged(version, ReviewStage.APPROVAL, target, opinion, by, at)
    if publish_at and version.public_until and version.public_until < localdate(publish_at):
        raise RuleBroken("到定时发布的那一天，限时公开已经期满。", field="publish_at")
    require_complete(version, at)
    publishing.require_interpretation(version, at)
    scans.require_clear(version)
    version.approver = by
    _note(version, ReviewStage.APPROVAL, Verdict.PASSED, opinion, by=by, at=at)
    if publish_at is None:
        version = _published(version, by=by, at=at)
    else:
        version.publish_at = publish_at
        version.save(update_fields=["status", "approver", "publish_at"])
        audit.record(
            "disclosure.document.scheduled", subject=version.document, actor=by, at=at,
            publish_at=publish_at.isoformat(),
        )  # fmt: skip
    for reading in publishing.companions(version):
        if reading.status == Status.APPROVAL:  # 同步审批、同步发布
            approve(reading, opinion=opinion, by=by, at=at, publish_at=publish_at)
    return version


@transaction.atomic
def return_to_author(version: DocumentVersion, *, reason: str, by: User, at: datetime) -> DocumentVersion:
    """退回, from any stage of the review, with the reason; a new round begins with handing in again."""
    stages = {
        Status.DEPARTMENT_REVIEW: ReviewStage.DEPARTMENT,
        Status.SECRECY_REVIEW: ReviewStage.SECRECY,
        Status.APPROVAL: ReviewStage.APPROVAL,
        Status.SCHEDULED: ReviewStage.APPROVAL,
    }
    version = DocumentVersion.objects.locked(version)
    stage = stages.get(Status(version.status))
    if stage is None:
        raise RuleBroken(f"《{version.title}》现为“{version.get_status_display()}”，不能退回。")
    duties.require_post(
        by, version.document, duties.STAGE_ROLES[stage], localdate(at), office=stage in duties.OFFICE_STAGES
    )
    if by.pk == version.author_id:
        raise RuleBroken("您是本文件的起草人，可以收回，不能退回。")
    reason = duties.opinion_of(reason, field="reason", what="退回理由")
    version.move_to(Status.DRAFT)
    version.publish_at = None
    version.save(update_fields=["status", "publish_at"])
    _note(version, stage, Verdict.RETURNED, reason, by=by, at=at)
    _tell_returned(version, stage, at=at)
    return version


@transaction.atomic
def recall(version: DocumentVersion, *, by: User | None, at: datetime, opinion: str = "") -> DocumentVersion:
    """The author takes back what was handed in and is not yet published."""
    version = DocumentVersion.objects.locked(version)
    duties.may_edit(by, version, localdate(at))
    version.move_to(Status.DRAFT)
    version.publish_at = None
    version.save(update_fields=["status", "publish_at"])
    _note(version, ReviewStage.RECALL, Verdict.RETURNED, opinion.strip() or "收回修改", by=by, at=at)
    return version


@transaction.atomic
def publish_urgently(
    version: DocumentVersion,
    *,
    reason: str,
    checklist: dict[str, bool],
    by: User,
    at: datetime,
) -> DocumentVersion:
    """Out at once in an emergency; secrecy is cleared on the spot, approval follows within three working days."""
    answers = confirmed(checklist)
    version = DocumentVersion.objects.locked(version)
    duties.require_post(by, version.document, duties.APPROVING, localdate(at))
    duties.refuse_second_part(by, version)
    reason = duties.opinion_of(reason, field="reason", what="紧急发布的理由", most=300)
    require_complete(version, at)
    scans.rescan(version, at=at)
    version.move_to(Status.PUBLISHED)
    version.secrecy_reviewer, version.is_urgent, version.urgent_reason = by, True, reason
    version.submitted_at = version.submitted_at or at
    _note(version, ReviewStage.URGENT, Verdict.PASSED, reason, by=by, at=at, checklist=answers)
    version = _published(version, by=by, at=at)
    version.ratification_clock = clocks.start(
        ClockKind.RATIFICATION, subject=version.document, on=localdate(at),
        limit=deadlines.RATIFICATION_WORKDAYS, basis=deadlines.RATIFICATION_BASIS,
        department=version.document.publisher, handler=by, label=f"补批《{version.title}》"[:120], by=by, at=at,
    )  # fmt: skip
    version.save(update_fields=["ratification_clock"])
    for person in duties.people_at(version, ReviewStage.RATIFICATION, localdate(at)):
        notices.queue(
            "document_to_ratify", to=person, at=at, key=str(version.pk), subject=version.document,
            title=version.title, due_on=version.ratification_clock.due_on,
        )  # fmt: skip
    return version


@transaction.atomic
def ratify(version: DocumentVersion, *, opinion: str, by: User, at: datetime) -> DocumentVersion:
    """补办审批: a third person approves what went out urgently. Who does not approve withdraws it."""
    version = DocumentVersion.objects.locked(version)
    if not version.awaits_ratification:
        raise RuleBroken(f"《{version.title}》不需要补办审批。")
    duties.may_judge(by, version, ReviewStage.RATIFICATION, localdate(at))
    opinion = duties.opinion_of(opinion)
    version.approver, version.ratified_at = by, at
    if version.ratification_clock and not version.ratification_clock.is_closed:
        clocks.close(version.ratification_clock, on=localdate(at), outcome="已补批", by=by, at=at)
    version.save(update_fields=["approver", "ratified_at"])
    _note(version, ReviewStage.RATIFICATION, Verdict.PASSED, opinion, by=by, at=at)
    return version


@transaction.atomic
def publish_scheduled(version: DocumentVersion, *, at: datetime) -> bool:
    """Publish what was approved for a time that has come. Looked at again under lock.

    Raises RuleBroken when something has come in between (the interpretation was taken back, say).
    """
    version = DocumentVersion.objects.locked(version)
    if version.status != Status.SCHEDULED or version.publish_at is None or version.publish_at > at:
        return False
    version.move_to(Status.PUBLISHED)
    _published(version, by=None, at=at)
    return True


def end_with(document: Document, *, by: User | None, at: datetime) -> None:
    """What is over when the locked document is taken down: a scheduled publication, a late approval."""
    for version in document.versions.filter(status=Status.SCHEDULED).select_related("author"):
        version.document = document
        version.move_to(Status.DRAFT)
        version.publish_at = None
        version.save(update_fields=["status", "publish_at"])
        reason = "文件已撤下，定时发布取消；需要重新公开的，请修改后重新送审。"
        _note(version, ReviewStage.APPROVAL, Verdict.RETURNED, reason, by=by, at=at)
        _tell_returned(version, ReviewStage.APPROVAL, at=at)
    late = document.versions.filter(ratified_at=None).exclude(ratification_clock=None)
    for clock in Clock.objects.filter(pk__in=late.values("ratification_clock"), closed_on=None):
        clocks.close(clock, on=localdate(at), outcome="已撤下", by=by, at=at)


@transaction.atomic
def tell_not_published(version: DocumentVersion, *, reason: str, at: datetime) -> None:
    """Tell author and approver once that the hour came and the document did not go out."""
    for person in {each for each in (version.author, version.approver) if each is not None}:
        notices.queue(
            "document_not_published", to=person, at=at, key=f"{version.pk}:{version.steps.count()}",
            subject=version.document, title=version.title, reason=reason[:200],
        )  # fmt: skip


def require_complete(version: DocumentVersion, at: datetime) -> None:
    """Raises RuleBroken at the first field that is missing or does not fit."""
    for name, label in REQUIRED.items():
        if not getattr(version, name):
            raise RuleBroken(f"请填写{label}。", field=name)
    publishing.require_column(version.document)
    if version.attribute != Attribute.PROACTIVE:
        raise RuleBroken("只有公开属性为“主动公开”的文件才能送审发布。", field="attribute")
    if version.formed_on and version.formed_on > localdate(at):
        raise RuleBroken("成文日期不能晚于今天。", field="formed_on")
    if version.public_until and version.public_until < localdate(at):
        raise RuleBroken("限时公开的最后一天不能早于今天。", field="public_until")
    if version.number > 1 and not version.change_note:
        raise RuleBroken("请写明本次修改了什么。", field="change_note")


def confirmed(checklist: dict[str, bool]) -> dict[str, bool]:
    """The answers to keep. Raises RuleBroken unless every point is confirmed."""
    missing = [text for key, text in SECRECY_CHECKLIST.items() if not checklist.get(key)]
    if missing:
        raise RuleBroken(
            f"保密审查清单还有{len(missing)}项没有确认；有一项不能确认的，请退回。",
            field="checklist",
            basis="《中华人民共和国政府信息公开条例》第十七条",
        )
    return dict.fromkeys(SECRECY_CHECKLIST, True)


def _judged(
    version: DocumentVersion, stage: str, target: str, opinion: str, by: User, at: datetime
) -> tuple[DocumentVersion, str]:
    version = DocumentVersion.objects.locked(version)
    waiting = {
        ReviewStage.DEPARTMENT: Status.DEPARTMENT_REVIEW,
        ReviewStage.SECRECY: Status.SECRECY_REVIEW,
        ReviewStage.APPROVAL: Status.APPROVAL,
    }[ReviewStage(stage)]
    if version.status != waiting:
        raise RuleBroken(
            f"《{version.title}》现为“{version.get_status_display()}”，不在{ReviewStage(stage).label}环节。"
        )
    duties.may_judge(by, version, stage, localdate(at))
    opinion = duties.opinion_of(opinion)
    version.move_to(target)
    return version, opinion


def _published(version: DocumentVersion, *, by: User | None, at: datetime) -> DocumentVersion:
    version = publishing.put_public(version, by=by, at=at)
    if version.author and version.author != by:
        notices.queue(
            "document_published", to=version.author, at=at, key=f"{version.pk}", subject=version.document,
            title=version.title, index_no=version.document.index_no,
        )  # fmt: skip
    return version


def _note(
    version: DocumentVersion,
    stage: str,
    verdict: str,
    opinion: str,
    *,
    by: User | None,
    at: datetime,
    checklist: dict[str, bool] | None = None,
) -> None:
    ReviewStep.objects.create(
        version=version, stage=stage, person=by, verdict=verdict, opinion=opinion, checklist=checklist or {},
        at=at,
    )  # fmt: skip
    audit.record(
        f"disclosure.document.{stage}_{verdict}", subject=version.document, actor=by, at=at,
        version=version.number, opinion=opinion,
    )  # fmt: skip


def _tell_returned(version: DocumentVersion, stage: str, *, at: datetime) -> None:
    if version.author:
        notices.queue(
            "document_returned", to=version.author, at=at, key=f"{version.pk}:{version.steps.count()}",
            subject=version.document, title=version.title, stage=ReviewStage(stage).label,
        )  # fmt: skip


def _tell_next(version: DocumentVersion, stage: str, *, at: datetime) -> None:
    for person in duties.people_at(version, stage, localdate(at)):
        notices.queue(
            "document_waiting", to=person, at=at, key=f"{version.pk}:{version.steps.count()}",
            subject=version.document, title=version.title, stage=ReviewStage(stage).label,
        )  # fmt: skip
