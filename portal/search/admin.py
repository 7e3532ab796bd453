from datetime import datetime
from typing import Any

from django.contrib import admin

from portal.people.admin.deeds import Deed, DeedsAdmin, MadeByWorkflow
from portal.people.models import User
from portal.search import workflow
from portal.search.forms import PinForm, SynonymForm
from portal.search.models import Pin, Synonym, Unfound


def _change_synonym(synonym: Synonym, answers: dict[str, Any], by: User, at: datetime) -> str:
    return f"已更新：{workflow.keep_synonym(answers['terms'], synonym=synonym, by=by, at=at)}。"


def _drop_synonym(synonym: Synonym, answers: dict[str, Any], by: User, at: datetime) -> str:
    return f"已停用：{workflow.drop_synonym(synonym, by=by, at=at)}。"


def _unpin(pin: Pin, answers: dict[str, Any], by: User, at: datetime) -> str:
    return f"不再推荐：{workflow.unpin(pin, by=by, at=at)}。"


@admin.register(Synonym)
class SynonymAdmin(MadeByWorkflow):
    list_display = ["shown_terms", "is_active", "changed_at"]
    list_filter = ["is_active"]
    ordering = ["-changed_at", "-pk"]
    fields = ["shown_terms", "is_active", "changed_at"]
    readonly_fields = ["shown_terms"]
    add_right = "finding.change_synonym"
    add_title = "增加一组同义词"
    add_form = SynonymForm
    deeds = (
        Deed("change", "修改", "finding.change_synonym", _change_synonym, SynonymForm, "填写修改后的整组词。"),
        Deed(
            "drop", "停用", "finding.change_synonym", _drop_synonym,
            text="停用后，搜其中一个词不再找到其余的词。", fits=lambda row: row.is_active,
        ),
    )  # fmt: skip

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        return f"已增加：{workflow.keep_synonym(answers['terms'], by=by, at=at)}。"

    @admin.display(description="同义词")
    def shown_terms(self, synonym: Synonym) -> str:
        return str(synonym)


@admin.register(Pin)
class PinAdmin(MadeByWorkflow):
    list_display = ["question", "title", "url", "position", "is_active", "changed_at"]
    list_filter = ["is_active"]
    search_fields = ["question"]
    ordering = ["question", "position", "pk"]
    fields = list_display
    add_right = "finding.change_pin"
    add_title = "增加推荐结果"
    add_form = PinForm
    deeds = (
        Deed(
            "unpin", "停用", "finding.change_pin", _unpin,
            text="停用后，页面仍能搜到，只是不再排在最前。", fits=lambda row: row.is_active,
        ),
    )  # fmt: skip

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        return f"已推荐：{workflow.pin(**answers, by=by, at=at)}。"


@admin.register(Unfound)
class UnfoundAdmin(DeedsAdmin):
    """Words that found nothing, most asked first: what to publish, or which synonym is missing."""

    list_display = ["question", "times", "first_on", "last_on"]
    list_filter = ["last_on"]
    search_fields = ["question"]
    ordering = ["-times", "-pk"]
    fields = list_display
