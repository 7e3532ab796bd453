"""People, departments and parties in a known state. No random data; ``at`` is passed in."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.utils import timezone
from stdnum.cn import ric, uscc

from portal.people.models import (
    ApplicantType,
    Authorisation,
    AuthorisationRole,
    Department,
    IdType,
    Party,
    PartyKind,
    Post,
    PostRole,
    User,
    UserKind,
    Window,
)

EARLY = date(2026, 1, 1)
EARLY_AT = datetime(2026, 1, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PASSWORD = "Shifan-2026!"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def valid_id_number(serial: int = 1) -> str:
    """A well-formed identity number of nobody: region 990101, born 1990-01-01."""
    body = f"99010119900101{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


def valid_uscc(serial: int = 1) -> str:
    """A well-formed credit code of nobody in the invented city."""
    body = f"91990100MA{serial:07d}"
    return body + uscc.calc_check_digit(body)


def make_user(
    username: str = "",
    *,
    name: str = "王小明",
    kind: str = UserKind.CITIZEN,
    phone: str = "",
    second_factor: bool = True,
    **fields: object,
) -> User:
    """An account with PASSWORD, changed today, and, unless given, the next free name and phone.

    Staff and administrators have a second factor (TOTP_SECRET) unless told otherwise.
    """
    serial = User.objects.count() + 1
    user = User(username=username or f"user{serial}", name=name, kind=kind, **fields)
    user.is_staff = kind != UserKind.CITIZEN
    user.set_phone(phone or f"139{serial:08d}", verified=True)
    user.set_password(PASSWORD)
    user.password_changed_at = user.password_changed_at or timezone.now()
    user.save()
    if second_factor and user.needs_second_factor:
        TOTP.activate(user, TOTP_SECRET)
    return user


def make_administrator(role: str, username: str = "") -> User:
    return make_user(username or f"{role}-admin", name="管理员", kind=UserKind.ADMINISTRATOR, admin_role=role)


def make_department(
    code: str = "zjj", *, name: str = "", parent: Department | None = None, **fields: object
) -> Department:
    """The department of that code, made once."""
    found = Department.objects.filter(code=code).first()
    if found:
        return found
    name = name or ("示范市住房和城乡建设局" if code == "zjj" else f"示范市{code}局")
    fields.setdefault("region_code", "990100")
    fields.setdefault("short_name", "市住建局" if code == "zjj" else name)
    group, _ = Group.objects.get_or_create(name=f"机构:{code}")
    return Department.objects.create(code=code, name=name, parent=parent, group=group, **fields)


def make_window(department: Department | None = None, number: str = "1") -> Window:
    department = department or make_department()
    return Window.objects.get_or_create(
        department=department, number=number, defaults={"name": "工程建设综合窗口", "location": "一楼大厅"}
    )[0]


def make_clerk(
    role: str = PostRole.CLERK, department: Department | None = None, *, username: str = "", name: str = ""
) -> User:
    """A member of staff who holds one post with this role since the start of 2026."""
    department = department or make_department()
    serial = User.objects.count() + 1
    user = make_user(
        username or f"{role}{serial}", name=name or f"{PostRole(role).label}员{serial}", kind=UserKind.STAFF
    )
    make_post(user, role, department)
    return user


def make_post(
    user: User, role: str = PostRole.CLERK, department: Department | None = None, **fields: object
) -> Post:
    department = department or make_department()
    fields.setdefault("starts_on", EARLY)
    post = Post.objects.create(user=user, department=department, role=role, **fields)
    user.groups.add(department.group)
    return post


def make_party(
    user: User | None = None, *, name: str = "", id_number: str = "", registry_verified: bool = False
) -> Party:
    """A natural person; with ``user``, that person's own party."""
    party = Party(
        kind=PartyKind.NATURAL,
        applicant_type=ApplicantType.NATURAL,
        name=name or (user.name if user else "李建国"),
        id_type=IdType.ID_CARD,
        user=user,
        registry_verified=registry_verified,
    )
    party.set_id_number(id_number or valid_id_number(Party.objects.count() + 1))
    party.set_phone((user.phone if user else "") or "13900009999")
    party.save()
    return party


def make_enterprise(
    *, name: str = "示范市第一建筑工程有限公司", agent: User | None = None, code: str = ""
) -> Party:
    """An enterprise; with ``agent``, one that the user may act for since the start of 2026."""
    party = Party(
        kind=PartyKind.ENTERPRISE,
        applicant_type=ApplicantType.BUSINESS,
        name=name,
        id_type=IdType.USCC,
        legal_representative="赵敏",
        registry_verified=True,
    )
    party.set_id_number(code or valid_uscc(Party.objects.count() + 1))
    party.set_phone("0990-6543210")
    party.save()
    if agent:
        make_authorisation(agent, party)
    return party


def make_authorisation(user: User, party: Party, **fields: object) -> Authorisation:
    fields.setdefault("starts_on", EARLY)
    fields.setdefault("verified_at", EARLY_AT)
    fields.setdefault("role", AuthorisationRole.AGENT)
    return Authorisation.objects.create(user=user, party=party, requested_at=EARLY_AT, **fields)
