"""What a party may not change itself it proposes, with evidence; the registry office decides."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.papers import workflow as papers
from portal.papers.models import Counter
from portal.people.models import Department, Party, User
from portal.people.rights import require
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind
from talent.models import Described, Proposal, ProposalState
from talent.workflow import facts, origins
from talent.workflow.keeping import require_actable

LIMIT, BASIS = 20, "本部门服务承诺"  # working days; a promise of the house, no statutory limit
MIN_REASON = 4


def registry_office() -> Department:
    """The department that keeps the registries."""
    return Department.objects.get(code=settings.REGISTRY_OFFICE)


@transaction.atomic
def propose(
    row: Described, field: str, value: Any, *, reason: str, evidence: UploadedFile, by: User, at: datetime
) -> Proposal:
    """Ask that a field say otherwise. A proposal for the same field that waits is withdrawn by it.

    Raises RuleBroken for a field the party may change itself, or a value that stands already.
    """
    party: Party = row.party  # type: ignore[attr-defined]
    require_actable(party, by, at)
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    fact = next((one for one in row.own_facts() if one.field == field), None)
    if fact is None:
        raise RuleBroken("这项内容随登记机关的信息更新，不能在这里申请变更。")
    if fact.is_open:
        raise RuleBroken(f"“{fact.label}”由您自行申报，可以直接修改。")
    if getattr(row, field) == value:
        raise RuleBroken("申请的内容与现有登记相同。", field="value")
    if len(reason.strip()) < MIN_REASON:
        raise RuleBroken(f"请写明变更原因，至少{MIN_REASON}个字。", field="reason")
    which: dict[str, Any] = {str(row._meta.model_name): row}
    for earlier in Proposal.objects.select_for_update().filter(
        **which, field=field, state=ProposalState.OPEN
    ):
        _close(earlier, ProposalState.WITHDRAWN, by=by, at=at)
    today = localdate(at)
    serial = Counter.objects.take("登记信息变更申请", str(today.year))
    department = registry_office()
    proposal = Proposal.objects.create(
        **which, number=f"库更〔{today.year}〕{serial}号", field=field, was=getattr(row, field), wanted=value,
        reason=reason.strip(), evidence=papers.store_upload(evidence, by=by, at=at), department=department,
        made_by=by, made_at=at,
    )  # fmt: skip
    proposal.clock = clocks.start(
        ClockKind.CORRECTION, subject=proposal, on=today, limit=LIMIT, basis=BASIS, department=department,
        party=party, by=by, at=at, label=f"登记信息变更申请{proposal}",
    )  # fmt: skip
    proposal.save(update_fields=["clock"])
    audit.record("talent.proposal.made", subject=proposal, actor=by, at=at, of=str(row), what=fact.label)
    return proposal


@transaction.atomic
def withdraw_proposal(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    proposal = Proposal.objects.locked(proposal)
    require_actable(proposal.row.party, by, at)  # type: ignore[attr-defined]
    _close(proposal, ProposalState.WITHDRAWN, by=by, at=at)
    return proposal


def _close(proposal: Proposal, state: ProposalState, *, by: User | None, at: datetime) -> None:
    proposal.move_to(state)
    proposal.save(update_fields=["state"])
    if proposal.clock is not None:
        clocks.close(proposal.clock, on=localdate(at), outcome=state.label, by=by, at=at)
    audit.record(f"talent.proposal.{state.value}", subject=proposal, actor=by, at=at)


@transaction.atomic
def decide_proposal(
    proposal: Proposal, *, accepted: bool, opinion: str, by: User | None, at: datetime
) -> Proposal:
    """Accept, which writes the field as a decision of the office and locks it; or refuse with reasons."""
    require(by, "talent.decide_proposal", "变更申请由登记库主管部门的承办人员审核。")
    proposal = Proposal.objects.locked(proposal)
    if not accepted and len(opinion.strip()) < MIN_REASON:
        raise RuleBroken(f"请写明不同意的理由，至少{MIN_REASON}个字。", field="opinion")
    row = proposal.row
    proposal.opinion, proposal.decided_by, proposal.decided_at = opinion.strip(), by, at
    proposal.save(update_fields=["opinion", "decided_by", "decided_at"])
    _close(proposal, ProposalState.ACCEPTED if accepted else ProposalState.REFUSED, by=by, at=at)
    if accepted:
        origin = origins.decided(proposal.department, decision_number=proposal.number, by=by, at=at)
        facts.state(row, {proposal.field: proposal.value()}, origin=origin)
    notices.queue(
        "proposal_accepted" if accepted else "proposal_refused",
        to=row.party,  # type: ignore[attr-defined]
        at=at, key=f"proposal-{proposal.pk}", subject=proposal, number=proposal.number, what=proposal.label,
        opinion=proposal.opinion or "同意",
    )  # fmt: skip
    return proposal
