from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from portal.people.admin.deeds import LeanAdmin
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays import workflow
from portal.workdays.forms import PasteForm
from portal.workdays.models import CalendarDay, CalendarNotice, NoticeKind, ShadowRun
from portal.workdays.reading import NoticeUnreadable, read_notice

MOVES_SHOWN = 200


class ReadAdmin(LeanAdmin):
    """To look at only: what is here is written by the workflow."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(CalendarDay)
class CalendarDayAdmin(ReadAdmin):
    """The calendar in force, a day a row, each with its paper."""

    list_display = ["day", "weekday", "kind", "name", "notice"]
    list_filter = ["kind"]
    list_select_related = ["notice"]
    date_hierarchy = "day"
    ordering = ["day"]
    fields = ["day", "kind", "name", "notice"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarDay]:
        return CalendarDay.objects.current()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not request.GET and self.has_view_permission(request):  # five years of days are nobody's question
            return HttpResponseRedirect(f"?day__year={timezone.localdate().year}")
        return super().changelist_view(request, extra_context)

    @admin.display(description="星期")
    def weekday(self, day: CalendarDay) -> str:
        return f"星期{'一二三四五六日'[day.day.weekday()]}"


@admin.register(ShadowRun)
class ShadowRunAdmin(ReadAdmin):
    list_display = ["day", "checked", "faults", "at"]
    ordering = ["-day"]
    fields = ["day", "at", "checked", "faults", "first_faults"]


@admin.register(CalendarNotice)
class CalendarNoticeAdmin(LeanAdmin):
    """Paste a notice, look at what it moves, publish it."""

    list_display = ["year", "title", "doc_no", "kind", "state", "moved", "published_at"]
    list_display_links = ["year", "title"]
    list_filter = ["kind"]
    ordering = ["-year", "-pk"]

    @admin.display(description="状态")
    def state(self, notice: CalendarNotice) -> str:
        if not notice.is_published:
            return "未发布"
        return "已发布" if notice.redated_at else "正在重算"

    def get_urls(self) -> list[URLPattern]:
        def view(action: Any) -> Any:
            return self.admin_site.admin_view(require_POST(action))

        return [
            path("<int:pk>/publish/", view(self.publish_view), name="workdays_calendarnotice_publish"),
            path("<int:pk>/discard/", view(self.discard_view), name="workdays_calendarnotice_discard"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = PasteForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and (notice := self._register(request, form)):
            return HttpResponseRedirect(_page_of(notice))
        status = 422 if request.method == "POST" else 200
        return self._page(request, "admin/workdays/paste.html", "登记放假通知", status=status, form=form)

    def _register(self, request: HttpRequest, form: PasteForm) -> CalendarNotice | None:
        """The notice as read; None when the form now says what is wrong."""
        answers = form.cleaned_data
        try:
            schedule = read_notice(
                answers["text"],
                year=answers["year"],
                whole_year=answers["kind"] == NoticeKind.YEAR,
                doc_no=answers["doc_no"],
                url=answers["url"],
            )
            return workflow.register(schedule, kind=answers["kind"], by=_who(request), at=timezone.now())
        except NoticeUnreadable as unreadable:
            for fault in unreadable.faults:
                form.add_error("text", fault)
        except RuleBroken as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        notice = self.get_object(request, object_id)
        if notice is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        moves = notice.moves.select_related("clock__department").order_by("new_due_on", "pk")
        context: dict[str, Any] = {
            "notice": notice,
            "festivals": workflow.schedule_of(notice).festivals,
            "moves": moves[:MOVES_SHOWN] if notice.is_published else [],
            "preview": None if notice.is_published else workflow.preview(notice, show=MOVES_SHOWN),
            "may_publish": self.has_change_permission(request),
        }
        return self._page(request, "admin/workdays/notice.html", notice.title, **context)

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = self._changeable(request, pk)
        try:
            workflow.publish(notice, by=_who(request), at=timezone.now())
        except RuleBroken as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, "通知已发布，新日历即刻生效。后台正在重算运行中的时限，一分钟内完成。")
        return HttpResponseRedirect(_page_of(notice))

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = self._changeable(request, pk)
        try:
            workflow.discard(notice, by=_who(request), at=timezone.now())
        except RuleBroken as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(_page_of(notice))
        messages.success(request, "未发布的通知已删除，日历没有变动。")
        return HttpResponseRedirect(reverse("admin:workdays_calendarnotice_changelist"))

    def _changeable(self, request: HttpRequest, pk: int) -> CalendarNotice:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(CalendarNotice, pk=pk)

    def _page(
        self, request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, template, context, status=status)


def _who(request: HttpRequest) -> User:
    return cast(User, request.user)


def _page_of(notice: CalendarNotice) -> str:
    return reverse("admin:workdays_calendarnotice_change", args=[notice.pk])
