from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from portal.people import behaviour, workflow
from portal.people.admin.deeds import Deed, DeedsAdmin, MadeByWorkflow
from portal.people.crypto import keyed_hash
from portal.people.identity import normalise_phone
from portal.people.models import AdminRole, Lockout, User, UserKind

ONCE = "（只显示这一次，请当面或以密封方式交给本人）"


class NewAccountForm(forms.Form):
    username = forms.RegexField(
        r"^[a-z][a-z0-9._-]{2,31}$",
        label="登录名",
        help_text="3至32位小写字母、数字、点、横线，以字母开头。",
        error_messages={"invalid": "登录名应为3至32位小写字母、数字、点或横线，以字母开头。"},
    )
    name = forms.CharField(label="姓名", max_length=100)
    phone = forms.CharField(label="手机号码", max_length=20, required=False)
    email = forms.EmailField(label="电子邮箱", required=False)


class WhyForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, error_messages={"required": "请填写停用原因。"})


class RoleForm(forms.Form):
    admin_role = forms.ChoiceField(
        label="管理员角色",
        required=False,
        choices=[("", "无（普通工作人员）"), *AdminRole.choices],
        help_text="一人至多担任一种，且不得兼任业务岗位。",
    )


def _disable(user: User, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.disable(user, reason=answers["reason"], by=by, at=at)
    return f"已停用{user}的账号。"


def _enable(user: User, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.enable(user, by=by, at=at)
    return f"已启用{user}的账号。"


def _reset_password(user: User, answers: dict[str, Any], by: User, at: datetime) -> str:
    return f"{user}的临时口令：{workflow.reset_password(user, by=by, at=at)}{ONCE}"


def _reset_factor(user: User, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.reset_second_factor(user, by=by, at=at)
    return f"已重置{user}的二次验证，其下次登录时重新设置。"


def _grant(user: User, answers: dict[str, Any], by: User, at: datetime) -> str:
    changed = workflow.set_admin_role(user, answers["admin_role"], by=by, at=at)
    return f"{user}的管理员角色：{changed.get_admin_role_display() or '无'}。"


@admin.register(User)
class UserAdmin(MadeByWorkflow):
    list_display = ["username", "name", "kind", "admin_role", "shown_phone", "is_active", "last_login"]
    list_filter = ["kind", "admin_role", "is_active"]
    search_fields = ["=username", "=name", "=phone_hash"]
    search_help_text = "登录名、姓名或手机号码，须完整"
    ordering = ["-pk"]
    fields = [
        "username", "name", "kind", "admin_role", "shown_phone", "email", "is_active", "disabled_at",
        "disabled_reason", "last_login", "password_changed_at", "must_change_password", "joined_at",
    ]  # fmt: skip
    add_right, add_title, add_form = "people.add_user", "新建工作人员账号", NewAccountForm
    add_stays = True
    deeds = (
        Deed(
            "disable", "停用账号", "people.disable_user", _disable, WhyForm,
            "停用后立即不能登录，已有的会话随即终止。", lambda user: user.is_active,
        ),
        Deed("enable", "启用账号", "people.disable_user", _enable, fits=lambda user: not user.is_active),
        Deed(
            "password", "重置口令", "people.reset_sign_in", _reset_password,
            text="生成临时口令，本人首次登录时须修改。", fits=lambda user: not user.is_citizen, stays=True,
        ),
        Deed(
            "factor", "重置二次验证", "people.reset_sign_in", _reset_factor,
            text="删除其身份验证器、通行密钥和恢复码，下次登录时重新设置。",
            fits=lambda user: not user.is_citizen,
        ),
        Deed("role", "授予管理员角色", "people.grant_role", _grant, RoleForm, fits=lambda user: not user.is_citizen),
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        log = path(
            "behaviour/", self.admin_site.admin_view(self.behaviour_view), name="people_user_behaviour"
        )
        return [log, *super().get_urls()]

    @method_decorator(require_safe)
    def behaviour_view(self, request: HttpRequest) -> HttpResponse:
        """How accounts are used; for the security administrator to read."""
        if not request.user.has_perm("audit.view_behaviour"):
            raise PermissionDenied
        log = behaviour.read(request.GET)
        context = {
            **self.admin_site.each_context(request),
            "title": "行为日志",
            "opts": self.opts,
            "log": log,
        }
        response = TemplateResponse(
            request, "admin/people/behaviour.html", context, status=422 if log.mistake else 200
        )
        response["Cache-Control"] = "no-store"
        return response

    @admin.display(description="手机号码")
    def shown_phone(self, user: User) -> str:
        return user.masked_phone or "—"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        phone = normalise_phone(search_term)
        if phone.isdecimal() and len(phone) == 11:
            search_term = keyed_hash("phone", phone)
        return super().get_search_results(request, queryset, search_term)

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        temporary = workflow.new_password()
        workflow.create_account(**answers, kind=UserKind.STAFF, password=temporary, by=by, at=at)
        return f"已建立账号{answers['username']}，临时口令：{temporary}{ONCE}"


def _unlock(lockout: Lockout, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.unlock(lockout, by=by, at=at)
    return "已解除锁定。"


@admin.register(Lockout)
class LockoutAdmin(DeedsAdmin):
    list_display = ["login_hash", "failures", "first_failed_at", "locked_until"]
    search_fields = ["=login_hash"]
    search_help_text = "登录名或手机号码，须完整"
    ordering = ["-first_failed_at"]
    fields = ["failures", "first_failed_at", "locked_until"]
    deeds = (Deed("unlock", "解除锁定", "people.unlock_sign_in", _unlock),)

    def page_of(self, row: Any) -> str:
        """Unlocked, the row is gone: back to the list."""
        return reverse("admin:people_lockout_changelist")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Lockout], search_term: str
    ) -> tuple[QuerySet[Lockout], bool]:
        if search_term:
            search_term = workflow.login_hash(search_term)
        return super().get_search_results(request, queryset, search_term)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lockout]:
        return super().get_queryset(request).filter(locked_until__gt=timezone.now())
