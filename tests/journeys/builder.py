"""An enterprise of the running city that lacks two constructors for grade three, put there by the workflows.

Called inside the city's own ``manage.py shell``.
"""

import sys
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from approvals import workflow as approvals
from approvals.models import ItemVersion
from portal.people import workflow as people
from portal.people.models import (
    ApplicantType,
    AuthorisationRole,
    Department,
    IdType,
    Party,
    PartyKind,
    User,
)
from portal.site.demo import applications
from portal.site.demo.accounts import PASSWORD
from portal.site.demo.registries import invented_name, paper
from talent import workflow
from talent.models import Employment, Enterprise, Origin, Person, Scope
from talent.workflow import sharing
from tests.people.makers import valid_id_number, valid_uscc

NAME, USCC = "示范市启航建筑工程有限公司", valid_uscc(9_000_001)
AGENT = "13900000002"  # 李建国, an account of the demo city
HIRED = {"何立新": "13722220001", "吕清扬": "13722220002"}
LEAVER, LEAVERS_PHONE = "施正平", "13722220003"
BUILDERS = ("方启明", "尹长河", LEAVER)  # of the five that grade three demands
POSTS = {"site_manager": 15, "worker": 30, "technical": 6}
SAFETY = ["A", *["B"] * 6, *["C3"] * 3]
SINCE, UNTIL = date(2026, 1, 1), date(2028, 12, 31)
NUMBERS = {name: valid_id_number(number) for number, name in enumerate([*HIRED, LEAVER], start=601)}


@transaction.atomic
def found() -> None:
    """The enterprise with all that grade three demands but two constructors; its agent; three accounts.

    Prints another department's key to the registries.
    """
    at = timezone.now()
    party = people.add_party(
        kind=PartyKind.ENTERPRISE, applicant_type=ApplicantType.BUSINESS, name=NAME, id_type=IdType.USCC,
        id_number=USCC, phone="0990-6547099", address="示范市建设路600号", legal_representative="赵敏",
        registry_verified=True, by=None, at=at,
    )  # fmt: skip
    agent = User.objects.signing_in_with(AGENT).get()
    role = AuthorisationRole.AGENT
    people.authorise(agent, party, role=role, starts_on=SINCE, verified=True, by=None, at=at)
    origin = workflow.declared(party, by=agent, at=at)
    firm = workflow.enter_enterprise(
        party, origin=origin, by=agent, at=at, address=party.address, capital=2000
    )
    workflow.add_row(firm, "finances", {"year": 2025, "net_assets": 900, "revenue": 6000}, by=agent, at=at)
    _staff(firm, origin)
    for name, phone in {**HIRED, LEAVER: LEAVERS_PHONE}.items():
        _account(name, phone)
    _builders(firm, origin)
    department = Department.objects.get(code="zjj")
    decided_on = timezone.localdate() - timedelta(days=100)
    workflow.enter_credit(
        firm, workflow.items_on(decided_on).get(code="B402"), decision_number="示建罚〔2026〕88号",
        decided_on=decided_on, facts="基坑临边防护缺失", organ=department.name, department=department,
        penalties=["fine"], fine=2, evidence=paper("示建罚〔2026〕88号"), by=None, at=at,
    )  # fmt: skip
    sys.stdout.write(f"key {_key()}\n")


def _key() -> str:
    """Of another department, to look enterprises up with."""
    at, today = timezone.now(), timezone.localdate()
    asked = sharing.ask(
        Department.objects.get(code="sdq-zjj"), purpose="核发施工许可证时核对资质", basis="《中华人民共和国建筑法》第八条",
        scopes=[Scope.ENTERPRISE_BASIC, Scope.ENTERPRISE_STAFFING], quota=100, valid_from=today,
        valid_to=today + timedelta(days=30), needs_about=False, by=None, at=at,
    )  # fmt: skip
    return sharing.issue(sharing.decide(asked, granted=True, by=None, at=at), by=None, at=at)[1]


