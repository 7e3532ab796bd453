from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import localdate

from portal.people.admin.deeds import Deed, DeedsAdmin, MadeByWorkflow
from portal.people.models import Department, User
from portal.refusals import RuleBroken
from portal.workdays.admin import ReadAdmin
from talent import workflow
from talent.forms.credit import BlacklistForm, CreditForm, OpinionForm, WhyForm
from talent.models import Blacklisting, CreditItem, CreditRecord, CreditRepair, RepairState

RIGHT = "talent.enter_credit"


def department_of(by: User, at: datetime) -> Department:
    """The department the person enters for: that of their first post in force."""
    post = by.posts.in_force(localdate(at)).select_related("department").order_by("pk").first()
    if post is None:
        raise RuleBroken("您现在没有岗位，不能录入。")
    return post.department


@admin.register(CreditItem)
class CreditItemAdmin(ReadAdmin):
    list_display = [
        "code",
        "name",
        "subject_type",
        "group",
        "delta",
        "valid_months",
        "valid_from",
        "valid_to",
    ]
    list_filter = ["subject_type", "is_good", "group"]
    search_fields = ["=code", "name"]
    ordering = ["code", "-valid_from"]


class FilesTaken(MadeByWorkflow):
    """A form of entry with a file."""

    def new_form(self, request: HttpRequest) -> forms.Form:
        given = (request.POST, request.FILES) if request.method == "POST" else ()
        return self.add_form(*given)


class InUseFilter(admin.SimpleListFilter):
    title, parameter_name = "是否在用", "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("now", "公示期内"), ("over", "已停止使用")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        used = CreditRecord.objects.in_use(localdate())
        if self.value() == "now":
            return queryset.filter(pk__in=used.values("pk"))
        if self.value() == "over":
            return queryset.exclude(pk__in=used.values("pk"))
        return queryset


def _revoke(row: CreditRecord, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.revoke_credit(row, reason=answers["reason"], by=by, at=at)
    return "记录已撤销，各处不再使用。"


@admin.register(CreditRecord)
class CreditRecordAdmin(FilesTaken):
    list_display = ["of", "item", "delta", "decision_number", "decided_on", "public_until", "use"]
    list_filter = [InUseFilter, "item__is_good", "item__group"]
    list_select_related = ["enterprise", "person", "item"]
    search_fields = ["=decision_number", "enterprise__name", "=enterprise__uscc", "person__name"]
    ordering = ["-pk"]
    fields = [
        "of", ("item", "delta"), ("decision_number", "decided_on", "public_until", "use"), ("organ", "department"),
        "violation", "facts", "basis", ("penalty_kinds", "content"), ("fine", "confiscated"), "licence",
        ("penalty_until", "repaired_on"), "remark", ("entered_by", "entered_at", "late"), "archived_reason",
    ]  # fmt: skip
    add_right = RIGHT
    add_title = "录入诚信记录"
    add_text = "自决定之日起7个工作日内录入；公示期限按目录和处罚类别自动计算，取其中最长的。"
    add_form = CreditForm
    deeds = (
        Deed("revoke", "撤销记录", RIGHT, _revoke, WhyForm, fits=lambda row: row.archived_at is None,
             text="决定被撤销或者录入有误时使用；撤销后各处立即停止使用，记录留存。"),
    )  # fmt: skip

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        values = dict(answers)
        record = workflow.enter_credit(
            values.pop("who"), values.pop("item"), department=department_of(by, at), by=by, at=at, **values
        )
        return f"已录入，公示至{record.public_until:%Y-%m-%d}。"

    @admin.display(description="对象")
    def of(self, row: CreditRecord) -> str:
        return str(row.subject)

    @admin.display(description="处罚类别")
    def penalty_kinds(self, row: CreditRecord) -> str:
        return row.penalty_words

    @admin.display(description="使用情况")
    def use(self, row: CreditRecord) -> str:
        return "公示期内" if row.is_in_use(localdate()) else "已停止使用"

    @admin.display(description="录入期限")
    def late(self, row: CreditRecord) -> str:
        if row.clock is None:
            return "—"
        word = "按时录入" if (row.clock.closed_on or localdate()) <= row.clock.due_on else "逾期录入"
        return f"{row.clock.due_on:%Y-%m-%d}，{word}"


def _repair(accepted: bool) -> Any:
    def run(row: CreditRepair, answers: dict[str, Any], by: User, at: datetime) -> str:
        workflow.decide_repair(row, accepted=accepted, opinion=answers["opinion"], by=by, at=at)
        return "已准予修复，记录自即日起停止使用。" if accepted else "已答复不予修复。"

    return run


def _waits(row: CreditRepair) -> bool:
    return row.state == RepairState.OPEN


@admin.register(CreditRepair)
class CreditRepairAdmin(DeedsAdmin):
    list_display = ["of", "record", "made_at", "due_on", "state"]
    list_filter = ["state"]
    list_select_related = ["record__enterprise", "record__person", "record__item", "clock"]
    ordering = ["-pk"]
    fields = [
        "of", "record", "reason", "evidence", ("made_by", "made_at"), ("state", "due_on"), "opinion",
        ("decided_by", "decided_at"),
    ]  # fmt: skip
    deeds = (
        Deed("accept", "准予修复", RIGHT, _repair(True), OpinionForm, fits=_waits),
        Deed("refuse", "不予修复", RIGHT, _repair(False), OpinionForm, fits=_waits),
    )

    @admin.display(description="对象")
    def of(self, row: CreditRepair) -> str:
        return str(row.record.subject)

    @admin.display(description="审核期限")
    def due_on(self, row: CreditRepair) -> Any:
        return row.clock.due_on if row.clock else None


def _remove(row: Blacklisting, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.remove_from_blacklist(row, reason=answers["reason"], by=by, at=at)
    return "已移出黑名单，转为不良信用信息。"


@admin.register(Blacklisting)
class BlacklistingAdmin(MadeByWorkflow):
    list_display = ["of", "reason", "decision_number", "valid_from", "valid_to", "removed_on"]
    list_filter = ["reason"]
    list_select_related = ["enterprise", "person"]
    search_fields = ["=decision_number", "enterprise__name", "=enterprise__uscc", "person__name"]
    ordering = ["-pk"]
    fields = [
        "of", "reason", "facts", ("decision_number", "department"), ("valid_from", "valid_to"),
        ("removed_on", "removed_reason"),
    ]  # fmt: skip
    add_right = RIGHT
    add_title = "列入黑名单"
    add_text = "期限自决定之日起一年；期限届满未再列入的，自动移出并转为不良信用信息。"
    add_form = BlacklistForm
    deeds = (Deed("remove", "移出黑名单", RIGHT, _remove, WhyForm, fits=lambda row: row.removed_on is None),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Blacklisting]:
        return super().get_queryset(request).select_related("enterprise", "person")

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        values = dict(answers)
        listed = workflow.blacklist(
            values.pop("who"), department=department_of(by, at), by=by, at=at, **values
        )
        return f"已列入黑名单，期限至{listed.valid_to:%Y-%m-%d}。"

    @admin.display(description="对象")
    def of(self, row: Blacklisting) -> str:
        return str(row.subject)
