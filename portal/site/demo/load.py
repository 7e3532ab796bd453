"""The demo city: loaded from YAML through the workflows, a second time without effect."""

from collections.abc import Callable
from datetime import date
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.utils import timezone

from approvals.models import ConflictOfInterest
from approvals.workflow import declare_conflict
from portal.papers.models import Letterhead
from portal.people import workflow as people
from portal.people.models import AuthorisationRole, Department, IdType, Party, User, UserKind, Window
from portal.site.demo.accounts import PASSWORD, read, totp_secret
from portal.site.demo.annual_reports import load_annual_reports
from portal.site.demo.applications import load_cases
from portal.site.demo.desk import load_desk
from portal.site.demo.documents import load_columns, load_documents
from portal.site.demo.information_requests import load_requests
from portal.site.demo.office import load_office
from portal.site.demo.reading_points import load_points
from portal.site.demo.registries import load_registries
from portal.site.demo.service_items import load_items, load_laws
from portal.site.demo.sharing import load_sharing
from portal.site.demo.wording import load_synonyms
from talent import workflow as talent

SINCE = date(2026, 1, 1)  # the day the posts and authorisations of the demo city begin


def load_city(progress: Callable[[str], None]) -> None:
    """Whatever is not there yet, a transaction a loader; says what it added."""
    for noun, load in LOADERS:
        with transaction.atomic():
            added = load()
        if added:
            progress(f"{noun}: {added}")


def load_departments() -> int:
    """Departments and windows; how many were new."""
    known = {department.code: department for department in Department.objects.all()}
    added = 0
    for row in read("departments"):
        if row["code"] not in known:
            fields = {"office_hours": "工作日 9:00—12:00，13:30—17:00"} | row
            fields["parent"] = known[row["parent"]] if "parent" in row else None
            known[row["code"]] = people.found_department(**fields, by=None, at=timezone.now())
            added += 1
    for row in read("people")["windows"]:
        department = known[row["department"]]
        place = {"name": row["name"], "location": row["location"]}
        Window.objects.get_or_create(department=department, number=row["number"], defaults=place)
    return added


def load_letterheads() -> int:
    """What each department prints on its papers; how many were new."""
    added = 0
    for row in read("letterheads"):
        department = Department.objects.get(code=row["department"])
        printed = {name: value for name, value in row.items() if name != "department"}
        added += Letterhead.objects.get_or_create(department=department, defaults=printed)[1]
    return added


def load_staff() -> int:
    """Staff with their posts and the three administrators; how many were new."""
    rows = read("people")
    known = set(User.objects.values_list("username", flat=True))
    missing = [row for row in rows["staff"] + rows["administrators"] if row["username"] not in known]
    for row in missing:
        _load_inside_account(row)
    return len(missing)


def _load_inside_account(row: dict[str, Any]) -> None:
    at = timezone.now()
    role = row.get("admin_role", "")
    user = people.create_account(
        username=row["username"],
        name=row["name"],
        kind=UserKind.ADMINISTRATOR if role else UserKind.STAFF,
        admin_role=role,
        password=PASSWORD,
        by=None,
        at=at,
    )
    user.must_change_password = False  # what the demo prints has to work as printed
    user.save(update_fields=["must_change_password"])
    TOTP.activate(user, totp_secret(user.username))
    for post in row.get("posts", []):
        department = Department.objects.get(code=post["department"])
        window = (
            Window.objects.get(department=department, number=post["window"]) if "window" in post else None
        )
        people.appoint(user, post["role"], department, starts_on=SINCE, window=window, by=None, at=at)


def load_citizens() -> int:
    """Citizens whose phone and identity are checked; how many were new."""
    added = 0
    for row in read("people")["citizens"]:
        if not User.objects.signing_in_with(row["phone"]).exists():
            at = timezone.now()
            user = people.sign_up(phone=row["phone"], name=row["name"], password=PASSWORD, at=at)
            people.verify_phone(user, row["phone"], at=at)
            number = str(row["id_number"])
            party = people.declare_identity(
                user,
                name=row["name"],
                id_type=IdType.ID_CARD,
                id_number=number,
                address=row["address"],
                at=at,
            )
            Party.objects.filter(pk=party.pk).update(registry_verified=True)
            added += 1
    return added


def load_enterprises() -> int:
    """Enterprises and who acts for them; how many were new."""
    added = 0
    for row in read("people")["enterprises"]:
        if not Party.objects.with_id_number(IdType.USCC, row["id_number"]).exists():
            at = timezone.now()
            fields = {key: value for key, value in row.items() if key != "agents"}
            party = people.add_party(**fields, id_type=IdType.USCC, registry_verified=True, by=None, at=at)
            for phone in row["agents"]:
                _authorise(User.objects.signing_in_with(phone).get(), party, row["legal_representative"])
            added += 1
    return added


def _authorise(user: User, party: Party, legal_representative: str) -> None:
    is_head = user.name == legal_representative
    role = AuthorisationRole.LEGAL_REPRESENTATIVE if is_head else AuthorisationRole.AGENT
    people.authorise(user, party, role=role, starts_on=SINCE, verified=True, by=None, at=timezone.now())


def load_conflicts() -> int:
    """Who stays out of whose business; how many were new."""
    added = 0
    for row in read("people")["conflicts"]:
        user = User.objects.get(username=row["user"])
        party = Party.objects.with_id_number(IdType.USCC, row["party"]).get()
        if not ConflictOfInterest.objects.filter(user=user, party=party).exists():
            at = timezone.now()
            declare_conflict(user, party, reason=row["reason"], starts_on=SINCE, by=user, at=at)
            added += 1
    return added


def load_staffing_rules() -> int:
    """What staff each grade demands, watched over by the housing department; how many were new."""
    return talent.load_rules(department=Department.objects.get(code="zjj"))


# In this order; each is idempotent and says how many rows it added.
LOADERS: list[tuple[str, Callable[[], int]]] = [
    ("departments", load_departments),
    ("letterheads", load_letterheads),
    ("staff and administrators", load_staff),
    ("citizens", load_citizens),
    ("enterprises", load_enterprises),
    ("conflicts of interest", load_conflicts),
    ("articles of law", load_laws),
    ("staffing rules", load_staffing_rules),
    ("columns", load_columns),
    ("documents", load_documents),
    ("documents on the publishing desk", load_desk),
    ("rows of the disclosure office", load_office),
    ("service items", load_items),
    ("cases", load_cases),
    ("groups of synonyms", load_synonyms),
    ("reading points", load_points),
    ("requests for information", load_requests),
    ("annual reports", load_annual_reports),
    ("rows of the registries", load_registries),
    ("keys to the registries", load_sharing),
]
