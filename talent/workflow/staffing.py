"""The staffing monitor: states, alerts and their correction periods. Nothing else writes to them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import localdate

from portal import copying
from portal.audit import workflow as audit
from portal.notices import workflow as notices
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import ClockKind, Unit
from talent import staffing
from talent.models import COMPANY_WIDE, Enterprise, StaffingAlert, StaffingState
from talent.staffing import missing_for, would_break

__all__ = ["follow", "missing_for", "note_handling", "recompute", "settle", "watch", "would_break"]

# 建筑业企业资质管理规定第二十八条: put right within a set time, three months at the most.
CORRECTION_DAYS = 90
CORRECTION_BASIS = "《建筑业企业资质管理规定》第二十八条"
# 安全生产许可证条例第十四条 forbids lowering the conditions; how long to put it right is of the house (待核).
SAFETY_DAYS = 30
SAFETY_BASIS = "《安全生产许可证条例》第十四条"

TOGETHER = 100  # alerts opened in one transaction

_KEEP = """
, gone AS (
    DELETE FROM talent_staffingstate s
    WHERE {of_s} NOT EXISTS (
        SELECT 1 FROM now n WHERE n.enterprise_id = s.enterprise_id AND n.slot = s.slot)
    RETURNING 1
), told AS (
    INSERT INTO talent_staffingstate AS s
        (enterprise_id, slot, qualification_id, rule_id, indicator, required, found, is_broken, since)
    SELECT n.enterprise_id, n.slot, n.qualification_id, n.rule_id, n.indicator, n.required, n.found,
           coalesce(n.found < n.required, false), %(on)s
    FROM now n
    LEFT JOIN talent_staffingstate had ON had.enterprise_id = n.enterprise_id AND had.slot = n.slot
    WHERE had.id IS NULL OR (had.qualification_id, had.rule_id, had.required, had.found)
          IS DISTINCT FROM (n.qualification_id, n.rule_id, n.required, n.found)
    ON CONFLICT (enterprise_id, slot) DO UPDATE SET
        qualification_id = excluded.qualification_id, rule_id = excluded.rule_id,
        required = excluded.required, found = excluded.found, is_broken = excluded.is_broken,
        since = CASE WHEN s.is_broken = excluded.is_broken THEN s.since ELSE excluded.since END
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM told)
"""


@transaction.atomic
def recompute(*, on: date, enterprises: Iterable[int] | None = None) -> int:
    """Write every state as the facts are now, of all enterprises or of those named; how many changed.

    ``since`` is the first day a state was seen as it is. The rows of those named are held, so that two
    who leave at once are both counted.
    """
    named = None if enterprises is None else sorted(set(enterprises))
    if named is not None:
        held = Enterprise.objects.select_for_update(no_key=True).filter(pk__in=named).order_by("pk")
        list(held.values_list("pk", flat=True))
    text, values = staffing.statement(on=on, enterprises=named)
    of = "s.enterprise_id = ANY(%(enterprises)s::bigint[]) AND" if named is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(text + _KEEP.format(of_s=of), values)
        return int(cursor.fetchone()[0])


def settle(*, at: datetime, enterprises: Iterable[int] | None = None) -> int:
    """Open an alert for what is broken and has none, close those of what is put right; how many.

    A hundred in a transaction, closed ones each in their own: a run cut short is made up by the next.
    """
    states = StaffingState.objects.filter(is_broken=True)
    alerts = StaffingAlert.objects.open()
    if enterprises is not None:
        states, alerts = states.filter(enterprise__in=enterprises), alerts.filter(enterprise__in=enterprises)
    broken: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for pk, enterprise, qualification, indicator in states.order_by("pk").values_list(
        "pk", "enterprise_id", "qualification_id", "indicator"
    ):
        broken[enterprise, None if indicator in COMPANY_WIDE else qualification].append(pk)
    known = {
        (alert.enterprise_id, alert.qualification_id): alert
        for alert in alerts.select_related("enterprise__party", "qualification__category").order_by("pk")
    }
    for key, alert in known.items():
        if key not in broken:
            _close(alert, at=at)
    new = [pks for key, pks in broken.items() if key not in known]
    for first in range(0, len(new), TOGETHER):
        _open(new[first : first + TOGETHER], at=at)
    return len(new) + len(known.keys() - broken.keys())


def watch(*, at: datetime) -> tuple[int, int]:
    """The nightly round: states that changed, alerts opened or closed."""
    return recompute(on=localdate(at)), settle(at=at)


def follow(*enterprises: int, at: datetime) -> None:
    """After a change of these enterprises' staff, in its transaction: states and alerts at once."""
    if enterprises and recompute(on=localdate(at), enterprises=enterprises):
        settle(at=at, enterprises=enterprises)


