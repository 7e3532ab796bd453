"""The registries of the demo city: invented enterprises and people, through the workflows."""

from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.timezone import localdate
from stdnum.cn import ric, uscc

from portal.people import workflow as people
from portal.people.models import ApplicantType, Department, IdType, Party, PartyKind, User
from portal.site.demo.accounts import read
from talent import workflow
from talent.models import (
    CreditRecord,
    Enterprise,
    Flag,
    Grade,
    Insurance,
    Origin,
    Person,
    Qualification,
    QualificationCategory,
    Registration,
    RegistrationGrade,
    RegistrationKind,
    Resident,
)
from talent.workflow import flags

SINCE, UNTIL = date(2026, 1, 1), date(2028, 12, 31)
SOURCE = "示范省建筑市场监管平台"
EVERY_FOURTH = 4  # person holds a registration
OWN = "91990100MA0000001G"  # the builder for which 李建国 acts


def load_registries() -> int:
    """Enterprises, people, posts and certificates; how many were new."""
    if Person.objects.exists():
        return 0
    at = timezone.now()
    origin = workflow.imported(SOURCE, by=None, at=at)
    firms = _firms(origin)
    _people(firms, origin)
    _credit(firms[1:])
    _suspicions(firms)
    _own()
    return Enterprise.objects.count() + Person.objects.count()


def _firms(origin: Origin) -> list[Enterprise]:
    """The builders that cases know, then the invented ones."""
    data, at = read("registries"), timezone.now()
    parties = list(Party.objects.filter(kind=PartyKind.ENTERPRISE, id_type=IdType.USCC).order_by("pk"))
    names = [f"示范市{place}{trade}" for trade in data["trades"] for place in data["places"]]
    for serial, name in enumerate(names, start=101):
        body = f"9199010{serial % 2 + 1}MA{serial:07d}"
        parties.append(
            people.add_party(
                kind=PartyKind.ENTERPRISE, applicant_type=ApplicantType.BUSINESS, name=name, id_type=IdType.USCC,
                id_number=body + uscc.calc_check_digit(body), phone=f"13900010{serial:03d}",
                legal_representative=invented_name(serial), registry_verified=True, by=None, at=at,
            )
        )  # fmt: skip
    firms = [
        workflow.enter_enterprise(
            party, origin=origin, by=None, at=at, address=party.address or f"示范市建设路{n + 200}号",
            capital=1000 + 500 * (n % 7), founded_on=date(1998 + n % 20, 1 + n % 12, 1),
        )
        for n, party in enumerate(parties)
    ]  # fmt: skip
    building = QualificationCategory.objects.filter(code="building").first()
    for n, firm in enumerate(firms):
        if building is not None and n % 3 != 1:
            Qualification.objects.create(
                enterprise=firm, category=building, grade=Grade.THIRD if n % 2 else Grade.SECOND,
                certificate_no=f"D2990{n:05d}", issuer="示范市住房和城乡建设局", issued_on=SINCE,
                valid_from=SINCE, valid_to=date(2030, 12, 31), origin=origin,
            )  # fmt: skip
    return firms


