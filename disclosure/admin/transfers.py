from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from disclosure.forms.transfers import ReceiptForm
from disclosure.models import TransferBatch
from disclosure.models.transfers import TransferState
from disclosure.workflow import transfers
from portal.people.admin.deeds import Deed, DeedsAdmin
from portal.people.models import User
from portal.refusals import RuleBroken
from portal.workdays.models import Light

SHOWN = 200


def _send(row: TransferBatch, answers: dict[str, Any], by: User, at: datetime) -> str:
    batch = transfers.send(row, by=by, at=at)
    return f"已报送，清单固定，共{len(batch.lines)}件。请下载清单和文件交{batch.get_receiver_display()}。"


def _receive(row: TransferBatch, answers: dict[str, Any], by: User, at: datetime) -> str:
    transfers.receive(row, **answers, by=by, at=at)
    return "回执已登记。"


@admin.register(TransferBatch)
class TransferBatchAdmin(DeedsAdmin):
    list_display = ["batch", "state", "due_on", "light", "sent_at", "received_on", "receipt_no"]
    list_filter = ["state", "receiver"]
    list_select_related = ["clock"]
    ordering = ["-month", "receiver"]
    fields = [
        ("batch", "state"), ("due_on", "light"), ("sent_at", "sent_by"), ("received_on", "receipt_no", "received_by"),
        "sha256", "download", "gone", "documents",
    ]  # fmt: skip
    readonly_fields = ["batch", "due_on", "light", "download", "gone", "documents"]
    deeds = (
        Deed("send", "报送", transfers.CHANGE, _send,
             text="清单按现在公开的文件固定，以后不再变动；时限随之办结。", fits=lambda row: row.state == TransferState.DUE),
        Deed("receive", "登记回执", transfers.CHANGE, _receive, ReceiptForm,
             fits=lambda row: row.state == TransferState.SENT),
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/file/", view, name="disclosure_transferbatch_file"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TransferBatch]:
        rows: QuerySet[TransferBatch] = super().get_queryset(request)
        match = request.resolver_match
        return (
            rows.defer("manifest")
            if match and match.url_name == "disclosure_transferbatch_changelist"
            else rows
        )

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        batch = get_object_or_404(TransferBatch, pk=pk)
        try:
            packed = transfers.pack(batch)
        except RuleBroken as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(self.page_of(batch))
        return FileResponse(
            packed, as_attachment=True, filename=f"{batch}.zip", content_type="application/zip"
        )

    @admin.display(description="批次")
    def batch(self, row: TransferBatch) -> str:
        return str(row)

    @admin.display(description="报送期限")
    def due_on(self, row: TransferBatch) -> Any:
        return row.clock.due_on if row.clock else None

    @admin.display(description="时限")
    def light(self, row: TransferBatch) -> str:
        return str(Light(row.clock.light_on(localdate())).label) if row.clock else ""

    @admin.display(description="清单和文件")
    def download(self, row: TransferBatch) -> SafeString | str:
        if row.state == TransferState.DUE:
            return "报送后可以下载"
        address = reverse("admin:disclosure_transferbatch_file", args=[row.pk])
        return format_html('<a href="{}">下载压缩包（清单和全部文件）</a>', address)

    @admin.display(description="报送后撤下")
    def gone(self, row: TransferBatch) -> SafeString | str:
        gone = transfers.withdrawn_since(row, timezone.now())
        lines = [(each.index_no, each.withdrawn_reason) for each in gone]
        if not lines:
            return "没有"
        return format_html(
            "<p>请告知接收单位停止提供查阅：</p>{}", format_html_join("", "<p>{}：{}</p>", lines)
        )

    @admin.display(description="文件")
    def documents(self, row: TransferBatch) -> SafeString | str:
        lines = [(line["index_no"], line["title"]) for line in row.lines[:SHOWN]]
        return format_html_join("", "<p>{}　{}</p>", lines) if lines else "—"
