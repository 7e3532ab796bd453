from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.people.crypto import EncryptedTextField, keyed_hash
from portal.people.identity import normalise_phone
from portal.people.masking import mask_phone

if TYPE_CHECKING:
    from portal.people.models.departments import Department
    from portal.people.models.posts import Post, PostQuerySet


class UserKind(models.TextChoices):
    CITIZEN = "citizen", "公众用户"
    STAFF = "staff", "工作人员"
    ADMINISTRATOR = "administrator", "管理员"


class AdminRole(models.TextChoices):
    """三员：系统管理、安全管理、审计管理相互分立（GB/T 22239-2019 8.1.5）."""

    SYSTEM = "system", "系统管理员"
    SECURITY = "security", "安全管理员"
    AUDIT = "audit", "审计管理员"


class UserQuerySet(models.QuerySet["User"]):
    def with_phone(self, phone: str) -> Self:
        """The accounts that give this number, however it was typed."""
        return self.filter(phone_hash=keyed_hash("phone", normalise_phone(phone)))

    def signing_in_with(self, phone: str) -> Self:
        """The one citizen who proved to own the number; staff sign in by name, never by phone."""
        return self.with_phone(phone).citizens().filter(phone_verified=True)

    def citizens(self) -> Self:
        return self.filter(kind=UserKind.CITIZEN)

    def staff(self) -> Self:
        return self.filter(kind=UserKind.STAFF)

    def headed_by(self, head: "User", on: date) -> Self:
        """Everyone with a post, that day, in a department the person heads."""
        from portal.people.models.posts import Post, PostRole

        posts = Post.objects.in_force(on)
        headed = posts.filter(user=head, role=PostRole.HEAD).values("department")
        return self.filter(pk__in=posts.filter(department__in=headed).values("user"))

    def administrators(self, role: str = "") -> Self:
        found = self.filter(kind=UserKind.ADMINISTRATOR)
        return found.filter(admin_role=role) if role else found


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser, PermissionsMixin):
    username = models.CharField("登录名", max_length=64, unique=True)
    name = models.CharField("姓名", max_length=100)
    kind = models.CharField("类别", max_length=16, choices=UserKind, default=UserKind.CITIZEN)
    admin_role = models.CharField("管理员角色", max_length=16, choices=AdminRole, blank=True, default="")
    phone = EncryptedTextField("手机号码", null=True, blank=True, purpose="phone")
    phone_hash = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    phone_verified = models.BooleanField("手机号码已验证", default=False)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_staff = models.BooleanField("可进入工作台", default=False)
    joined_at = models.DateTimeField("注册时间", auto_now_add=True)
    password_changed_at = models.DateTimeField("口令修改时间", null=True, blank=True)
    must_change_password = models.BooleanField("须修改口令", default=False)
    disabled_at = models.DateTimeField("停用时间", null=True, blank=True)
    disabled_reason = models.CharField("停用原因", max_length=200, blank=True)
    session_token = models.CharField(max_length=64, blank=True, default="", editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"
        constraints = [
            models.UniqueConstraint(
                name="user_verified_phone_belongs_to_one_citizen",
                fields=["phone_hash"],
                condition=Q(phone_verified=True, kind="citizen") & ~Q(phone_hash=""),
            ),
            models.CheckConstraint(
                name="user_admin_role_set_exactly_for_administrators",
                condition=Q(kind="administrator", admin_role__in=AdminRole.values)
                | (~Q(kind="administrator") & Q(admin_role="")),
            ),
            models.CheckConstraint(
                name="user_citizen_never_enters_the_workbench",
                condition=~Q(kind="citizen", is_staff=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    @property
    def duties(self) -> str:
        """What the person does here today, in words: the posts held, or the administrator's part."""
        if self.is_administrator:
            return str(self.get_admin_role_display())
        posts = self.acting_posts(timezone.localdate()).order_by("starts_on", "pk")
        return "、".join(f"{post.department.short_name}{post.get_role_display()}" for post in posts)

    def set_phone(self, phone: str, *, verified: bool = False) -> None:
        """Put the phone and its hash on the row in memory; empty takes the phone away."""
        self.phone = normalise_phone(phone) or None
        self.phone_hash = keyed_hash("phone", self.phone or "")
        self.phone_verified = verified and bool(self.phone)

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone or "")

    @property
    def is_citizen(self) -> bool:
        return self.kind == UserKind.CITIZEN

    @property
    def is_administrator(self) -> bool:
        return self.kind == UserKind.ADMINISTRATOR

    @property
    def needs_second_factor(self) -> bool:
        """Everyone who works inside proves who they are twice (GB/T 22239-2019 8.1.4.1 d)."""
        return self.kind != UserKind.CITIZEN

    def acting_posts(self, on: date) -> "PostQuerySet":
        """The posts this person holds on that day."""
        from portal.people.models.posts import Post

        return Post.objects.filter(user=self).in_force(on).select_related("department", "window")

    def has_role(self, role: str, department: "Department | int | None" = None, *, on: date) -> bool:
        """Whether the person holds a post with this role (in this very department) on that day."""
        posts = self.posts.in_force(on).filter(role=role)
        return (posts if department is None else posts.filter(department=department)).exists()

    def departments(self, on: date) -> list["Department"]:
        """The departments the person has a post in on that day, each once."""
        posts: list[Post] = list(self.acting_posts(on).order_by("starts_on", "pk"))
        return list({post.department_id: post.department for post in posts}.values())

    def is_absent(self, on: date) -> bool:
        return self.absences.filter(starts_on__lte=on, ends_on__gte=on).exists()