def _person(name: str, serial: int, origin: Origin, **values: object) -> Person:
    at = timezone.now()
    party = people.add_party(
        kind=PartyKind.NATURAL, applicant_type=ApplicantType.NATURAL, name=name, id_type=IdType.ID_CARD,
        id_number=valid_id_number(serial), phone=f"13733330{serial:03d}", by=None, at=at,
    )  # fmt: skip
    return workflow.enter_person(party, origin=origin, by=None, at=at, **values)


def _staff(firm: Enterprise, origin: Origin) -> None:
    """In one go: the monitor has nothing to say before there is a qualification."""
    named = [("赵敏", "legal_representative"), ("周克俭", "chief_engineer")]
    named += [
        (invented_name(500 + 7 * n + len(position)), position)
        for position, many in POSTS.items()
        for n in range(many)
    ]
    posts = []
    for serial, (name, position) in enumerate(named, start=620):
        title = 2 if position in ("technical", "chief_engineer") else 0
        person = _person(name, serial, origin, title=title, career_from=date(2012, 7, 1))
        posts.append(
            Employment(person=person, enterprise=firm, position=position, valid_from=SINCE, origin=origin)
        )
    Employment.objects.bulk_create(posts)
    officers = [posts[0], *[post for post in posts if post.position == "technical"], *posts[30:33]]
    for number, (post, kind) in enumerate(zip(officers, SAFETY, strict=True)):
        workflow.certify_safety(
            post.person, firm, safety_class=kind, certificate_no=f"示建安{kind}启航{number:03d}", valid_from=SINCE,
            valid_to=UNTIL, origin=origin, by=None, at=timezone.now(),
        )  # fmt: skip


def _account(name: str, phone: str) -> None:
    at = timezone.now()
    user = people.sign_up(phone=phone, name=name, password=PASSWORD, at=at)
    people.verify_phone(user, phone, at=at)
    people.declare_identity(
        user, name=name, id_type=IdType.ID_CARD, id_number=NUMBERS[name], address="", at=at
    )


def _builders(firm: Enterprise, origin: Origin) -> None:
    at, province = timezone.now(), workflow.imported("示范省建筑市场监管平台", by=None, at=timezone.now())
    for number, name in enumerate(BUILDERS):
        if name == LEAVER:
            party = Party.objects.get(user__in=User.objects.signing_in_with(LEAVERS_PHONE))
            person = workflow.enter_person(party, origin=origin, by=None, at=at)
        else:
            person = _person(name, 610 + number, origin)
        workflow.employ(person, firm, position="technical", origin=origin, valid_from=SINCE, by=None, at=at)
        workflow.register(
            person, firm, kind="constructor", grade="2", specialities=["building"],
            certificate_no=f"示29907{number:05d}", issued_on=SINCE, expires_on=UNTIL, origin=province, by=None,
            at=at,
        )  # fmt: skip


@transaction.atomic
def register_hired() -> None:
    """初始注册 of the two who were hired: two cases granted, which write the registrations."""
    version = ItemVersion.objects.get(item__code="constructor-initial", is_current=True)
    for phone in HIRED.values():
        at, user = timezone.now(), User.objects.signing_in_with(phone).get()
        party = Party.objects.get(user=user)
        draft = approvals.begin_draft(version, party=party, situation="within-three-years", by=user, at=at)
        for number, page in enumerate(version.form_pages, start=1):
            answers = {spec["code"]: applications.answer(spec, party, at) for spec in page["fields"]}
            answers |= {"employer": NAME, "employer_uscc": USCC} if "employer" in answers else {}
            draft = approvals.save_step(draft, page=number, answers=answers, by=user, at=at)
        for material in draft.asked_materials():
            if material.is_required:
                file = applications.picture(material.name, party.name)
                approvals.add_material(draft, material=material.code, file=file, by=user, at=at)
        draft.refresh_from_db()
        case = approvals.submit(draft, by=user, at=at)
        for deed in ("accept", "handle", "review", "grant"):
            case = applications.DEEDS[deed](case, timezone.now())


def yesterday() -> str:
    return (timezone.localdate() - timedelta(days=1)).isoformat()
