from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class UserKind(models.TextChoices):
    CITIZEN = "citizen", "公众用户"
    STAFF = "staff", "工作人员"
    ADMINISTRATOR = "administrator", "管理员"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser, PermissionsMixin):
    username = models.CharField("登录名", max_length=64, unique=True)
    name = models.CharField("姓名", max_length=100)
    kind = models.CharField("类别", max_length=16, choices=UserKind, default=UserKind.CITIZEN)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_staff = models.BooleanField("可进入工作台", default=False)
    joined_at = models.DateTimeField("注册时间", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.name or self.username
