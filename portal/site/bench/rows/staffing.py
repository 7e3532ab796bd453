"""The staffing monitor over every enterprise, against the one GROUP BY it cannot do without."""

from datetime import date

from django.db import connection
from django.utils import timezone
from django.utils.timezone import localdate

from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.sizes import Size
from portal.site.seeding.registries import seed_enterprises, seed_people
from talent import staffing
from talent.models import COMPANY_WIDE, OF_PEOPLE, Employment, Indicator, StaffingState
from talent.workflow import staffing as monitor

STAFFING = Row(
    "staffing", "资质条件全量核对", "one GROUP BY of the people employed, by enterprise and post",
    "recompute(): every rule of every enterprise, states kept", Sense.SLOWER, 3.0,
)  # fmt: skip
PEOPLE_EACH = 57  # 570,000 people in 10,000 enterprises
ENTERPRISES = {"tiny": 40, "small": 1_000}
MOST = 10_000
SAMPLE = 200
_GROUPED = """
SELECT w.enterprise_id, w.position, count(*), count(*) FILTER (WHERE p.title >= 2), min(p.career_from)
FROM talent_employment w JOIN talent_person p ON p.id = w.person_id
WHERE w.archived_at IS NULL AND p.archived_at IS NULL AND w.valid_from <= %(on)s
  AND (w.valid_to IS NULL OR w.valid_to >= %(on)s)
GROUP BY w.enterprise_id, w.position
"""


def staffing_row(places: Places, size: Size) -> Pair:
    at = timezone.now()
    on, enterprises = localdate(at), ENTERPRISES.get(size.name, MOST)
    seed_enterprises(enterprises, at=at)
    seed_people(enterprises * PEOPLE_EACH, at=at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    def grouped() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_GROUPED, {"on": on})
            cursor.fetchall()

    return Pair(
        reference=grouped, candidate=lambda: monitor.recompute(on=on), check=lambda: _check(on), things=enterprises
    )  # fmt: skip


def _check(on: date) -> str:
    """States of people counted one by one, an enterprise here and there; and that nothing is left to change."""
    assert monitor.recompute(on=on) == 0, "a second round changed something"  # noqa: S101
    states = StaffingState.objects.filter(indicator__in=OF_PEOPLE - COMPANY_WIDE - {Indicator.CHIEF_YEARS})
    total = states.count()
    assert total, "no enterprise has a rule"  # noqa: S101
    step = max(total // SAMPLE, 1)
    sampled = states.select_related("rule", "enterprise").order_by("pk")[::step]
    for state in sampled:
        found = staffing.counted(state, state.enterprise, on).count()
        assert state.found == found, f"{state}: {state.found} kept, {found} counted"  # noqa: S101
    people = Employment.objects.in_force(on).count()
    return f"{StaffingState.objects.count():,} states over {people:,} people; {len(sampled)} counted one by one agree"


ROWS = ((STAFFING, staffing_row),)
