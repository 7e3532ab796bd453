from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from portal.papers import workflow as papers
from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.models import User
from talent import workflow
from talent.models import Proposal, ProposalState


class OpinionForm(forms.Form):
    opinion = forms.CharField(label="审核意见", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def _accept(row: Proposal, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.decide_proposal(row, accepted=True, opinion=answers["opinion"], by=by, at=at)
    return f"已同意，{row.label}已写入登记库。"


def _refuse(row: Proposal, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.decide_proposal(row, accepted=False, opinion=answers["opinion"], by=by, at=at)
    return "已答复不同意。"


def _is_open(row: Proposal) -> bool:
    return row.state == ProposalState.OPEN


@admin.register(Proposal)
class ProposalAdmin(DeedsAdmin):
    list_display = ["number", "of", "what", "wanted_as", "made_at", "due_on", "state"]
    list_filter = ["state"]
    list_select_related = ["enterprise", "person", "clock"]
    search_fields = ["=number", "enterprise__name", "=enterprise__uscc", "person__name"]
    ordering = ["-pk"]
    fields = [
        "number", "of", "what", ("was_as", "wanted_as"), "reason", "paper", ("made_by", "made_at"),
        ("state", "due_on"), "opinion", ("decided_by", "decided_at"),
    ]  # fmt: skip
    readonly_fields = ["of", "what", "was_as", "wanted_as", "paper", "due_on"]
    deeds = (
        Deed("accept", "同意变更", "talent.decide_proposal", _accept, OpinionForm, fits=_is_open,
             text="同意后写入登记库，注明由本部门决定，本人不能再自行修改。"),
        Deed("refuse", "不同意", "talent.decide_proposal", _refuse, OpinionForm, fits=_is_open),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        return Proposal.objects.visible_to(cast(User, request.user), localdate())

    def get_urls(self) -> list[URLPattern]:
        file = path(
            "<int:pk>/evidence/", self.admin_site.admin_view(self.evidence), name="talent_proposal_evidence"
        )
        return [file, *super().get_urls()]

    def evidence(self, request: HttpRequest, pk: int) -> FileResponse:
        row = get_object_or_404(self.get_queryset(request).select_related("evidence"), pk=pk)
        return papers.serve(row.evidence, inline=True)

    @admin.display(description="登记对象")
    def of(self, row: Proposal) -> str:
        return str(row.row)

    @admin.display(description="事项")
    def what(self, row: Proposal) -> str:
        return row.label

    @admin.display(description="现登记为")
    def was_as(self, row: Proposal) -> str:
        return row.was_words

    @admin.display(description="申请改为")
    def wanted_as(self, row: Proposal) -> str:
        return row.wanted_words

    @admin.display(description="审核期限")
    def due_on(self, row: Proposal) -> Any:
        return row.clock.due_on if row.clock else None

    @admin.display(description="证明材料")
    def paper(self, row: Proposal) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:talent_proposal_evidence", args=[row.pk]), row.evidence.name
        )
