"""The enterprises and people on the register, as staff look at them; and the merging of doubles."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.models import IdType, Party, User
from portal.refusals import RuleBroken
from talent import workflow
from talent.models import ArchiveGround, Enterprise, Person
from talent.workflow import merging

RIGHT = "talent.merge_record"


class OtherForm(forms.Form):
    other = forms.CharField(
        label="并入哪一条记录", max_length=30, help_text="保留的那条记录的统一社会信用代码或者身份证件号码。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class MergeForm(OtherForm):
    reason = forms.CharField(label="合并原因", max_length=150, widget=forms.Textarea(attrs={"rows": 2}))


class ArchiveForm(forms.Form):
    ground = forms.ChoiceField(
        label="归档类别", help_text="原网址上向公众说明的原因。",
        choices=[choice for choice in ArchiveGround.choices if choice[0] != ArchiveGround.MERGED],
    )  # fmt: skip
    reason = forms.CharField(label="归档原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def _other(row: Enterprise | Person, number: str) -> Enterprise | Person:
    number = number.strip().upper()
    found: Any
    if isinstance(row, Enterprise):
        found = Enterprise.objects.filter(uscc=number).first()
    else:
        kinds = [kind for kind in IdType.values if kind != IdType.USCC]
        parties = [Party.objects.with_id_number(kind, number).first() for kind in kinds]
        found = Person.objects.filter(party__in=[one for one in parties if one]).first()
    if found is None:
        raise RuleBroken("没有这个号码的记录，请核对。", field="other")
    return found


def _preview(row: Any, answers: dict[str, Any], by: User, at: datetime) -> str:
    kept = _other(row, answers["other"])
    return f"将“{row}”并入“{kept}”。{merging.preview(kept, row).words}名下的办件和信件不随之移动。"


def _merge(row: Any, answers: dict[str, Any], by: User, at: datetime) -> str:
    kept = _other(row, answers["other"])
    outcome = workflow.merge(kept, row, reason=answers["reason"], by=by, at=at)
    return f"已并入“{kept}”。{outcome.words}"


def _archive(row: Any, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.archive_record(row, **answers, by=by, at=at)
    return "已归档，各处不再显示。"


def _live(row: Any) -> bool:
    return row.archived_at is None


class DoublesFilter(admin.SimpleListFilter):
    title, parameter_name = "疑似重复", "doubles"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "名称相同的记录")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "yes":
            return queryset
        same: dict[str, Any] = {"name": OuterRef("name")}
        if queryset.model is Person:
            same["born_on"] = OuterRef("born_on")
        others = queryset.model.objects.live().filter(**same).exclude(pk=OuterRef("pk"))
        return queryset.filter(Exists(others), archived_at=None)


class RecordAdmin(DeedsAdmin):
    list_filter = [DoublesFilter]
    deeds = (
        Deed("preview", "预览合并", RIGHT, _preview, OtherForm, fits=_live, stays=True),
        Deed("merge", "并入另一条记录", RIGHT, _merge, MergeForm, fits=_live,
             text="请先预览。本记录归档并指向保留的记录，什么也不删除。"),
        Deed("archive", "归档", RIGHT, _archive, ArchiveForm, fits=_live),
    )  # fmt: skip


@admin.register(Enterprise)
class EnterpriseAdmin(RecordAdmin):
    list_display = ["name", "uscc", "region_code", "legal_representative", "status", "registered_on"]
    search_fields = ["=uscc", "name"]
    ordering = ["-pk"]
    fields = [
        ("name", "uscc"), ("kind", "status"), ("region_code", "address"), "legal_representative",
        ("contact", "contact_phone"), ("founded_on", "capital"), "scope", ("registered_on", "origin"),
        ("archived_reason", "merged_into"),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enterprise]:
        return (
            super().get_queryset(request).select_related("origin__department", "origin__party", "merged_into")
        )


@admin.register(Person)
class PersonAdmin(RecordAdmin):
    list_display = ["name", "number", "education", "title", "registered_on"]
    list_select_related = ["party"]
    search_fields = ["=name"]
    ordering = ["-pk"]
    fields = [
        ("name", "number"), ("education", "school", "major"), ("title", "title_name"),
        ("registered_on", "origin"), ("archived_reason", "merged_into"),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return super().get_queryset(request).select_related("party", "origin__department", "origin__party")

    @admin.display(description="证件号码")
    def number(self, row: Person) -> str:
        return row.party.masked_id