def invented_name(serial: int) -> str:
    data = read("registries")
    surnames, given = data["surnames"], data["given"]
    return str(surnames[serial % len(surnames)] + given[(serial // len(surnames) + serial) % len(given)])


def _people(firms: list[Enterprise], origin: Origin) -> None:
    data, at = read("registries"), timezone.now()
    street = Department.objects.get(code="dhjd")
    clerk = User.objects.filter(posts__department=street).order_by("pk").first()
    for n in range(data["people"]):
        body = f"99010{n % 2 + 1}{1965 + n % 36}{1 + n % 12:02d}{1 + n % 28:02d}{700 + n:03d}"
        party = people.add_party(
            kind=PartyKind.NATURAL, applicant_type=ApplicantType.NATURAL, name=invented_name(n), id_type=IdType.ID_CARD,
            id_number=body + ric.calc_check_digit(body + "0"), phone=f"13900020{n:03d}", registry_verified=True,
            by=None, at=at,
        )  # fmt: skip
        education = ("senior", "college", "bachelor", "junior")[n % 4]
        person = workflow.enter_person(party, origin=origin, education=education, title=n % 4, by=None, at=at)
        _work(person, firms[n % len(firms)], n, origin)
        if n < data["residents"] and clerk is not None:
            workflow.enter_resident(
                party, street=street, village=data["villages"][n % len(data["villages"])], by=clerk, at=at,
                employment_state="employed" if n % 3 else "seeking",
                support_class="difficult" if n % 9 == 0 else "none", skill_level=str(n % 6),
            )  # fmt: skip
    if clerk is not None:
        for resident in Resident.objects.filter(employment_state="seeking"):
            workflow.record_consent(resident, given=True, by=clerk, at=at)


def _work(person: Person, firm: Enterprise, n: int, origin: Origin) -> None:
    at, positions = timezone.now(), read("registries")["positions"]
    workflow.employ(
        person, firm, position=positions[n % len(positions)], origin=origin, valid_from=SINCE, by=None, at=at
    )
    if n % EVERY_FOURTH == 0:
        workflow.register(
            person, firm, kind=RegistrationKind.CONSTRUCTOR, grade=RegistrationGrade.SECOND,
            specialities=["building"], certificate_no=f"示2990{n:06d}", issued_on=SINCE, expires_on=UNTIL,
            origin=origin, by=None, at=at,
        )  # fmt: skip


def _suspicions(firms: list[Enterprise]) -> None:
    """Certificates that may only hang somewhere, for the supervisor to look into; one is cleared already."""
    at, source = timezone.now(), "示范省社会保险经办系统"
    origin = workflow.imported(source, by=None, at=at)
    month = localdate(at).replace(day=1)
    held = list(Registration.objects.order_by("pk").select_related("person", "enterprise")[1:5])
    for row, payer in zip(held[:3], firms[20:23], strict=True):
        Insurance.objects.create(
            person=row.person, payer_name=payer.name, payer_uscc=payer.uscc, month=month, origin=origin
        )
    workflow.employ(
        held[3].person, firms[23], position="technical", is_full_time=False, valid_from=SINCE,
        origin=workflow.imported(SOURCE, by=None, at=at), by=None, at=at,
    )  # fmt: skip
    flags.look(*(row.person_id for row in held), at=at)
    supervisor = User.objects.get(username="supervisor")
    first = Flag.objects.filter(person=held[0].person).order_by("pk").first()
    if first is not None:
        reason = "集团公司统一缴纳社会保险，派遣协议已核实。"
        flags.clear(first, ground="dispatched", reason=reason, by=supervisor, at=at)


def _credit(firms: list[Enterprise]) -> None:
    data, at, today = read("registries"), timezone.now(), localdate()
    department = Department.objects.get(code="zjj")
    for row in data["credit"]:
        decided_on = today - timedelta(days=row["days"])
        more = {name: row[name] for name in ("penalties", "fine") if name in row}
        workflow.enter_credit(
            firms[row["enterprise"]], workflow.items_on(decided_on).get(code=row["item"]),
            decision_number=row["number"], decided_on=decided_on, facts=row["facts"], organ=department.name,
            department=department, evidence=paper(row["number"]), by=None, at=at, **more,
        )  # fmt: skip
    row = data["blacklist"]
    workflow.blacklist(
        firms[row["enterprise"]], reason=row["reason"], facts=row["facts"], decision_number=row["number"],
        decided_on=today - timedelta(days=row["days"]), department=department, by=None, at=at,
    )  # fmt: skip


def _own() -> None:
    """What the agent of the demo finds: own facts, an invitation that waits, a bad record to be repaired."""
    at, firm = timezone.now(), Enterprise.objects.get(uscc=OWN)
    agent, citizen = (User.objects.signing_in_with(phone).get() for phone in ("13900000002", "13900000001"))
    values: dict[str, Any] = {"name": "塔式起重机", "model": "QTZ80", "holding": "owned", "count": 2}
    workflow.add_row(firm, "equipment", values, by=agent, at=at)
    workflow.add_row(firm, "finances", {"year": 2025, "net_assets": 5200, "revenue": 18000}, by=agent, at=at)
    workflow.invite(
        firm,
        citizen.own_party,
        position="technical",
        on=localdate(at),
        reason="示范小学二期项目",
        by=agent,
        at=at,
    )
    decided_on = localdate(at) - timedelta(days=200)
    department = Department.objects.get(code="zjj")
    if not CreditRecord.objects.filter(enterprise=firm).exists():
        workflow.enter_credit(
            firm, workflow.items_on(decided_on).get(code="B402"), decision_number="示建罚〔2026〕5号",
            decided_on=decided_on, facts="脚手架连墙件缺失，责令改正", organ=department.name, department=department,
            penalties=["fine"], fine=1, evidence=paper("示建罚〔2026〕5号"), by=None, at=at,
        )  # fmt: skip
    workflow.propose(
        firm,
        "address",
        "示范市建设路109号",
        reason="经营场所搬迁",
        evidence=paper("营业执照"),
        by=agent,
        at=at,
    )


def paper(title: str) -> SimpleUploadedFile:
    """A blank page that stands for a decision."""
    from io import BytesIO

    from PIL import Image

    page = BytesIO()
    shade = 180 + sum(title.encode()) % 70
    Image.new("RGB", (420, 594), (shade, shade, shade)).save(page, "PNG")
    return SimpleUploadedFile(f"{title}.png", page.getvalue(), content_type="image/png")
