"""三员分立：system, security and audit administrators share no right to act."""

from html import unescape
from itertools import combinations

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from portal.audit import workflow as audit
from portal.people import rights, workflow
from portal.people.checks import no_superuser_in_production
from portal.people.models import AdminRole, Department, Lockout, Post, PostRole, User, Window
from portal.refusals import RuleBroken
from tests.people.makers import (
    PASSWORD,
    make_administrator,
    make_clerk,
    make_department,
    make_post,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def test_no_two_administrators_share_a_right_to_act():
    for one, other in combinations(AdminRole.values, 2):
        assert not rights.ADMIN_RIGHTS[one] & rights.ADMIN_RIGHTS[other]


def test_what_administrators_share_is_only_sight():
    assert all(right.split(".")[1].startswith("view_") for right in rights.SHARED_SIGHT)


def test_no_administrator_may_do_what_a_post_may():
    posts = frozenset().union(*rights.POST_RIGHTS.values())
    own = frozenset().union(*rights.ADMIN_RIGHTS.values())
    assert all(right.split(".")[1].startswith("view_") for right in posts & own)


def test_the_auditor_only_reads():
    verbs = {right.split(".")[1].split("_")[0] for right in rights.ADMIN_RIGHTS[AdminRole.AUDIT]}
    assert verbs == {"view", "export"}


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("system", "people.add_user", "people.grant_role"),
        ("system", "people.change_department", "audit.view_entry"),
        ("security", "people.add_post", "people.add_user"),
        ("security", "people.grant_role", "audit.view_entry"),
        ("audit", "audit.view_entry", "people.add_post"),
        ("audit", "audit.export_entry", "people.add_user"),
    ],
)
def test_each_has_their_own(role: str, may: str, may_not: str):
    administrator = make_administrator(role)
    assert administrator.has_perm(may)
    assert not administrator.has_perm(may_not)


def test_no_group_and_no_object_permission_adds_to_an_administrator():
    administrator, department = make_administrator("audit"), make_department()
    administrator.groups.add(department.group)
    assign_perm("people.change_department", department.group, department)
    assert not administrator.has_perm("people.change_department")
    assert not administrator.has_perm("people.change_department", department)


def test_nobody_has_the_rights_of_a_post_that_ended():
    user = make_user(kind="staff")
    make_post(user, "head", ends_on=TODAY.replace(year=TODAY.year - 1), starts_on=TODAY.replace(year=2020))
    assert not user.has_perm("people.unmask_party")


def test_a_disabled_member_of_staff_has_no_right():
    clerk = make_clerk()
    clerk.is_active = False
    assert not clerk.has_perm("people.view_party")


def test_the_system_administrator_makes_accounts_and_cannot_make_administrators():
    system = make_administrator("system")
    made = workflow.create_account(
        username="zhang", name="张三", kind="staff", password=PASSWORD, by=system, at=NOW
    )
    assert (made.must_change_password, made.is_staff) == (True, True)
    with pytest.raises(RuleBroken, match="管理员角色由安全管理员授予"):
        workflow.create_account(
            username="li", name="李四", kind="administrator", password=PASSWORD, by=system, at=NOW
        )
    with pytest.raises(RuleBroken, match="只有安全管理员可以任命岗位"):
        workflow.appoint(made, "clerk", make_department(), starts_on=TODAY, by=system, at=NOW)


def test_the_security_administrator_grants_roles_and_cannot_make_accounts():
    security, staff = make_administrator("security"), make_user(kind="staff")
    workflow.set_admin_role(staff, "audit", by=security, at=NOW)
    staff.refresh_from_db()
    assert (staff.kind, staff.admin_role) == ("administrator", "audit")
    with pytest.raises(RuleBroken, match="只有系统管理员可以新建账号"):
        workflow.create_account(
            username="zhang", name="张三", kind="staff", password=PASSWORD, by=security, at=NOW
        )
    with pytest.raises(RuleBroken, match="只有系统管理员可以停用账号"):
        workflow.disable(staff, reason="离职", by=security, at=NOW)


def test_who_holds_a_post_becomes_no_administrator_and_the_other_way_round():
    security, clerk = make_administrator("security"), make_clerk()
    with pytest.raises(RuleBroken, match="仍有业务岗位"):
        workflow.set_admin_role(clerk, "system", by=security, at=NOW)
    with pytest.raises(RuleBroken, match="管理员不得兼任业务岗位"):
        workflow.appoint(
            make_administrator("audit"), "clerk", make_department(), starts_on=TODAY, by=security, at=NOW
        )


def test_nobody_grants_themselves_anything():
    security = make_administrator("security")
    with pytest.raises(RuleBroken, match="不能为自己授予角色"):
        workflow.set_admin_role(security, "system", by=security, at=NOW)
    with pytest.raises(RuleBroken, match="不能停用自己的账号"):
        system = make_administrator("system")
        workflow.disable(system, reason="试试", by=system, at=NOW)


