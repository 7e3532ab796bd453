"""The workbench: 我的待办, 公共池, 本部门, the case page, and batches with a result a row."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timezone import localdate
from unfold.admin import ModelAdmin

from approvals.admin import casefile, deeds, queues, reversal_deeds
from approvals.models import Case
from approvals.workflow import registry
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays.queues import PAGE

BATCH_DEEDS = ("accept", "claim", "close")
BATCH_CAP = PAGE


@admin.register(Case)
class CaseAdmin(ModelAdmin):
    """Every change goes through the workflow; the admin's own forms are closed."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("approvals.work_case")

    def has_view_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return request.user.has_perm("approvals.work_case")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.to_mine), name="approvals_case_changelist"),
            path("batch/", wrap(self.batch), name="approvals_case_batch"),
            path("<int:pk>/work/", wrap(self.work), name="approvals_case_work"),
            path("<int:pk>/work/<slug:code>/", wrap(self.act), name="approvals_case_act"),
            *(
                path(f"{scope}/", wrap(self.queue), {"scope": scope}, name=f"approvals_case_{scope}")
                for scope in queues.SCOPES
            ),
        ]

    def to_mine(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:approvals_case_mine"))

    def queue(self, request: HttpRequest, scope: str) -> HttpResponse:
        user = self._worker(request)
        on = localdate()
        return self._page(
            request,
            "admin/approvals/queue.html",
            title=queues.SCOPES[scope][0],
            scope=scope,
            scopes=[
                (name, label, reverse(f"admin:approvals_case_{name}"))
                for name, (label, _) in queues.SCOPES.items()
            ],
            queue=queues.build(scope, user, request.GET, on),
            batch_deeds=[deeds.DEEDS[code] for code in BATCH_DEEDS if scope != "reversals"],
            here=request.get_full_path(),
        )

    def work(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = self._worker(request)
        return self._case_page(request, self._case(user, pk), user)

    def act(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        """One deed on one case; a refusal comes back at its field with nothing lost."""
        user = self._worker(request)
        case = self._case(user, pk)
        if code == "unmask":
            return self._unmask(request, case, user)
        deed = deeds.DEEDS.get(code)
        if deed is None:
            raise Http404
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:approvals_case_work", args=[pk]))
        form = deed.form(request.POST, case=case, step=case.open_step, prefix=code)
        if form.is_valid():
            try:
                deed.perform(case, form.cleaned_data, by=user, at=timezone.now())
            except RuleBroken as refusal:
                text = f"{refusal}（{refusal.basis}）" if refusal.basis else str(refusal)
                form.add_error(refusal.field if refusal.field in form.fields else None, text)
            else:
                messages.success(request, f"办件{case.number}：已{deed.label}。")
                return HttpResponseRedirect(self._next(request, pk))
        return self._case_page(request, case, user, refused=(code, form), status=422)

    def batch(self, request: HttpRequest) -> HttpResponse:
        """The same deed on each chosen case, one by one; every row gets its own answer."""
        user = self._worker(request)
        code = request.POST.get("deed", "")
        back = request.POST.get("back", "")
        if request.method != "POST" or code not in BATCH_DEEDS:
            return HttpResponseRedirect(reverse("admin:approvals_case_mine"))
        deed = deeds.DEEDS[code]
        chosen = [int(pk) for pk in request.POST.getlist("case") if pk.isdecimal() and len(pk) < 19][
            :BATCH_CAP
        ]
        results = []
        for case in Case.objects.visible_to(user).filter(pk__in=chosen).order_by("pk"):
            try:
                deed.perform(case, {}, by=user, at=timezone.now())
            except RuleBroken as refusal:
                results.append((case, False, str(refusal)))
            else:
                results.append((case, True, f"已{deed.label}"))
        return self._page(
            request,
            "admin/approvals/batch.html",
            title=f"批量{deed.label}结果",
            deed=deed,
            results=results,
            done=sum(1 for _, worked, _ in results if worked),
            back=back if back.startswith("/admin/approvals/case/") else reverse("admin:approvals_case_mine"),
        )

    def _unmask(self, request: HttpRequest, case: Case, user: User) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:approvals_case_work", args=[case.pk]))
        form = casefile.UnmaskForm(request.POST, prefix="unmask")
        shown = None
        if form.is_valid():
            try:
                shown = casefile.unmask(case, **form.cleaned_data, by=user, at=timezone.now())
            except RuleBroken as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return self._case_page(request, case, user, unmasking=form, shown=shown, status=200 if shown else 422)

    def _case_page(
        self,
        request: HttpRequest,
        case: Case,
        user: User,
        *,
        refused: tuple[str, deeds.DeedForm] | None = None,
        unmasking: casefile.UnmaskForm | None = None,
        shown: tuple[str, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        on, step = localdate(), case.open_step
        forms: list[dict[str, Any]] = []
        deeds_now = deeds.offered(case, user, step, on)
        offered = {deed.code for deed in deeds_now}
        for number, deed in enumerate(deeds_now):
            wrong = refused is not None and refused[0] == deed.code
            form = refused[1] if wrong and refused else deed.form(case=case, step=step, prefix=deed.code)
            forms.append({"deed": deed, "form": form, "is_open": wrong or (number == 0 and refused is None)})
        late = refused if refused and not any(entry["deed"].code == refused[0] for entry in forms) else None
        return self._page(
            request,
            "admin/approvals/work.html",
            status=status,
            title=f"办件 {case.number}",
            case=case,
            step=step,
            forms=forms,
            late=late[1] if late else None,
            why_not="" if forms else deeds.why_not(case, user, step, on),
            rehearsal=registry.rehearse(case, by=user, at=timezone.now())
            if "decide_grant" in offered
            else None,
            losses=registry.rehearse_reversal(case, by=user, at=timezone.now())
            if offered & {"decide_reversal", "drop_reversal"}
            else None,
            waits=reversal_deeds.why_not_yet(case, user, on) if "drop_reversal" in offered else "",
            turn=queues.whose_turn(case, step),
            unmasking=unmasking or casefile.UnmaskForm(prefix="unmask"),
            is_unmasking=unmasking is not None,
            shown=shown,
            **casefile.facts(case, user, on),
        )

    def _page(
        self, request: HttpRequest, template: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        page = {**self.admin_site.each_context(request), "opts": self.model._meta, **context}
        return TemplateResponse(request, template, page, status=status)

    def _worker(self, request: HttpRequest) -> User:
        if not request.user.has_perm("approvals.work_case"):
            raise PermissionDenied
        return request.user  # type: ignore[return-value]

    def _case(self, user: User, pk: int) -> Case:
        related = ("version__item", "item", "department", "party", "situation", "handler", "reviewer", "approver",
                   "current_clock", "accepted_by")  # fmt: skip
        return get_object_or_404(Case.objects.visible_to(user).select_related(*related), pk=pk)

    def _next(self, request: HttpRequest, pk: int) -> str:
        address = reverse("admin:approvals_case_work", args=[pk])
        back = request.GET.get("back", "")
        return address + (f"?{urlencode({'back': back})}" if back else "")
