"""The request desk: 我的待办, 待认领, 全部, the request page, entry on paper, and what several asked for."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timezone import localdate
from unfold.admin import ModelAdmin

from disclosure.admin.requests import deeds, queues, requestfile
from disclosure.admin.requests.forms import DeedForm, UnmaskForm
from disclosure.forms.requests import UPLOADS, EntryForm
from disclosure.held_uploads import Uploads
from disclosure.models import InformationRequest
from disclosure.models.requests import FilePurpose
from disclosure.workflow import requests as workflow
from disclosure.workflow.requests import duties
from disclosure.workflow.requests.letters import preview_reply
from portal.papers import workflow as papers
from portal.people.models import Department, User
from portal.refusals import RuleBroken

RIGHT, WORK = "disclosure.view_informationrequest", "disclosure.work_request"
NAME = "admin:disclosure_informationrequest"


@admin.register(InformationRequest)
class InformationRequestAdmin(ModelAdmin):
    """Every change goes through the workflow; the admin's own forms are closed."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RIGHT)

    def has_view_permission(self, request: HttpRequest, obj: InformationRequest | None = None) -> bool:
        return request.user.has_perm(RIGHT)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: InformationRequest | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: InformationRequest | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "disclosure_informationrequest"
        return [
            path("", wrap(self.to_mine), name=f"{name}_changelist"),
            path("entry/", wrap(self.entry), name=f"{name}_entry"),
            path("topics/", wrap(self.topics), name=f"{name}_topics"),
            path("<int:pk>/work/", wrap(self.work), name=f"{name}_work"),
            path("<int:pk>/preview/", wrap(self.preview), name=f"{name}_preview"),
            path("<int:pk>/work/<slug:code>/", wrap(self.act), name=f"{name}_act"),
            *(
                path(f"{scope}/", wrap(self.queue), {"scope": scope}, name=f"{name}_{scope}")
                for scope in queues.SCOPES
            ),
        ]

    def to_mine(self, request: HttpRequest) -> HttpResponse:
        works = request.user.has_perm(WORK)
        return HttpResponseRedirect(reverse(f"{NAME}_mine" if works else f"{NAME}_answered"))

    def queue(self, request: HttpRequest, scope: str) -> HttpResponse:
        user = self._worker(request)
        return self._page(
            request, "admin/disclosure/requests/queue.html", title=f"信息公开申请：{queues.SCOPES[scope][0]}", scope=scope,
            queue=queues.build(scope, user, request.GET, localdate()),
        )  # fmt: skip

    def topics(self, request: HttpRequest) -> HttpResponse:
        """What two or more people asked for: to be published or not."""
        user = self._worker(request)
        return self._page(
            request, "admin/disclosure/requests/topics.html", title="多人申请的信息", scope="topics",
            topics=queues.topics(user),
        )  # fmt: skip

    def entry(self, request: HttpRequest) -> HttpResponse:
        """A letter, a fax, an e-mail, or what was said at the counter."""
        user = self._worker(request, WORK)
        posted = request.method == "POST"
        departments = _departments(user)
        initial = {"handed_in": localdate(), "department": departments.first()}
        data = (request.POST, request.FILES) if posted else ()
        form = EntryForm(*data, departments=departments, initial=initial)
        uploads = Uploads(form.key, UPLOADS)
        if posted and uploads.taken_back(request, user):
            form.errors.clear()
        elif posted:
            valid = form.is_valid()
            uploads.keep(request, form, user)
            made = _registered(form, user) if valid and not form.errors else None
            if made:
                messages.success(
                    request, f"已登记，登记号{made.number}，查询码{made.query_code}，请告知申请人。"
                )
                return HttpResponseRedirect(reverse(f"{NAME}_work", args=[made.pk]))
        return self._page(
            request, "admin/disclosure/requests/entry.html", status=422 if form.errors else 200, title="登记申请",
            scope="entry", form=form,
            sections=[part | {"fields": uploads.beside(part["fields"])} for part in form.sections()],
        )  # fmt: skip

    def work(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = self._worker(request)
        return self._request_page(request, self._found(user, pk), user)

    def act(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        """One deed on one request; a refusal comes back at its field with nothing lost."""
        user = self._worker(request)
        found = self._found(user, pk)
        here = reverse(f"{NAME}_work", args=[pk])
        if request.method != "POST":
            return HttpResponseRedirect(here)
        if code == "unmask":
            return self._unmask(request, found, user)
        deed = deeds.DEEDS.get(code)
        if deed is None:
            raise Http404
        data, refusal = self._enclosed(request, found, user, code)
        form = deed.form(data, request.FILES, found=found, user=user, prefix=code)
        if refusal:
            form.add_error("enclosed", refusal)
        if form.is_valid() and (steps := form.to_confirm()):
            return self._request_page(request, found, user, asked=(code, form), steps=steps)
        if form.is_valid():
            try:
                deed.perform(found, form.cleaned_data, by=user, at=timezone.now())
            except RuleBroken as refusal:
                text = f"{refusal}（{refusal.basis}）" if refusal.basis else str(refusal)
                form.add_error(refusal.field if refusal.field in form.fields else None, text)
            else:
                messages.success(request, f"申请{found.number}：已{deed.label}。")
                return HttpResponseRedirect(here)
        return self._request_page(request, found, user, refused=(code, form), status=422)

    def _enclosed(
        self, request: HttpRequest, found: InformationRequest, user: User, code: str
    ) -> tuple[QueryDict, str]:
        """The answers, with the files chosen anew kept first: a form that is refused loses none."""
        data, uploads = request.POST.copy(), request.FILES.getlist(f"{code}-enclosed")
        if code != "draft_reply" or not uploads:
            return data, ""
        try:
            rows = workflow.enclose(found, uploads, by=user, at=timezone.now())
        except RuleBroken as refusal:
            return data, str(refusal)
        for row in rows:
            data.appendlist(f"{code}-kept", str(row.pk))
        return data, ""

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        """The letter as the draft would make it; only while it is one."""
        found = self._found(self._worker(request), pk)
        words = getattr(found, "reply_words", None)
        if words is None or not words.is_draft or found.received_on is None:
            raise Http404
        enclosed = found.files.filter(purpose=FilePurpose.DRAFT).order_by("pk")
        names = list(enclosed.values_list("attachment__name", flat=True))
        content = preview_reply(found, words, files=names, at=timezone.now())
        return papers.serve_preview(content, f"拟稿 {found.number}.pdf")

    def _unmask(self, request: HttpRequest, found: InformationRequest, user: User) -> HttpResponse:
        form, shown = UnmaskForm(request.POST, prefix="unmask"), None
        if form.is_valid():
            try:
                value = workflow.unmask(found, **form.cleaned_data, by=user, at=timezone.now())
            except RuleBroken as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                labels = dict(form.fields["field"].choices)  # type: ignore[attr-defined]
                shown = (labels[form.cleaned_data["field"]], value or "（未登记）")
        return self._request_page(
            request, found, user, unmasking=form, shown=shown, status=200 if shown else 422
        )

    def _request_page(
        self,
        request: HttpRequest,
        found: InformationRequest,
        user: User,
        *,
        asked: tuple[str, DeedForm] | None = None,
        refused: tuple[str, DeedForm] | None = None,
        steps: list[str] | None = None,
        unmasking: UnmaskForm | None = None,
        shown: tuple[str, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        on = localdate()
        forms: list[dict[str, Any]] = []
        given = asked or refused  # to be read once more, or to be put right
        for number, deed in enumerate(deeds.offered(found, user, on)):
            again = given is not None and given[0] == deed.code
            form = given[1] if again and given else deed.form(found=found, user=user, prefix=deed.code)
            is_open = again or (number == 0 and given is None)
            forms.append(
                {"deed": deed, "form": form, "is_open": is_open, "steps": steps if again and asked else None}
            )
        late = refused if refused and not any(entry["deed"].code == refused[0] for entry in forms) else None
        return self._page(
            request, "admin/disclosure/requests/work.html", status=status, title=f"申请 {found.number}", found=found,
            forms=forms, late=late[1] if late else None, why_not="" if forms else deeds.why_not(found, user, on),
            turn=queues.whose_turn(found), unmasking=(unmasking or UnmaskForm(prefix="unmask")) if user.has_perm("people.unmask_party") else None,
            is_unmasking=unmasking is not None, shown=shown, **requestfile.facts(found, user, on),
        )  # fmt: skip

    def _page(
        self, request: HttpRequest, template: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        works = request.user.has_perm(WORK)
        scopes = [
            (name, label, reverse(f"{NAME}_{name}"))
            for name, (label, _) in queues.SCOPES.items()
            if works or name not in queues.FOR_WORKERS
        ]
        scopes.append(("topics", "多人申请的信息", reverse(f"{NAME}_topics")))
        scopes += [("entry", "登记申请", reverse(f"{NAME}_entry"))] if works else []
        page = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "scopes": scopes,
            **context,
        }
        return TemplateResponse(request, template, page, status=status)

    def _worker(self, request: HttpRequest, right: str = RIGHT) -> User:
        if not request.user.has_perm(right):
            raise PermissionDenied
        return request.user  # type: ignore[return-value]

    def _found(self, user: User, pk: int) -> InformationRequest:
        related = ("department", "handler", "applicant_user", "current_clock", "reply_clock", "correction", "reasons", "reply_words")  # fmt: skip
        return get_object_or_404(InformationRequest.objects.visible_to(user).select_related(*related), pk=pk)


def _registered(form: EntryForm, user: User) -> InformationRequest | None:
    names = ("department", "channel", "handed_in", "confirmed_on", "form_key")
    try:
        return workflow.register(
            form.asked(user), **{name: form.cleaned_data[name] for name in names}, by=user, at=timezone.now()
        )
    except RuleBroken as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return None


def _departments(user: User) -> Any:
    """Where this person may enter a request: the departments of their posts; all for the disclosure office."""
    posts = user.posts.in_force(localdate()).filter(role__in=duties.WORKING)
    if posts.filter(department__code=settings.DISCLOSURE_OFFICE).exists():
        return Department.objects.active().order_by("pk")
    return Department.objects.active().filter(pk__in=posts.values("department")).order_by("pk")
