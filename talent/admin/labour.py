import hashlib
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timezone import localdate

from portal.people import workflow as people
from portal.people.admin.deeds import Deed, MadeByWorkflow
from portal.people.models import User
from portal.refusals import RuleBroken
from talent import labour_figures, workflow
from talent.admin.credit import department_of
from talent.forms.labour import KeepForm, ResidentForm, TellForm, WhyForm
from talent.models import Resident
from talent.models.labour import HealthClass

RIGHT = "talent.keep_resident"


def _keep(row: Resident, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.keep_resident(row, answers, by=by, at=at)
    return "已更新。"


def _consent(given: bool) -> Any:
    def run(row: Resident, answers: dict[str, Any], by: User, at: datetime) -> str:
        workflow.record_consent(row, given=given, by=by, at=at)
        return "已登记同意。" if given else "已登记撤回同意，今后不再通知。"

    return run


def _health(row: Resident, answers: dict[str, Any], by: User, at: datetime) -> str:
    value = workflow.reveal_health(row, reason=answers["reason"], by=by, at=at)
    return f"健康状况：{dict(HealthClass.choices).get(value, '未登记')}"


@admin.register(Resident)
class ResidentAdmin(MadeByWorkflow):
    list_display = [
        "name", "street", "village", "skill_level", "employment_state", "support_class", "agrees", "checked_on",
    ]  # fmt: skip
    list_filter = ["employment_state", "support_class", "skill_level"]
    list_select_related = ["person__party", "street"]
    search_fields = ["=person__name", "village"]
    ordering = ["-pk"]
    fields = [
        ("name", "number"), ("street", "village"), ("skills", "skill_level"),
        ("employment_state", "support_class"), ("consented_on", "consent_withdrawn_on"), "checked_on",
    ]  # fmt: skip
    add_right = RIGHT
    add_title = "登记劳动力资源"
    add_text = "只登记就业服务所必需的信息，并告知本人（《中华人民共和国个人信息保护法》第十七条）。"
    add_form = ResidentForm
    deeds = (
        Deed("keep", "更新登记", RIGHT, _keep, KeepForm),
        Deed("consent", "登记本人同意接收就业信息", RIGHT, _consent(True),
             fits=lambda row: not row.consents(localdate())),
        Deed("withdraw-consent", "登记本人撤回同意", RIGHT, _consent(False),
             fits=lambda row: row.consents(localdate())),
        Deed("health", "查看健康状况", RIGHT, _health, WhyForm, stays=True),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Resident]:
        return Resident.objects.visible_to(cast(User, request.user), localdate())

    def get_urls(self) -> list[URLPattern]:
        def view(page: Any) -> Any:
            return self.admin_site.admin_view(page)

        return [
            path("figures/", view(self.figures), name="talent_resident_figures"),
            path("tell/", view(self.tell), name="talent_resident_tell"),
            *super().get_urls(),
        ]

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        form = ResidentForm()
        form.cleaned_data = answers
        kept = {name: answers[name] for name in KeepForm.base_fields}
        party = people.add_party(**form.party(), by=by, at=at)
        street = department_of(by, at)
        workflow.enter_resident(party, street=street, education=answers["education"], by=by, at=at, **kept)
        return f"已登记{answers['name']}。"

    def figures(self, request: HttpRequest) -> HttpResponse:
        """The figures of one's own streets."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request)
        context = {"tables": labour_figures.tables(rows), "villages": labour_figures.by_village(rows)}
        return self._page(request, "admin/talent/figures.html", "劳动力资源统计", **context)

    def tell(self, request: HttpRequest) -> HttpResponse:
        """A notice to those of one's street who agreed; sent twice, each is told once."""
        if not request.user.has_perm(RIGHT):
            raise PermissionDenied
        form: forms.Form = TellForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            by, at = cast(User, request.user), timezone.now()
            wanted = {name: value for name, value in form.cleaned_data.items() if value and name != "text"}
            text = form.cleaned_data["text"]
            key = f"labour-{localdate()}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"
            try:
                told = workflow.tell_residents(
                    street=department_of(by, at), text=text, key=key, by=by, at=at, **wanted
                )
            except RuleBroken as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, f"已通知{told}人。")
                return HttpResponseRedirect(reverse("admin:talent_resident_changelist"))
        return self.page(
            request, "就业信息通知", form, status=422 if form.errors else 200,
            text="只发给登记了同意、没有撤回的居民；同一内容当天重复提交，每人只收到一次。",
            back=reverse("admin:talent_resident_changelist"), row=None,
        )  # fmt: skip

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, template, context)

    @admin.display(description="姓名")
    def name(self, row: Resident) -> str:
        return row.person.name

    @admin.display(description="证件号码")
    def number(self, row: Resident) -> str:
        return row.person.party.masked_id

    @admin.display(description="同意接收信息", boolean=True)
    def agrees(self, row: Resident) -> bool:
        return row.consents(localdate())
