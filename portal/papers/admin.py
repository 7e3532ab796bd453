from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.papers import workflow
from portal.papers.models import Letterhead, Paper, PaperState
from portal.people.admin.deeds import Deed, DeedsAdmin, LeanAdmin
from portal.people.models import PostRole, User


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label="撤销理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="理由会显示在公开的核验页面上，不要写个人信息。",
        error_messages={"required": "请写明撤销文书的理由。"},
    )


def _revoke(paper: Paper, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.revoke(paper, reason=answers["reason"], by=by, at=at)
    return f"已撤销{paper.title} {paper.number}。"


@admin.register(Paper)
class PaperAdmin(DeedsAdmin):
    """What one's own department issued; a supervisor sees every department's."""

    list_display = ["number", "title", "addressee", "department", "state", "issued_at"]
    list_filter = ["kind", "state"]
    list_select_related = ["department"]
    search_fields = ["=number", "=check_code", "=subject_id"]
    search_help_text = "文号、查验码或者对象编号，须完整"
    ordering = ["-issued_at", "-pk"]
    fields = [
        "title", "number", "addressee", "department", "state", "issued_at", "issued_by", "original",
        "produced_at", "size", "sha256", "sm3", "revoked_at", "revoked_reason",
    ]  # fmt: skip
    deeds = (
        Deed(
            "revoke", "撤销文书", "papers.revoke_paper", _revoke, RevokeForm,
            "撤销后文书立即无效，公开核验页面显示已撤销和理由；文号不再使用，不能恢复。",
            fits=lambda paper: paper.state != PaperState.REVOKED,
        ),
    )  # fmt: skip

    @admin.display(description="当事人")
    def addressee(self, paper: Paper) -> str:
        return str(paper.data["applicant"])

    @admin.display(description="PDF 原件")
    def original(self, paper: Paper) -> str | SafeString:
        if paper.state == PaperState.REVOKED and not paper.file:
            return "—"
        return format_html('<a href="{}">下载</a>', reverse("admin:papers_paper_file", args=[paper.pk]))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Paper]:
        posts = cast(User, request.user).acting_posts(timezone.localdate())
        papers = super().get_queryset(request)
        if posts.filter(role=PostRole.SUPERVISOR).exists():
            return papers
        return papers.filter(department__in=posts.values("department"))

    def get_urls(self) -> list[URLPattern]:
        file = path("<int:pk>/file/", self.admin_site.admin_view(self.file_view), name="papers_paper_file")
        return [file, *super().get_urls()]

    def file_view(self, request: HttpRequest, pk: int) -> FileResponse:
        paper = get_object_or_404(self.get_queryset(request), pk=pk)
        return workflow.serve_paper(paper, at=timezone.now())


@admin.register(Letterhead)
class LetterheadAdmin(LeanAdmin):
    """What a department prints; papers already issued keep what they were issued with."""

    list_display = ["department", "word", "reconsideration_organ", "court"]
    list_select_related = ["department"]
    ordering = ["department__code"]
