"""What a member of staff can do to a version now: each deed has its form, its verb and its duty."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms

from disclosure.models import (
    SECRECY_CHECKLIST,
    Column,
    Document,
    DocumentFile,
    DocumentLink,
    DocumentVersion,
    LinkKind,
    ScanFinding,
)
from disclosure.models import DocumentState as State
from disclosure.models import VersionStatus as Status
from disclosure.models.codes import STAGE_OF, ReviewStage
from disclosure.numbering import is_index_number
from disclosure.workflow import documents, duties, files, links, review, scans
from portal.audit.models import Entry
from portal.people.models import User
from portal.refusals import RuleBroken


class DeedForm(forms.Form):
    """Plain input of one deed; the workflow judges it."""

    def __init__(self, *args: Any, version: DocumentVersion, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version, self.user, self.on = version, user, on


def _long(label: str, hint: str = "", *, required: bool = True, most: int = 1000) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=most,
        widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": f"请填写{label}。"},
    )  # fmt: skip


class PlainForm(DeedForm):
    pass


class NoteForm(DeedForm):
    opinion = _long("说明", required=False)


class OpinionForm(DeedForm):
    opinion = _long("意见")


class ReturnForm(DeedForm):
    reason = _long("退回理由", "写明要改什么")


class ChecklistForm(DeedForm):
    checklist = forms.MultipleChoiceField(
        label="审查清单", choices=list(SECRECY_CHECKLIST.items()), widget=forms.CheckboxSelectMultiple,
        help_text="逐项确认；有一项不能确认的，请退回",
        error_messages={"required": "请逐项确认；有一项不能确认的，请退回。", "invalid_choice": "请在所列各项中确认。"},
    )  # fmt: skip


class SecrecyForm(ChecklistForm):
    opinion = _long("审查意见")


class ApproveForm(DeedForm):
    opinion = _long("批准意见")
    publish_at = forms.SplitDateTimeField(
        label="定时发布", required=False, help_text="不填即刻发布；填写日期和时间的，到时自动发布",
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": "发布日期"},
            time_attrs={"type": "time", "aria-label": "发布时间"}, date_format="%Y-%m-%d", time_format="%H:%M",
        ),
        error_messages={"invalid": "请写明日期和时间。", "invalid_date": "日期应为年-月-日。",
                        "invalid_time": "时间应为时:分。"},
    )  # fmt: skip


class UrgentForm(ChecklistForm):
    reason = _long("紧急发布的理由", "发布后三个工作日内须由另一人补办审批", most=300)


class WithdrawForm(DeedForm):
    reason = _long("撤下原因", "将显示在原网址上，请写明白、说得出去", most=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["reason"] = takedown_reason(self.version.document)


def takedown_reason(document: Document) -> str:
    """What was written when the document was ordered down; nothing while no such date runs."""
    if document.takedown_clock is None or document.takedown_clock.is_closed:
        return ""
    ordered = Entry.objects.of(document).filter(action="disclosure.document.takedown_ordered").last()
    return str(ordered.facts["reason"]) if ordered else ""


class TakedownForm(DeedForm):
    changed_on = forms.DateField(
        label="变更、撤销的日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写日期。", "invalid": "日期应为年-月-日，如 2026-09-18。"},
    )  # fmt: skip
    reason = _long("撤下原因", most=300)


class MoveForm(DeedForm):
    column = forms.ModelChoiceField(
        label="移到栏目", queryset=Column.objects.none(), empty_label="请选择",
        error_messages={"required": "请选择栏目。", "invalid_choice": "请在所列栏目中选择。"},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Column.objects.active().exclude(pk=self.version.document.column_id).in_order()
        self.fields["column"].queryset = others  # type: ignore[attr-defined]


class ReviseForm(DeedForm):
    change_note = _long("修改说明", "这次要改什么；随新版本公开", most=300)


class AttachForm(DeedForm):
    file = forms.FileField(
        label="文件", help_text="PDF、JPG、PNG、Word（docx）、Excel（xlsx）和 OFD，每个不超过20 MB",
        error_messages={"required": "请选择文件。", "empty": "选择的文件是空的，请重新选择。",
                        "missing": "请选择文件。"},
    )  # fmt: skip
    title = forms.CharField(label="名称", required=False, max_length=120, help_text="不填则用文件名")
    is_internal = forms.BooleanField(label="内部留存，不对外公开", required=False)


class DetachForm(DeedForm):
    row = forms.ModelChoiceField(
        label="要移除的附件", queryset=DocumentFile.objects.none(), empty_label="请选择",
        error_messages={"required": "请选择附件。", "invalid_choice": "请在所列附件中选择。"},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["row"].queryset = self.version.files.in_order()  # type: ignore[attr-defined]


class OverrideForm(DeedForm):
    finding = forms.ModelChoiceField(
        label="放行哪一处", queryset=ScanFinding.objects.none(), empty_label="请选择",
        error_messages={"required": "请选择要放行的一处。", "invalid_choice": "请在所列各处中选择。"},
    )  # fmt: skip
    reason = _long("放行理由", "例如：对外公布的值班电话", most=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = self.version.findings.filter(overridden_at=None).order_by("pk")
        self.fields["finding"].queryset = waiting  # type: ignore[attr-defined]


class LinkForm(DeedForm):
    kind = forms.ChoiceField(
        label="本文件", choices=[(kind.value, f"{kind.label}对象文件") for kind in LinkKind],
        error_messages={"required": "请选择关系。", "invalid_choice": "请在所列关系中选择。"},
    )  # fmt: skip
    target = forms.CharField(
        label="对象文件的索引号或者文件编号", max_length=40,
        help_text="文件编号写在文件页标题下方，未公开的文件只有文件编号",
        error_messages={"required": "请填写对象文件的索引号或者文件编号。"},
    )  # fmt: skip

    def clean_target(self) -> Document:
        typed = self.cleaned_data["target"].strip().upper()
        found = None
        if is_index_number(typed):
            found = Document.objects.filter(index_no=typed).first()
        elif typed.isdecimal() and len(typed) < 19:
            seen = DocumentVersion.objects.visible_to(self.user, self.on).values("document")
            found = Document.objects.filter(pk=int(typed), pk__in=seen).first()
        if found is None:
            raise forms.ValidationError("没有找到这份文件，请核对索引号或者文件编号。", code="missing")
        return found


class UnlinkForm(DeedForm):
    link = forms.ModelChoiceField(
        label="取消哪个关系", queryset=DocumentLink.objects.none(), empty_label="请选择",
        error_messages={"required": "请选择关系。", "invalid_choice": "请在所列关系中选择。"},
    )  # fmt: skip
    reason = _long("取消的理由", most=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.version.document.links_out.select_related("source", "target").order_by("pk")
        self.fields["link"].queryset = own  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Deed:
    """``law`` names the article the page shows beside the button; ``asks`` what will happen."""

    code: str
    label: str
    form: type[DeedForm]
    do: Callable[..., Any]
    law: str = ""
    tone: str = "primary"
    asks: str = ""

    def perform(self, version: DocumentVersion, cleaned: dict[str, Any], *, by: User, at: datetime) -> Any:
        return self.do(version, by=by, at=at, **cleaned)


def _checked(chosen: list[str]) -> dict[str, bool]:
    return {key: key in chosen for key in SECRECY_CHECKLIST}


def _clear(version: DocumentVersion, *, checklist: list[str], opinion: str, by: User, at: datetime) -> Any:
    return review.secrecy_review(version, checklist=_checked(checklist), opinion=opinion, by=by, at=at)


def _urgent(version: DocumentVersion, *, checklist: list[str], reason: str, by: User, at: datetime) -> Any:
    return review.publish_urgently(version, checklist=_checked(checklist), reason=reason, by=by, at=at)


def _of_document(verb: Callable[..., Any]) -> Callable[..., Any]:
    """A verb on the document, offered on the page of its version."""

    def do(version: DocumentVersion, **given: Any) -> Any:
        return verb(version.document, **given)

    return do


def _attach(
    version: DocumentVersion, *, file: Any, title: str, is_internal: bool, by: User, at: datetime
) -> Any:
    return files.attach(version, file=file, title=title, is_public_copy=not is_internal, by=by, at=at)


def _detach(version: DocumentVersion, *, row: Any, by: User, at: datetime) -> Any:
    return files.detach(row, by=by, at=at)


def _override(version: DocumentVersion, *, finding: ScanFinding, reason: str, by: User, at: datetime) -> Any:
    return scans.override(finding, reason=reason, by=by, at=at)


def _link(version: DocumentVersion, *, kind: str, target: Document, by: User, at: datetime) -> Any:
    return links.add(kind, source=version.document, target=target, by=by, at=at)


def _unlink(version: DocumentVersion, *, link: DocumentLink, reason: str, by: User, at: datetime) -> Any:
    return links.remove(link, reason=reason, by=by, at=at)


_ACT = "《中华人民共和国政府信息公开条例》"
DEEDS: dict[str, Deed] = {
    deed.code: deed
    for deed in (
        Deed("submit", "提交审核", NoteForm, review.submit, asks="提交后不能修改，可以收回。"),
        Deed("review", "部门审核通过", OpinionForm, review.review),
        Deed("clear", "保密审查通过", SecrecyForm, _clear, f"{_ACT}第十七条"),
        Deed("approve", "批准发布", ApproveForm, review.approve, f"{_ACT}第十七条、第二十六条",
             asks="规章、行政规范性文件与已到批准环节的政策解读一并批准。"),
        Deed("ratify", "补办审批", OpinionForm, review.ratify, asks="不同意的，请撤下文件。"),
        Deed("return", "退回修改", ReturnForm, review.return_to_author, tone="secondary"),
        Deed("attach", "添加附件", AttachForm, _attach, tone="secondary"),
        Deed("detach", "移除附件", DetachForm, _detach, tone="secondary"),
        Deed("mask", "遮盖文字中的个人信息", PlainForm, scans.mask,
             asks="证件号码、手机号码、银行卡号只留首尾几位；附件请换成遮盖过的文件。"),
        Deed("override", "放行个人信息提示", OverrideForm, _override, tone="secondary"),
        Deed("recall", "收回", NoteForm, review.recall, tone="secondary"),
        Deed("urgent", "紧急发布", UrgentForm, _urgent, f"{_ACT}第十七条", "danger",
             "立即公开，随后补办审批。"),
        Deed("revise", "修订", ReviseForm, _of_document(documents.revise), f"{_ACT}第二十六条", "secondary",
             "公开的仍是现在的版本，新版本发布后才代替。"),
        Deed("link", "登记文件关系", LinkForm, _link, tone="secondary",
             asks="解读关联政策；替代、废止、修改在本文件公开后使对象文件失效、废止、已修改。"),
        Deed("unlink", "取消文件关系", UnlinkForm, _unlink, tone="secondary"),
        Deed("move", "移动栏目", MoveForm, _of_document(documents.move), tone="secondary"),
        Deed("takedown", "登记撤下时限", TakedownForm, _of_document(documents.order_takedown),
             "《中华人民共和国行政处罚法》第四十八条", "secondary",
             "处罚决定被变更、撤销、确认违法或者无效的，三个工作日内撤下并说明理由。"),
        Deed("withdraw", "撤下", WithdrawForm, _of_document(documents.withdraw), tone="danger",
             asks="立即从网站、检索和接口中撤下，原网址说明原因。"),
        Deed("discard", "作废草稿", PlainForm, documents.discard, tone="danger", asks="草稿作废后不能恢复。"),
    )
}  # fmt: skip


def offered(version: DocumentVersion, user: User, on: date) -> list[Deed]:
    """The deeds this person may do now, the expected one first."""
    document, codes = version.document, []
    drafts = _may(lambda: duties.may_edit(user, version, on))
    decides = duties.has_post(user, document.publisher_id, duties.APPROVING, on, office=True)
    stage = STAGE_OF.get(version.status)
    judges = stage is not None and _may(lambda: duties.may_judge(user, version, stage, on))
    if judges:
        codes.append({"department": "review", "secrecy": "clear", "approval": "approve"}[str(stage)])
        codes.append("return")
    elif version.status == Status.SCHEDULED and decides and user.pk != version.author_id:
        codes.append("return")
    if version.is_editable and drafts:
        codes += ["submit", "attach"]
        if version.files.exists():
            codes.append("detach")
    if version.is_open:
        waiting = version.findings.filter(overridden_at=None).exists()
        if waiting and version.is_editable and drafts:
            codes.insert(0, "mask")
        roles = (*duties.CLEARING, *duties.REVIEWING, *duties.APPROVING)
        reviews = duties.has_post(user, document.publisher_id, roles, on, office=True)
        if waiting and reviews and user.pk != version.author_id:
            codes.append("override")
        if not version.is_editable and drafts:
            codes.append("recall")
        may_hurry = duties.has_post(user, document.publisher_id, duties.APPROVING, on, office=False)
        if may_hurry and version.status != Status.SCHEDULED and version.status != Status.APPROVAL:
            codes += ["urgent"] if _may(lambda: duties.refuse_second_part(user, version)) else []
    if version.awaits_ratification and _may(
        lambda: duties.may_judge(user, version, ReviewStage.RATIFICATION, on)
    ):
        codes.insert(0, "ratify")
    may_draft = _may(lambda: duties.may_draft(user, document.publisher, on))
    if document.current_id == version.pk:
        if may_draft and document.open_version is None:
            codes.append("revise")
        if document.state == State.PUBLISHED and (may_draft or decides):
            codes += ["move"] + (
                ["takedown"] if document.takedown_clock is None or document.takedown_clock.is_closed else []
            )
        if document.state == State.PUBLISHED and decides:
            owed = document.takedown_clock is not None and not document.takedown_clock.is_closed
            codes.insert(0 if owed else len(codes), "withdraw")
    if may_draft or decides:
        codes += ["link"] + (["unlink"] if document.links_out.exists() else [])
    if version.is_editable and drafts:
        codes.append("discard")
    return [DEEDS[code] for code in codes]


def why_not(version: DocumentVersion, user: User, on: date) -> str:
    """Why nothing is asked of this person now, in one sentence."""
    stage = STAGE_OF.get(version.status)
    if stage is not None:
        try:
            duties.may_judge(user, version, stage, on)
        except RuleBroken as refusal:
            return str(refusal)
    if version.document.is_withdrawn:
        return "文件已经撤下；需要重新公开的，由发布机构修订后重新送审。"
    if not version.is_open:
        return f"本版本{version.get_status_display()}，现在无需办理。"
    return f"现在是“{version.get_status_display()}”，由{version.document.publisher}办理，您的岗位无需操作。"


def _may(check: Callable[[], None]) -> bool:
    try:
        check()
    except RuleBroken:
        return False
    return True
