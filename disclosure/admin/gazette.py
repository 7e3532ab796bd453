from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from disclosure.forms.gazette import IssueForm, PeriodForm, TakeInForm, TakeOutForm
from disclosure.models import GazetteIssue
from disclosure.workflow import gazette
from portal.people.admin.deeds import Deed, MadeByWorkflow
from portal.people.models import User


def _take_period(row: GazetteIssue, answers: dict[str, Any], by: User, at: datetime) -> str:
    added = gazette.take_in_period(row, **answers, by=by, at=at)
    return f"已选入{len(added)}件文件。"


def _take_in(row: GazetteIssue, answers: dict[str, Any], by: User, at: datetime) -> str:
    numbers = answers["index_nos"].splitlines()
    added = gazette.take_in(row, index_nos=numbers, section=answers["section"], by=by, at=at)
    return f"已选入{len(added)}件文件。"


def _take_out(row: GazetteIssue, answers: dict[str, Any], by: User, at: datetime) -> str:
    removed = gazette.take_out(row, index_nos=answers["index_nos"].splitlines(), by=by, at=at)
    return f"已移出{removed}件文件。"


def _publish(row: GazetteIssue, answers: dict[str, Any], by: User, at: datetime) -> str:
    issue = gazette.publish(row, by=by, at=at)
    return f"{issue}已出版，网址是{issue.address}。"


def _is_open(row: GazetteIssue) -> bool:
    return not row.is_published


@admin.register(GazetteIssue)
class GazetteIssueAdmin(MadeByWorkflow):
    list_display = ["issue", "state", "published_on", "count"]
    list_filter = ["state", "year"]
    ordering = ["-year", "-number"]
    fields = [("year", "number", "state"), ("published_on", "published_by"), "contents"]
    readonly_fields = ["contents"]
    add_right = "disclosure.add_gazetteissue"
    add_title = "编一期公报"
    add_form = IssueForm
    deeds = (
        Deed("period", "选入一段时间的文件", gazette.CHANGE, _take_period, PeriodForm,
             "选入这段时间公布的规章、规范性文件、命令和决定，以及公开方式选了政府公报的文件；已经刊登过的不再选入。",
             fits=_is_open),
        Deed("take-in", "按索引号选入", gazette.CHANGE, _take_in, TakeInForm, fits=_is_open),
        Deed("take-out", "移出文件", gazette.CHANGE, _take_out, TakeOutForm, fits=_is_open),
        Deed("publish", "出版", gazette.CHANGE, _publish,
             text="出版后篇目、顺序和文本固定，不能再变动；公众可以立即查阅和下载。", fits=_is_open),
    )  # fmt: skip

    def make(self, answers: dict[str, Any], by: User, at: datetime) -> str:
        issue = gazette.compile_issue(**answers, by=by, at=at)
        return f"{issue}已建立，请选入文件。"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("entries")

    @admin.display(description="公报")
    def issue(self, row: GazetteIssue) -> str:
        return str(row)

    @admin.display(description="篇数")
    def count(self, row: GazetteIssue) -> int:
        return len(row.entries.all())

    @admin.display(description="目录")
    def contents(self, row: GazetteIssue) -> SafeString | str:
        entries = row.entries.select_related("document", "version").order_by("position")
        lines = [(e.get_section_display(), e.version.title, e.document.index_no or "") for e in entries]
        return format_html_join("", "<p>{}　{}　{}</p>", lines) if lines else "还没有选入文件"
