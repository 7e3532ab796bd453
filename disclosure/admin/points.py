"""公开查阅点: the places, and the daily counts entered beside them."""

from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import TabularInline

from disclosure.forms.points import CountForm, PointForm
from disclosure.models import ReadingDay, ReadingPoint
from disclosure.workflow import points as workflow
from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.models import User

RECENT = 31


def _count(point: ReadingPoint, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.count_day(point, **answers, by=by, at=at)
    return f"已登记{answers['day']}：接待{answers['visits']}人次，查阅{answers['queries']}次。"


class RecentDays(TabularInline):
    """The last month as it was entered."""

    model = ReadingDay
    fields = readonly_fields = ["day", "visits", "queries", "entered_by"]
    ordering = ["-day"]
    extra = 0
    max_num = RECENT
    can_delete = False
    per_page = RECENT

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(ReadingPoint)
class ReadingPointAdmin(DeedsAdmin):
    form = PointForm
    list_display = ["name", "kind", "department", "phone", "is_active"]
    list_filter = ["kind", "is_active"]
    list_select_related = ["department"]
    search_fields = ["name"]
    ordering = ["position", "pk"]
    fields = PointForm.Meta.fields
    inlines = [RecentDays]
    deeds = (
        Deed(
            "count", "登记查阅人次", "disclosure.count_readingpoint", _count, CountForm,
            "按日登记。同一天再次登记的，以后一次为准，前一次留痕。",
            lambda point: point.is_active,
        ),
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("disclosure.change_readingpoint")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("disclosure.change_readingpoint")

    def save_model(self, request: HttpRequest, obj: ReadingPoint, form: Any, change: bool) -> None:
        workflow.keep_point(obj, changed=form.changed_data, by=cast(User, request.user), at=timezone.now())
