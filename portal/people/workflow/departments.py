"""Departments and the posts people hold in them, with their permission groups in step."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from guardian.shortcuts import assign_perm

from portal.audit import workflow as audit
from portal.people import identity
from portal.people.models import Absence, Department, Post, PostRole, User, UserKind, Window
from portal.people.rights import grants_on, require
from portal.refusals import RuleBroken

FOUNDING = ("name", "code", "region_code")


@transaction.atomic
def found_department(
    *, name: str, code: str, region_code: str, by: User | None, at: datetime, **fields: Any
) -> Department:
    """A department together with its permission group, to which its objects are granted."""
    require(by, "people.add_department", "只有系统管理员可以新建机构。")
    if fields.get("uscc"):
        fields["uscc"] = identity.check_uscc(fields["uscc"], field="uscc")
    fields.setdefault("short_name", name)
    department = Department(name=name, code=code, region_code=region_code, **fields)
    department.group = Group.objects.get_or_create(name=department.group_name)[0]
    department.save()
    audit.record("people.department.founded", subject=department, actor=by, at=at, name=name, code=code)
    return department


@transaction.atomic
def keep_department(
    department: Department, *, changed: list[str], by: User | None, at: datetime
) -> Department:
    """Save a department as edited on a form; a new one gets its permission group."""
    if department.pk is None:
        values = {name: getattr(department, name) for name in changed if name not in FOUNDING}
        founding = {name: getattr(department, name) for name in FOUNDING}
        department.pk = found_department(**founding, **values, by=by, at=at).pk
        department._state.adding = False
        return department
    require(by, "people.change_department", "只有系统管理员可以修改机构。")
    department.save(update_fields=changed)
    audit.record("people.department.changed", subject=department, actor=by, at=at, fields=sorted(changed))
    return department


@transaction.atomic
def keep_window(window: Window, *, changed: list[str], by: User | None, at: datetime) -> Window:
    """Save a window as edited on a form."""
    is_new = window.pk is None
    right = "people.add_window" if is_new else "people.change_window"
    require(by, right, "只有系统管理员可以维护窗口。")
    window.save()
    verb = "opened" if is_new else "changed"
    audit.record(f"people.window.{verb}", subject=window, actor=by, at=at, fields=sorted(changed))
    return window


def grant_to_department(department: Department, permission: str, subject: Model) -> None:
    """Give the department's people an object: ``app.codename`` on this one row."""
    assign_perm(permission, department.group, subject)


@transaction.atomic
def hand_to_department(department: Department, permission: str, subject: Model) -> None:
    """As ``grant_to_department``, and taken from every other department that had it."""
    grants_on(permission, subject).exclude(group=department.group_id).delete()
    grant_to_department(department, permission, subject)


@transaction.atomic
def appoint(
    user: User,
    role: str,
    department: Department,
    *,
    starts_on: date,
    ends_on: date | None = None,
    window: Window | None = None,
    by: User | None,
    at: datetime,
) -> Post:
    """Give a member of staff a post for a period; both days included.

    Administrators hold no post (三员分立). Raises RuleBroken when the same post overlaps.
    """
    require(by, "people.add_post", "只有安全管理员可以任命岗位。")
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None and by.pk == user.pk:
        raise RuleBroken("不能任命自己。")
    if user.kind != UserKind.STAFF:
        raise RuleBroken(
            "只有工作人员可以担任岗位；管理员不得兼任业务岗位。", field="user", basis="GB/T 22239-2019 8.1.5"
        )
    if role not in PostRole.values:
        raise RuleBroken("没有这种岗位。", field="role")
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken("截止日期不能早于起始日期。", field="ends_on")
    if window is not None and window.department_id != department.pk:
        raise RuleBroken("窗口不属于该机构。", field="window")
    same = Post.objects.filter(user=user, role=role, department=department)
    overlapping = same if ends_on is None else same.filter(starts_on__lte=ends_on)
    if overlapping.exclude(ends_on__lt=starts_on).exists():
        raise RuleBroken("该人员在同一机构已有相同岗位，时间重叠。", field="starts_on")
    post = Post.objects.create(
        user=user, department=department, window=window, role=role, starts_on=starts_on, ends_on=ends_on
    )
    _put_in_step(user, timezone.localdate(at))
    audit.record(
        "people.post.appointed",
        subject=user,
        actor=by,
        at=at,
        post=post.pk,
        role=str(role),
        department=department.code,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat() if ends_on else None,
    )
    return post


@transaction.atomic
def end_post(post: Post, *, ends_on: date, by: User | None, at: datetime) -> Post:
    """The last day of a post."""
    require(by, "people.change_post", "只有安全管理员可以免去岗位。")
    post = Post.objects.select_for_update().select_related("department", "user").get(pk=post.pk)
    if ends_on < post.starts_on:
        raise RuleBroken("截止日期不能早于起始日期。", field="ends_on")
    post.ends_on = ends_on
    post.save(update_fields=["ends_on"])
    _put_in_step(post.user, timezone.localdate(at))
    audit.record(
        "people.post.ended",
        subject=post.user,
        actor=by,
        at=at,
        post=post.pk,
        role=post.role,
        department=post.department.code,
        ends_on=ends_on.isoformat(),
    )
    return post


@transaction.atomic
def record_absence(
    user: User, *, starts_on: date, ends_on: date, reason: str, by: User | None, at: datetime
) -> Absence:
    """Days on which the person is drawn no new work. By themselves or the head of their department."""
    if by is not None and by.pk != user.pk:
        require(by, "people.add_absence", "只有本人或部门负责人可以登记离岗。")
        mine = {department.pk for department in by.departments(timezone.localdate(at))}
        if not mine & {department.pk for department in user.departments(timezone.localdate(at))}:
            raise RuleBroken("只能登记本部门人员的离岗。")
    if ends_on < starts_on:
        raise RuleBroken("截止日期不能早于起始日期。", field="ends_on")
    absence = Absence.objects.create(user=user, starts_on=starts_on, ends_on=ends_on, reason=reason)
    audit.record(
        "people.absence.recorded",
        subject=user,
        actor=by,
        at=at,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
        reason=reason,
    )
    return absence


@transaction.atomic
def put_groups_in_step(*, on: date) -> int:
    """Everyone is in the groups of exactly the departments they have a post in today; how many moved."""
    touched = User.objects.filter(posts__isnull=False) | User.objects.filter(groups__department__isnull=False)
    return sum(_put_in_step(user, on) for user in touched.distinct().order_by("pk"))


def _put_in_step(user: User, on: date) -> bool:
    due = set(user.posts.in_force(on).values_list("department__group_id", flat=True))
    held = set(user.groups.filter(department__isnull=False).values_list("pk", flat=True))
    user.groups.add(*(due - held))
    user.groups.remove(*(held - due))
    if hasattr(user, "_rights_today"):
        del user._rights_today
    return due != held