def test_a_superuser_in_production_is_an_error_of_the_deployment(settings):
    make_user("root", kind="staff", is_superuser=True)
    assert no_superuser_in_production() == []
    settings.PRODUCTION = True
    assert [error.id for error in no_superuser_in_production()] == ["people.E001"]
    User.objects.update(is_superuser=False)
    assert no_superuser_in_production() == []


# The screens


def enter(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


PAGES = {
    "people_user_add": {"system"},
    "people_user_changelist": {"system", "security", "audit"},
    "people_department_add": {"system"},
    "people_department_changelist": {"system", "security", "audit", "clerk"},
    "people_window_add": {"system"},
    "people_window_changelist": {"system", "security", "audit", "clerk"},
    "people_post_add": {"security"},
    "people_post_changelist": {"system", "security", "audit", "clerk"},
    "people_absence_add": {"head"},
    "people_absence_changelist": {"system", "security", "audit", "clerk"},
    "people_party_changelist": {"clerk"},
    "people_authorisation_changelist": {"clerk"},
    "people_lockout_changelist": {"security"},
    "audit_entry_changelist": {"audit"},
}


@pytest.mark.parametrize("page", PAGES)
def test_each_screen_opens_to_those_whose_it_is(client: Client, page: str):
    users = {role: make_administrator(role) for role in AdminRole.values} | {"clerk": make_clerk()}
    if "head" in PAGES[page]:
        users["head"] = make_clerk("head")
    url = reverse(f"admin:{page}")
    opened = {name for name, user in users.items() if enter(Client(), user).get(url).status_code == 200}
    assert opened == PAGES[page]


def test_a_new_account_shows_its_password_once_and_keeps_it_nowhere(client: Client):
    enter(client, make_administrator("system"))
    answers = {"username": "zhang.san", "name": "张三", "phone": "13800001234", "email": ""}
    page = client.post(reverse("admin:people_user_add"), answers)
    text = page.content.decode()
    assert "已建立账号zhang.san，临时口令：" in text
    assert "no-store" in page["Cache-Control"]
    temporary = text.split("临时口令：")[1].split("（")[0]
    user = User.objects.get(username="zhang.san")
    assert user.check_password(unescape(temporary))
    assert "临时口令" not in client.get(reverse("admin:people_user_changelist")).content.decode()


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"username": "Zhang San"}, "登录名应为3至32位小写字母"),
        ({"phone": "138"}, "手机号码应为11位，现为3位。"),
        ({"username": "taken"}, "该登录名已被使用。"),
    ],
)
def test_a_refused_account_says_why_at_its_field(client: Client, answers: dict, sentence: str):
    enter(client, make_administrator("system"))
    make_user("taken", kind="staff")
    good = {"username": "zhang.san", "name": "张三", "phone": "", "email": ""}
    page = client.post(reverse("admin:people_user_add"), good | answers)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not User.objects.filter(name="张三").exists()


def deed(row: object, code: str) -> str:
    name = row._meta.model_name
    return reverse(f"admin:people_{name}_deed", args=[row.pk, code])


def test_an_account_is_disabled_with_a_reason_and_enabled_again(client: Client):
    system, clerk = make_administrator("system"), make_clerk()
    enter(client, system)
    page = client.post(deed(clerk, "disable"), {"reason": ""})
    assert "请填写停用原因。" in page.content.decode()
    client.post(deed(clerk, "disable"), {"reason": "调离"})
    clerk.refresh_from_db()
    assert (clerk.is_active, clerk.disabled_reason) == (False, "调离")
    client.post(deed(clerk, "enable"))
    clerk.refresh_from_db()
    assert clerk.is_active
    assert [e.action for e in audit.history(clerk)] == ["people.user.disabled", "people.user.enabled"]


def test_disabling_ends_the_session_at_once(client: Client):
    clerk = make_clerk()
    enter(client, clerk)
    workflow.disable(clerk, reason="调离", by=None, at=NOW)
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_reset_password_is_shown_once_and_must_be_changed(client: Client):
    clerk = make_clerk()
    enter(client, make_administrator("system"))
    page = client.post(deed(clerk, "password"))
    assert "的临时口令：" in page.content.decode()
    clerk.refresh_from_db()
    assert clerk.must_change_password
    assert not clerk.check_password(PASSWORD)


def test_a_lost_second_factor_is_reset_and_set_up_again(client: Client):
    clerk = make_clerk()
    enter(client, make_administrator("system"))
    client.post(deed(clerk, "factor"))
    assert not Authenticator.objects.filter(user=clerk).exists()


def test_a_deed_without_its_right_is_forbidden(client: Client):
    clerk = make_clerk()
    enter(client, make_administrator("system"))
    assert client.post(deed(clerk, "role"), {"admin_role": "audit"}).status_code == 403
    enter(client, make_administrator("security"))
    assert client.post(deed(clerk, "password")).status_code == 403
    assert client.post(deed(clerk, "nothing")).status_code == 403