@transaction.atomic
def _open(groups: list[list[int]], *, at: datetime) -> list[StaffingAlert]:
    """An alert for each group of states, with its clock, entry and notice; the same number of statements for many."""
    states = {
        state.pk: state
        for state in StaffingState.objects.filter(pk__in=[pk for pks in groups for pk in pks])
        .select_related("enterprise__party", "qualification__category", "rule__department")
    }  # fmt: skip
    firms = sorted({state.enterprise_id for state in states.values()})
    list(
        Enterprise.objects.select_for_update(no_key=True)
        .filter(pk__in=firms)
        .order_by("pk")
        .values_list("pk")
    )
    opened = set(
        StaffingAlert.objects.open()
        .filter(enterprise__in=firms)
        .values_list("enterprise_id", "qualification_id")
    )
    together = [[states[pk] for pk in pks if pk in states] for pks in groups]
    together = [found for found in together if found and _place(found[0]) not in opened]
    alerts = StaffingAlert.objects.bulk_create(
        StaffingAlert(
            enterprise=first.enterprise, department=first.rule.department, opened_at=at,
            qualification=None if first.indicator in COMPANY_WIDE else first.qualification,
            lacks=[state.missing_words for state in (first, *others)],
        )
        for first, *others in together
    )  # fmt: skip
    beginnings = [
        clocks.Beginning(
            alert, SAFETY_DAYS if alert.qualification_id is None else CORRECTION_DAYS,
            SAFETY_BASIS if alert.qualification_id is None else CORRECTION_BASIS, alert.department,
            alert.enterprise.party, str(alert),
        )
        for alert in alerts
    ]  # fmt: skip
    started = clocks.start_all(
        ClockKind.STAFFING, beginnings, on=localdate(at), unit=Unit.CALENDAR, by=None, at=at
    )
    for alert, clock in zip(alerts, started, strict=True):
        alert.current_clock = clock
    copying.update_models(alerts, ["current_clock"])
    deeds = [
        audit.Deed(
            alert,
            {
                "enterprise": alert.enterprise.name, "what": alert.what, "lacks": alert.lacks,
                "due_on": clock.due_on,
            },
        )
        for alert, clock in zip(alerts, started, strict=True)
    ]  # fmt: skip
    audit.record_all("talent.staffing_alert.opened", deeds, actor=None, at=at)
    notices.queue_all(
        "staffing_broken",
        [
            _errand(alert, lacks="；".join(alert.lacks)[:80], due_on=clock.due_on)
            for alert, clock in zip(alerts, started, strict=True)
        ],
        at=at,
    )
    return alerts


def _place(state: StaffingState) -> tuple[int, int | None]:
    """What an alert about this state is about."""
    return state.enterprise_id, None if state.indicator in COMPANY_WIDE else state.qualification_id


@transaction.atomic
def _close(alert: StaffingAlert, *, at: datetime) -> None:
    alert = StaffingAlert.objects.locked(alert)
    if alert.closed_at is not None:
        return
    kept = alert.qualification
    ended = kept is not None and not type(kept).objects.in_force(localdate(at)).filter(pk=kept.pk).exists()
    outcome = "资质已终止" if ended else "已符合标准"
    if alert.current_clock is not None:
        clocks.close(alert.current_clock, on=localdate(at), outcome=outcome, by=None, at=at)
    alert.closed_at = at
    alert.save(update_fields=["closed_at"])
    audit.record("talent.staffing_alert.closed", subject=alert, actor=None, at=at, outcome=outcome)
    notices.queue_all("staffing_restored", [_errand(alert, outcome=outcome)], at=at)


@transaction.atomic
def note_handling(alert: StaffingAlert, *, text: str, by: User | None, at: datetime) -> StaffingAlert:
    """What the department did about it. Ending a qualification is a decision of its own."""
    require(by, "talent.handle_staffingalert", "资质预警由监督部门处理。")
    alert = StaffingAlert.objects.locked(alert)
    posts = by.posts.in_force(localdate(at)).filter(department=alert.department_id) if by else None
    if posts is not None and not posts.exists():
        raise RuleBroken(f"只有{alert.department}的人员可以登记处理情况。")
    if alert.closed_at is not None:
        raise RuleBroken("这条预警已经解除。")
    if len(text.strip()) < 2:
        raise RuleBroken("请写明处理情况。", field="text")
    alert.handling, alert.handled_by, alert.handled_at = text.strip(), by, at
    alert.save(update_fields=["handling", "handled_by", "handled_at"])
    audit.record("talent.staffing_alert.handled", subject=alert, actor=by, at=at, text=alert.handling[:200])
    return alert


def _errand(alert: StaffingAlert, **values: Any) -> notices.Errand:
    names = {"enterprise": alert.enterprise.name[:30], "what": alert.what}
    return notices.Errand(
        alert.enterprise.party,
        f"staffing:{alert.pk}",
        1,
        alert,
        None,
        {**names, **values},
        alert.department_id,
    )
