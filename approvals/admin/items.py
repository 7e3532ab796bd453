"""The editor of service items: every part on its own page, every change through the workflow."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import BaseFormSet, Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST
from unfold.decorators import action

from approvals import item_files, workflow
from approvals.admin import item_sections as sections
from approvals.admin.item_columns import ItemColumns
from approvals.forms import page_form
from approvals.forms.items import HandOverForm, ImportForm, NewItemForm, RetireForm
from approvals.item_checks import faults
from approvals.models import ItemStatus, ItemVersion, ServiceItem, VersionState
from approvals.workflow.items import EDIT, NotPublishable, headed_departments
from portal.papers import workflow as papers
from portal.papers.models import Attachment
from portal.people.models import User
from portal.refusals import RuleBroken

DEEDS = {"made": "新建草稿", "changed": "新版草稿", "published": "发布", "unchanged": "没有变化"}
TONES = {VersionState.DRAFT: "warn", VersionState.PUBLISHED: "ok", VersionState.RETIRED: "plain"}


@admin.register(ServiceItem)
class ServiceItemAdmin(ItemColumns):
    """All staff read all items; those edit an item to whose department it is granted."""

    actions_list = ["import_items"]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view

        def at(route: str, view: Any, name: str) -> URLPattern:
            return path(f"<int:pk>/{route}", wrap(view), name=f"approvals_serviceitem_{name}")

        return [
            at("new-version/", require_POST(self.new_version_view), "new_version"),
            at("retire/", require_POST(self.retire_view), "retire"),
            at("hand-over/", require_POST(self.hand_over_view), "hand_over"),
            at("versions/<int:number>/", self.version_view, "version"),
            at("versions/<int:number>/preview/", self.preview_view, "preview"),
            at("versions/<int:number>/export/", self.export_view, "export"),
            at("versions/<int:number>/publish/", require_POST(self.publish_view), "publish"),
            at("versions/<int:number>/files/<uuid:key>/", self.file_view, "file"),
            at("versions/<int:number>/<slug:code>/", self.section_view, "section"),
            *super().get_urls(),
        ]

    # Pages

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        own = headed_departments(_who(request), localdate())
        form = NewItemForm(request.POST or None, departments=own)
        if request.method == "POST" and form.is_valid():
            try:
                version = workflow.found_item(**form.cleaned_data, by=_who(request), at=timezone.now())
            except RuleBroken as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, "事项已登记，请逐页填写第1版。")
                return HttpResponseRedirect(_page_of(version))
        status = 422 if request.method == "POST" else 200
        return self._page(request, "add", "登记新事项", status=status, form=form)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """An item opens on its latest version."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        latest = (
            ItemVersion.objects.filter(item__pk=object_id)
            if object_id.isdecimal() and len(object_id) < 19
            else None
        )
        version = latest.order_by("-number").first() if latest is not None else None
        if version is None:
            raise Http404
        return HttpResponseRedirect(_page_of(version))

    def version_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        return self._overview(request, self._version(request, pk, number))

    def section_view(self, request: HttpRequest, pk: int, number: int, code: str) -> HttpResponse:
        """One tab: to read, or, in a draft of one's own department, to edit."""
        version = self._version(request, pk, number)
        section = sections.SECTIONS.get(code)
        if section is None:
            raise Http404
        if not (version.is_draft and self._keeps(request, version.item)):
            if request.method == "POST":
                raise PermissionDenied
            return self._tab(request, version, section, shown=sections.shown(section, version))
        if section.row is None:
            return self._edit_fields(request, version, section)
        return self._edit_rows(request, version, section)

    def preview_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """The application form as an applicant will meet it, with nothing to fill in or send."""
        version = self._version(request, pk, number)
        found = [fault for fault in faults(version) if fault.element == "form_schema"]
        pages = (
            []
            if found
            else [(page, page_form(version, place)) for place, page in enumerate(version.form_pages, start=1)]
        )
        context = {"version": version, "pages": pages, "faults": found, "back": _page_of(version, "form")}
        return render(request, "admin/approvals/item_preview.html", context)

    def export_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        version = self._version(request, pk, number)
        response = HttpResponse(item_files.write([version]), content_type="application/yaml; charset=utf-8")
        name = f"{version.item.code}-{version.number}.yaml"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def file_view(self, request: HttpRequest, pk: int, number: int, key: Any) -> HttpResponse:
        version = self._version(request, pk, number)
        materials = version.materials.all()
        files = Attachment.objects.filter(
            Q(pk__in=materials.values("sample"))
            | Q(pk__in=materials.values("blank_form"))
            | Q(pk=version.result_sample_id)
        )
        return cast(HttpResponse, papers.serve(get_object_or_404(files, key=key), inline=True))

    # Deeds

    def new_version_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = self._kept_item(request, pk)
        try:
            version = workflow.new_version(item, by=_who(request), at=timezone.now())
        except RuleBroken as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:approvals_serviceitem_change", args=[pk]))
        return HttpResponseRedirect(_page_of(version))

    def publish_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        self._kept_item(request, pk)
        version = self._version(request, pk, number)
        try:
            workflow.publish(version, by=_who(request), at=timezone.now())
        except NotPublishable:
            return self._overview(request, version, refused="还不能发布，请先逐处改正。", status=422)
        except RuleBroken as refusal:
            return self._overview(request, version, refused=str(refusal), status=422)
        messages.success(request, f"{version}已发布，即日起按此办理；已经申请的办件仍按原版本办理。")
        return HttpResponseRedirect(_page_of(version))

    def retire_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        item, form = self._kept_item(request, pk), RetireForm(request.POST)
        if form.is_valid():
            try:
                workflow.retire(item, **form.cleaned_data, by=_who(request), at=timezone.now())
            except RuleBroken as refusal:
                form.add_error("reason", str(refusal))
            else:
                messages.success(request, "事项已停用，不再接受申请；已经受理的办件继续办理。")
                return HttpResponseRedirect(reverse("admin:approvals_serviceitem_change", args=[pk]))
        return self._overview(request, self._latest(request, item), retiring=form, status=422)

    def hand_over_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = self._kept_item(request, pk)
        form = HandOverForm(request.POST, item=item)
        if form.is_valid():
            to, reason = form.cleaned_data["to"], form.cleaned_data["moving_reason"]
            try:
                workflow.hand_over(item, to=to, reason=reason, by=_who(request), at=timezone.now())
            except RuleBroken as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, f"已划转给{to}，今后由其负责人维护；在办的办件仍由原部门办结。")
                return HttpResponseRedirect(reverse("admin:approvals_serviceitem_change", args=[pk]))
        return self._overview(request, self._latest(request, item), moving=form, status=422)

    @action(description="导入 YAML", url_path="import", permissions=["import_items"])
    def import_items(self, request: HttpRequest) -> HttpResponse:
        """Two steps: what the file would do, then the same again for good."""
        form = ImportForm(request.POST or None, request.FILES or None)
        trials: list[workflow.Trial] = []
        if request.method == "POST" and form.is_valid():
            text = form.cleaned_data["text"]
            try:
                if form.cleaned_data["confirmed"]:
                    done = workflow.import_items(text, by=_who(request), at=timezone.now())
                    told = "；".join(f"{row.version.item.name}：{DEEDS[row.deed]}" for row in done)
                    messages.success(request, f"已导入。{told}")
                    return HttpResponseRedirect(reverse("admin:approvals_serviceitem_changelist"))
                trials = workflow.try_import(text, by=_who(request), at=timezone.now())
            except RuleBroken as refusal:
                form.add_error("text", str(refusal))
        rows = [(trial, DEEDS[trial.deed]) for trial in trials]
        if rows:
            form = ImportForm(initial={"text": text, "confirmed": True})
        status = 422 if form.errors else 200
        return self._page(request, "import", "导入 YAML", status=status, form=form, trials=rows)

    def has_import_items_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    # Parts

    def _edit_fields(
        self, request: HttpRequest, version: ItemVersion, section: sections.Section
    ) -> HttpResponse:
        form = sections.make_form(section, version, request)
        if request.method == "POST" and form.is_valid():
            by, at = _who(request), timezone.now()
            try:
                workflow.edit_version(
                    version, values=form.values(), by=by, at=at, seen=form.cleaned_data["seen"],  # type: ignore[attr-defined]
                    result_sample=form.cleaned_data.get("upload"),
                )  # fmt: skip
            except RuleBroken as refusal:
                field = "upload" if refusal.field == "file" else refusal.field
                form.add_error(field if field in form.fields else None, str(refusal))
            else:
                messages.success(request, f"{section.label}已保存。")
                return HttpResponseRedirect(_page_of(version, section.code))
        groups = [(title, [form[name] for name in names]) for title, names in section.groups]
        return self._tab(request, version, section, form=form, groups=groups)

    def _edit_rows(
        self, request: HttpRequest, version: ItemVersion, section: sections.Section
    ) -> HttpResponse:
        formset: BaseFormSet[Any] = sections.make_formset(section, version, request)
        refused = ""
        if request.method == "POST" and formset.is_valid():
            by, at, seen = _who(request), timezone.now(), request.POST.get("seen", "")
            rows = sections.rows_of(formset)
            try:
                if section.element == "faq":
                    faq = [{"q": row["q"], "a": row["a"]} for row in rows]
                    workflow.edit_version(version, values={"faq": faq}, by=by, at=at, seen=seen)
                else:
                    workflow.replace_parts(version, section.element, rows=rows, by=by, at=at, seen=seen)
            except RuleBroken as refusal:
                refused = str(refusal)
            else:
                messages.success(request, f"{section.label}已保存。")
                return HttpResponseRedirect(_page_of(version, section.code))
        seen = request.POST.get("seen") or sections.seen(section, version)
        return self._tab(request, version, section, form=formset, formset=formset, refused=refused, seen=seen)

    def _tab(
        self,
        request: HttpRequest,
        version: ItemVersion,
        section: sections.Section,
        *,
        form: "Form | BaseFormSet[Any] | None" = None,
        **context: Any,
    ) -> HttpResponse:
        wrong = request.method == "POST"
        found = [fault for fault in faults(version) if sections.section_of(fault) == section.code]
        context |= {"section": section, "form": form, "section_faults": found, "is_wrong": wrong}
        return self._version_page(request, "item_section", version, status=422 if wrong else 200, **context)

    def _overview(
        self,
        request: HttpRequest,
        version: ItemVersion,
        *,
        refused: str = "",
        retiring: RetireForm | None = None,
        moving: HandOverForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        found = [(fault, sections.section_of(fault)) for fault in faults(version)]
        context = {
            "found": [(fault, _page_of(version, code) if code else "", code) for fault, code in found],
            "refused": refused,
            "retiring": retiring or RetireForm(),
            "is_retiring": retiring is not None,
            "moving": moving or HandOverForm(item=version.item),
            "is_moving": moving is not None,
            "versions": [
                (other, TONES[VersionState(other.state)], _page_of(other))
                for other in version.item.versions.select_related("published_by").order_by("-number")
            ],
            "unchecked": [
                basis
                for basis in version.legal_bases.all()
                if not (basis.is_certain and basis.article.is_certain and basis.article.act.is_certain)
            ],
            "can_retire": version.item.status != ItemStatus.CANCELLED and version.is_current,
        }
        return self._version_page(request, "item_version", version, status=status, **context)

    def _version_page(
        self, request: HttpRequest, template: str, version: ItemVersion, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        counts: dict[str, int] = {}
        for fault in faults(version):
            code = sections.section_of(fault)
            counts[code] = counts.get(code, 0) + 1
        here = context["section"].code if "section" in context else ""
        tabs = [("总览", _page_of(version), not here, 0)] + [
            (each.label, _page_of(version, each.code), each.code == here, counts.get(each.code, 0))
            for each in sections.SECTIONS.values()
        ]
        keeps = self._keeps(request, version.item)
        context |= {
            "version": version,
            "item": version.item,
            "tabs": tabs,
            "tone": TONES[VersionState(version.state)],
            "keeps": keeps,
            "may_edit": keeps and version.is_draft,
        }
        return self._page(request, template, version.name, status=status, **context)

    def _page(
        self, request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        name = template if template.startswith("item_") else f"item_{template}"
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, f"admin/approvals/{name}.html", context, status=status)

    def _version(self, request: HttpRequest, pk: int, number: int) -> ItemVersion:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = ItemVersion.objects.with_contents().select_related("result_sample", "published_by")
        found = found.prefetch_related("materials__sample", "materials__blank_form")
        return get_object_or_404(found, item_id=pk, number=number)

    def _latest(self, request: HttpRequest, item: ServiceItem) -> ItemVersion:
        latest = item.versions.order_by("-number").first()
        return self._version(request, item.pk, latest.number if latest else 0)

    def _kept_item(self, request: HttpRequest, pk: int) -> ServiceItem:
        item = get_object_or_404(ServiceItem, pk=pk)
        if not self._keeps(request, item):
            raise PermissionDenied
        return item

    def _keeps(self, request: HttpRequest, item: ServiceItem) -> bool:
        return request.user.has_perm(EDIT, item)


def _who(request: HttpRequest) -> User:
    return cast(User, request.user)


def _page_of(version: ItemVersion, code: str = "") -> str:
    at = [version.item_id, version.number]
    if code:
        return reverse("admin:approvals_serviceitem_section", args=[*at, code])
    return reverse("admin:approvals_serviceitem_version", args=at)
