"""The publishing desk: my documents, what waits for my word, the page of a version, and its form."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timezone import localdate
from unfold.admin import ModelAdmin

from disclosure import rich_text
from disclosure.admin import document_deeds, document_file, document_lists
from disclosure.comparison import compare, has_changes
from disclosure.forms.documents import DocumentForm, NewDocumentForm, initial_of
from disclosure.models import DocumentFile, DocumentVersion
from disclosure.workflow import documents, duties
from portal.papers import workflow as papers
from portal.people.models import Department, User
from portal.refusals import RuleBroken
from portal.workdays import workflow as clocks
from portal.workdays.models import Clock


@admin.register(DocumentVersion)
class DocumentVersionAdmin(ModelAdmin):
    """Every change goes through the workflow; the admin's own forms are closed."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("disclosure.work_document")

    def has_view_permission(self, request: HttpRequest, obj: DocumentVersion | None = None) -> bool:
        return request.user.has_perm("disclosure.work_document")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: DocumentVersion | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DocumentVersion | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "disclosure_documentversion"
        return [
            path("", wrap(self.to_mine), name=f"{name}_changelist"),
            path("new/", wrap(self.new), name=f"{name}_new"),
            path("<int:pk>/", wrap(self.work), name=f"{name}_work"),
            path("<int:pk>/edit/", wrap(self.edit), name=f"{name}_edit"),
            path("<int:pk>/preview/", wrap(self.preview), name=f"{name}_preview"),
            path("<int:pk>/compare/", wrap(self.compare), name=f"{name}_compare"),
            path("<int:pk>/dates/<uuid:key>/", wrap(self.date), name=f"{name}_date"),
            path("<int:pk>/files/<uuid:key>/", wrap(self.file), name=f"{name}_file"),
            path("<int:pk>/do/<slug:code>/", wrap(self.act), name=f"{name}_act"),
            *(
                path(f"{scope}/", wrap(self.listing), {"scope": scope}, name=f"{name}_{scope}")
                for scope in document_lists.SCOPES
            ),
        ]

    # Pages

    def to_mine(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:disclosure_documentversion_mine"))

    def listing(self, request: HttpRequest, scope: str) -> HttpResponse:
        user = _worker(request)
        return self._page(
            request,
            "documents",
            document_lists.SCOPES[scope][0],
            scope=scope,
            scopes=[
                (name, label, reverse(f"admin:disclosure_documentversion_{name}"))
                for name, (label, _) in document_lists.SCOPES.items()
            ],
            listing=document_lists.build(scope, user, request.GET, localdate()),
            may_draft=user.has_perm("disclosure.draft_document"),
        )

    def new(self, request: HttpRequest) -> HttpResponse:
        user = _worker(request)
        departments = _drafting_departments(user)
        if not departments:
            raise PermissionDenied
        own = Department.objects.filter(pk__in=departments).order_by("name")
        form = NewDocumentForm(
            request.POST or None, departments=own, initial={"methods": ["website"], "publisher": own[0].pk}
        )
        if request.method == "POST" and form.is_valid():
            values = {name: value for name, value in form.values().items() if name != "seen"}
            try:
                version = documents.draft(
                    publisher=form.cleaned_data["publisher"], by=user, at=timezone.now(), **values
                )
            except RuleBroken as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, "草稿已保存，还没有提交。可以添加附件、预览，确认后提交审核。")
                return HttpResponseRedirect(_page_of(version))
        status = 422 if form.errors else 200
        return self._page(request, "document_edit", "起草公开文件", status=status, form=form, version=None)

    def edit(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = _worker(request)
        version = self._version(user, pk)
        self._check_editor(version, user)
        if not version.is_editable:
            messages.warning(request, "文件已经提交，收回或者退回后才能修改。")
            return HttpResponseRedirect(_page_of(version))
        document = version.document
        initial = {**initial_of(version), "seen": documents.fingerprint(version)}
        form = DocumentForm(request.POST or None, publisher=document.publisher, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                documents.edit(version, by=user, at=timezone.now(), **form.values())
            except RuleBroken as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, "已保存。")
                return HttpResponseRedirect(_page_of(version))
        status = 422 if form.errors else 200
        return self._page(
            request, "document_edit", f"编辑：{version.title}", status=status, form=form, version=version
        )

    def work(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = _worker(request)
        return self._version_page(request, self._version(user, pk), user)

    def act(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        """One deed on one version; a refusal comes back at its field with nothing lost."""
        user, deed = _worker(request), document_deeds.DEEDS.get(code)
        version = self._version(user, pk)
        if deed is None:
            raise Http404
        if request.method != "POST":
            return HttpResponseRedirect(_page_of(version))
        form = deed.form(request.POST, request.FILES, version=version, user=user, on=localdate(), prefix=code)
        if form.is_valid():
            try:
                done = deed.perform(version, form.cleaned_data, by=user, at=timezone.now())
            except RuleBroken as refusal:
                text = f"{refusal}（{refusal.basis}）" if refusal.basis else str(refusal)
                form.add_error(refusal.field if refusal.field in form.fields else None, text)
            else:
                messages.success(request, f"已办理：{deed.label}。")
                is_new = code == "revise" and isinstance(done, DocumentVersion)
                return HttpResponseRedirect(_page_of(done if is_new else version))
        return self._version_page(request, version, user, refused=(code, form), status=422)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The document as the public would read it; nothing is published by looking."""
        version = self._version(_worker(request), pk)
        context = {
            "version": version,
            "document": version.document,
            "record": document_file.record(version, localdate()),
            "files": version.files.public().in_order().select_related("attachment"),
            "back": _page_of(version),
        }
        return TemplateResponse(request, "admin/disclosure/document_preview.html", context)

    def compare(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What this version changed: fields, paragraphs, files."""
        version = self._version(_worker(request), pk)
        earlier = version.document.versions.filter(number__lt=version.number).order_by("-number").first()
        if earlier is None:
            raise Http404
        lines = compare(rich_text.paragraphs(earlier.body), rich_text.paragraphs(version.body))
        return self._page(
            request,
            "document_compare",
            f"第{earlier.number}版与第{version.number}版对照",
            version=version,
            earlier=earlier,
            lines=lines if has_changes(lines) else [],
            fields=document_file.changed_fields(earlier, version, localdate()),
            files=document_file.changed_files(earlier, version),
        )

    def date(self, request: HttpRequest, pk: int, key: UUID) -> HttpResponse:
        """为什么是这一天."""
        version = self._version(_worker(request), pk)
        clock = get_object_or_404(Clock.objects.of(version.document), public_key=key)
        context = {
            "clock": clock,
            "explanation": clocks.explain(clock, on=localdate()),
            "subject": f"《{version.title}》",
            "subject_url": _page_of(version),
        }
        return TemplateResponse(request, "workdays/why.html", context)

    def file(self, request: HttpRequest, pk: int, key: UUID) -> FileResponse:
        version = self._version(_worker(request), pk)
        row = get_object_or_404(DocumentFile.objects.select_related("attachment"), version=version, key=key)
        return papers.serve(row.attachment, inline=True)

    # Parts

    def _version_page(
        self,
        request: HttpRequest,
        version: DocumentVersion,
        user: User,
        *,
        refused: tuple[str, document_deeds.DeedForm] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        on = localdate()
        forms: list[dict[str, Any]] = []
        for number, deed in enumerate(document_deeds.offered(version, user, on)):
            wrong = refused is not None and refused[0] == deed.code
            form = (
                refused[1]
                if wrong and refused
                else deed.form(version=version, user=user, on=on, prefix=deed.code)
            )
            is_first = number == 0 and refused is None and deed.tone == "primary"
            forms.append({"deed": deed, "form": form, "is_open": wrong or is_first})
        late = refused if refused and not any(entry["deed"].code == refused[0] for entry in forms) else None
        return self._page(
            request,
            "document",
            version.title,
            status=status,
            version=version,
            document=version.document,
            forms=forms,
            late=late[1] if late else None,
            why_not="" if forms else document_deeds.why_not(version, user, on),
            may_edit=version.is_editable and _may_edit(version, user),
            tone=document_lists.tone_of(version),
            state=document_lists.state_of(version),
            **document_file.facts(version, user, on),
        )

    def _page(
        self, request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        page = {**self.admin_site.each_context(request), "opts": self.model._meta, "title": title, **context}
        return TemplateResponse(request, f"admin/disclosure/{template}.html", page, status=status)

    def _version(self, user: User, pk: int) -> DocumentVersion:
        related = ("document__column", "document__publisher", "document__publication_clock",
                   "document__takedown_clock", "document__withdrawn_by", "ratification_clock", "author",
                   "department_reviewer", "secrecy_reviewer", "approver")  # fmt: skip
        seen = DocumentVersion.objects.visible_to(user, localdate()).select_related(*related)
        return get_object_or_404(seen, pk=pk)

    def _check_editor(self, version: DocumentVersion, user: User) -> None:
        if not _may_edit(version, user):
            raise PermissionDenied


def _worker(request: HttpRequest) -> User:
    if not request.user.has_perm("disclosure.work_document"):
        raise PermissionDenied
    return request.user  # type: ignore[return-value]


def _may_edit(version: DocumentVersion, user: User) -> bool:
    try:
        duties.may_edit(user, version, localdate())
    except RuleBroken:
        return False
    return True


def _drafting_departments(user: User) -> list[int]:
    """For which departments the person may draft: their own."""
    posts = user.posts.in_force(localdate()).filter(role__in=duties.DRAFTING)
    return list(posts.values_list("department_id", flat=True))


def _page_of(version: DocumentVersion) -> str:
    return reverse("admin:disclosure_documentversion_work", args=[version.pk])