def test_a_post_is_given_and_ended_on_the_screen(client: Client):
    staff, department = make_user(kind="staff"), make_department()
    enter(client, make_administrator("security"))
    answers = {"user": staff.pk, "department": department.pk, "role": "clerk", "starts_on": "2026-01-01"}
    assert client.post(reverse("admin:people_post_add"), answers).status_code == 302
    post = Post.objects.get()
    assert department.group in staff.groups.all()

    page = client.post(reverse("admin:people_post_add"), answers)
    assert "该人员在同一机构已有相同岗位，时间重叠。" in page.content.decode()

    client.post(deed(post, "end"), {"ends_on": "2026-01-31"})
    post.refresh_from_db()
    assert post.ends_on.isoformat() == "2026-01-31"
    assert not staff.groups.exists()


def test_a_department_is_founded_with_its_group_and_checked(client: Client):
    enter(client, make_administrator("system"))
    answers = {
        "name": "示范市城市管理局",
        "short_name": "市城管局",
        "code": "cgj",
        "region_level": "city",
        "region_code": "990100",
        "uscc": "123",
        "phone": "电话",
        "is_active": "on",
    }
    page = client.post(reverse("admin:people_department_add"), answers)
    text = page.content.decode()
    assert "统一社会信用代码应为18位，现为3位。" in text
    assert "带区号的固定电话" in text

    client.post(reverse("admin:people_department_add"), answers | {"uscc": "", "phone": "0990-6543210"})
    department = Department.objects.get(code="cgj")
    assert department.group.name == "机构:cgj"
    assert audit.history(department).get().action == "people.department.founded"

    url = reverse("admin:people_department_change", args=[department.pk])
    client.post(url, answers | {"uscc": "", "phone": "0990-6543211"})
    department.refresh_from_db()
    assert department.phone == "0990-6543211"
    assert audit.history(department).last().facts == {"fields": ["phone"]}


def test_a_department_cannot_stand_below_itself(client: Client):
    enter(client, make_administrator("system"))
    city = make_department("city")
    office = make_department("zjj", parent=city)
    url = reverse("admin:people_department_change", args=[city.pk])
    page = client.post(
        url,
        {
            "name": city.name,
            "short_name": "市政府",
            "region_level": "city",
            "region_code": "990100",
            "parent": office.pk,
        },
    )
    assert "上级机构不能是本机构或其下级。" in page.content.decode()


def test_a_window_is_opened_on_record(client: Client):
    enter(client, make_administrator("system"))
    answers = {"department": make_department().pk, "number": "3", "name": "综合窗口", "is_active": "on"}
    client.post(reverse("admin:people_window_add"), answers)
    assert audit.history(Window.objects.get()).get().action == "people.window.opened"


def test_the_security_administrator_lifts_a_lock(client: Client):
    for _ in range(5):
        workflow.note_failure("13900000001", user=None, how="password", at=timezone.now())
    enter(client, make_administrator("security"))
    page = client.get(reverse("admin:people_lockout_changelist"), {"q": "13900000001"})
    assert page.context["cl"].result_count == 1
    client.post(deed(Lockout.objects.get(), "unlock"))
    assert workflow.locked_until("13900000001", at=timezone.now()) is None


def test_a_user_is_found_by_the_whole_phone_and_shown_masked(client: Client):
    make_user(phone="13900000077", name="王小明")
    enter(client, make_administrator("system"))
    page = client.get(reverse("admin:people_user_changelist"), {"q": "139 0000 0077"})
    text = page.content.decode()
    assert page.context["cl"].result_count == 1
    assert "139****0077" in text
    assert "13900000077" not in text.replace('value="139 0000 0077"', "")


def test_a_head_records_absences_of_their_own_people_only():
    head, clerk = make_clerk("head"), make_clerk()
    stranger = make_clerk(department=make_department("other"))
    workflow.record_absence(clerk, starts_on=TODAY, ends_on=TODAY, reason="年休假", by=head, at=NOW)
    assert clerk.is_absent(TODAY)
    with pytest.raises(RuleBroken, match="只能登记本部门人员的离岗"):
        workflow.record_absence(stranger, starts_on=TODAY, ends_on=TODAY, reason="年休假", by=head, at=NOW)
    with pytest.raises(RuleBroken, match="只有本人或部门负责人"):
        workflow.record_absence(head, starts_on=TODAY, ends_on=TODAY, reason="年休假", by=clerk, at=NOW)


@pytest.mark.parametrize("size", [3, 12])
def test_the_list_of_posts_costs_the_same_however_long(
    client: Client, size: int, django_assert_max_num_queries
):
    for _ in range(size):
        make_clerk(PostRole.HANDLER)
    enter(client, make_administrator("security"))
    client.get(reverse("admin:people_post_changelist"))
    with django_assert_max_num_queries(12):
        client.get(reverse("admin:people_post_changelist"))
