"""The one origin row of an act that states facts."""

from datetime import datetime

from portal.people.models import Department, Party, User
from talent.models import Origin, OriginKind


def declared(party: Party, *, by: User | None, at: datetime) -> Origin:
    """Someone states facts of themselves."""
    return Origin.objects.create(kind=OriginKind.SELF, party=party, by=by, at=at)


def imported(source: str, *, department: Department | None = None, by: User | None, at: datetime) -> Origin:
    """Another system's data came in; ``source`` names it, as pages print it."""
    return Origin.objects.create(kind=OriginKind.IMPORT, source=source, department=department, by=by, at=at)


def decided(
    department: Department, *, decision_number: str, case_number: str = "", by: User | None, at: datetime
) -> Origin:
    """A decision of an authority writes facts (批后自动入库)."""
    return Origin.objects.create(
        kind=OriginKind.DECISION, department=department, decision_number=decision_number,
        case_number=case_number, by=by, at=at,
    )  # fmt: skip
