"""Requests whose table is known before they are counted: the truth first, then the rows."""

from collections import Counter
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from disclosure.models import InformationRequest
from disclosure.models.requests import ObtainWay, RequestChannel, RequestStatus
from disclosure.replies import Reply
from disclosure.report import cells
from portal.people.models import Department, IdType

REPLIES = [reply.value for reply in Reply]
PARTIES = [party.key for party in cells.PARTIES]


def make_truth(department: Department, year: int, count: int) -> dict[str, int]:
    """``count`` requests that table 3 of this year counts, some on each side that it does not; the true table."""
    truth: Counter[str] = Counter()
    rows = []
    for serial in range(count):
        party = PARTIES[(serial * serial + serial // 7) % 6] if serial % 3 else "natural"
        reply = REPLIES[(serial * 5 + serial // 21) % 21]
        received = date(year, 1, 1) + timedelta(days=serial * 13 % 330)
        replied: date | None = received + timedelta(days=serial % 30)
        line = ["new"]
        if serial % 11 == 0:  # carried in
            received, line = date(year - 1, 12, 31) - timedelta(days=serial % 20), ["carried_in"]
            replied = date(year, 1, 1) + timedelta(days=serial % 25)
        if serial % 17 == 0:  # not answered at all, or only after the year
            replied = None if serial % 2 else date(year + 1, 1, 1) + timedelta(days=serial % 9)
            line.append("carried_out")
        else:
            line += [reply, "total"]
        rows.append(_request(department, serial, party, received, replied, reply))
        for row in line:
            truth[f"t3.{row}.{party}"] += 1
            truth[f"t3.{row}.total"] += 1
    rows.append(
        _request(department, count, "natural", date(year - 1, 6, 1), date(year - 1, 12, 31), "granted")
    )
    rows.append(_request(department, count + 1, "natural", date(year + 1, 1, 1), None, ""))
    InformationRequest.objects.bulk_create(rows, batch_size=1_000)
    return {address: truth[address] for address in cells.names(year) if address.startswith("t3.")}


def _request(
    department: Department, serial: int, party: str, received: date, replied: date | None, reply: str
) -> InformationRequest:
    noon = timezone.make_aware(datetime.combine(received, time(12)))
    request = InformationRequest(
        number=f"YSQ-{department.code}-{received.year}-{serial:05d}",
        department=department,
        channel=RequestChannel.WEB,
        applicant_type=party,
        name="申请人",
        title=f"第{serial}号信息",
        way=ObtainWay.WEB,
        status=RequestStatus.REPLIED if replied else RequestStatus.OPEN,
        submitted_at=noon,
        received_on=received,
        reply=reply if replied else "",
        replied_on=replied,
        replied_at=timezone.make_aware(datetime.combine(replied, time(12))) if replied else None,
    )
    request.id_type, request.id_hash = IdType.ID_CARD, f"{serial:064d}"
    return request
