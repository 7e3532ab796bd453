"""What a case reads from the registries and what its decision writes there."""

from datetime import date, datetime

from django.utils.timezone import localdate

from approvals.deadlines import add_months
from approvals.models import Case, Certificate
from portal.people.models import User
from portal.refusals import RuleBroken
from talent.workflow import writing
from talent.workflow.flags import require_no_open_flags
from talent.workflow.writing import Change, Grant, Rehearsal

NOT_YET = "（决定时编号）"


def valid_to(case: Case, begins: date) -> date | None:
    """The last day of what is granted; None where the item sets no period."""
    months = case.version.result_valid_months
    return add_months(begins, months) if months else None


def rehearse(case: Case, *, by: User, at: datetime) -> Rehearsal | None:
    """What granting this case now would change in the registries; None when the item writes nothing."""
    if not case.version.write_back:
        return None
    try:
        require_no_open_flags(party=case.party)
    except RuleBroken as refusal:
        return Rehearsal(refusal=str(refusal))
    begins = localdate(at)
    grant = Grant(case.party, case.department, NOT_YET, case.number, NOT_YET, begins, valid_to(case, begins))
    return writing.rehearse(case.version.write_back, case.answers, grant, by=by, at=at)


def write(
    case: Case, certificate: Certificate | None, *, number: str, by: User, at: datetime
) -> list[Change]:
    """In the transaction of the decision. Raises RuleBroken when the registries forbid it: then nothing is decided."""
    if not case.version.write_back:
        return []
    require_no_open_flags(party=case.party)
    begins = certificate.valid_from if certificate else localdate(at)
    grant = Grant(
        case.party, case.department, number, case.number, certificate.number if certificate else number,
        begins, certificate.valid_to if certificate else valid_to(case, begins),
    )  # fmt: skip
    return writing.write(case.version.write_back, case.answers, grant, by=by, at=at)


def rehearse_reversal(case: Case, *, by: User, at: datetime) -> Rehearsal | None:
    """What the registries lose with this licence, and which rule then breaks; None when it wrote nothing."""
    if not case.version.write_back:
        return None
    return writing.rehearse_take_back(
        case.number, department=case.department, decision_number=NOT_YET, on=localdate(at), by=by, at=at
    )


def take_back(case: Case, *, number: str, by: User, at: datetime) -> list[Change]:
    """In the transaction of the reversal: what its grant wrote stands until yesterday."""
    if not case.version.write_back:
        return []
    return writing.take_back(
        case.number, department=case.department, decision_number=number, on=localdate(at), by=by, at=at
    )
