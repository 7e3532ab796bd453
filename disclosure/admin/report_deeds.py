"""What is done to an annual report from its page, step by step to publication and beyond."""

from datetime import datetime
from typing import Any

from disclosure.forms.reports import CheckForm, CorrectForm, DiscardForm, ReissueForm
from disclosure.models import AnnualReport
from disclosure.workflow import reports as workflow
from portal.people.admin.deeds import Deed
from portal.people.models import User

COMPILE, PUBLISH = "disclosure.compile_annualreport", "disclosure.publish_annualreport"


def _correct(report: AnnualReport, answers: dict[str, Any], by: User, at: datetime) -> str:
    correction = workflow.correct(
        report, answers["cell"], answers["value"], reason=answers["reason"], by=by, at=at
    )
    return f"已更正：{correction}。"


def _check(report: AnnualReport, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.check(report, explanation=answers["explanation"], by=by, at=at)
    return "已核对，可以发布。"


def _publish(report: AnnualReport, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.publish(report, by=by, at=at)
    return "已发布。公开页面和PDF、XLSX、JSON文件已经可以查看。"


def _reissue(report: AnnualReport, answers: dict[str, Any], by: User, at: datetime) -> str:
    edition = workflow.reissue(report, reason=answers["reason"], by=by, at=at)
    return f"已开始编制{edition.edition_name}。更正数据、修改文字，核对后发布；发布前公开的仍是原来的版次。"


def _discard(report: AnnualReport, answers: dict[str, Any], by: User, at: datetime) -> str:
    workflow.discard(report, reason=answers["reason"], by=by, at=at)
    return f"{report.edition_name}的草稿已作废，公开的仍是原来的版次。"


DEEDS = (
    Deed(
        "correct", "更正数据", COMPILE, _correct, CorrectForm,
        "更正前后的数、理由和更正人一直保留，并随报告公开。更正后须重新核对。",
        lambda report: report.is_counted and not report.is_closed,
    ),
    Deed(
        "check", "核对完毕", COMPILE, _check, CheckForm,
        "勾稽关系不成立时不能核对完毕；提示不影响核对。",
        lambda report: report.is_counted and not report.is_closed,
    ),
    Deed(
        "publish", "发布年报", PUBLISH, _publish,
        text="发布后报告定格，表格、文字和附件都不能再改动。",
        fits=lambda report: report.state == "checked",
    ),
    Deed(
        "reissue", "编制更正版", COMPILE, _reissue, ReissueForm,
        "已发布的年报不能改动。发现数据或者文字有误的，编制下一版：从现在这一版的内容开始，更正、核对后另行发布；"
        "原来的版次仍可查看，并注明已被替代。",
        lambda report: report.is_published and getattr(report, "replaced_by", None) is None,
    ),
    Deed(
        "discard", "作废本版草稿", COMPILE, _discard, DiscardForm,
        "作废后不能恢复，已公开的版次不变；理由留痕。需要时可以从已公开的版次重新编制更正版。",
        lambda report: report.edition > 1 and not report.is_closed,
    ),
)  # fmt: skip
