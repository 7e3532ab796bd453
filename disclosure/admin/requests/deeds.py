"""What a member of staff can do to a request now: each deed has its form, its verb and its law."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from disclosure.admin.requests import forms
from disclosure.models import InformationRequest
from disclosure.models.requests import Conversion, RequestStatus
from disclosure.workflow import requests as workflow
from disclosure.workflow.requests import duties
from disclosure.workflow.requests.extending import EXTENDABLE
from portal.people.models import User


@dataclass(frozen=True)
class Deed:
    """``law`` names the article the page shows beside the button; ``asks`` what a binding act will do."""

    code: str
    label: str
    form: type[forms.DeedForm]
    do: Callable[..., Any]
    law: str = ""
    tone: str = "primary"
    asks: str = ""

    def perform(self, found: InformationRequest, cleaned: dict[str, Any], *, by: User, at: datetime) -> None:
        self.do(found, by=by, at=at, **cleaned)


def _ask_correction(found: InformationRequest, *, items: str, **more: Any) -> None:
    workflow.ask_correction(found, items=items.splitlines(), **more)


def _consult(found: InformationRequest, *, is_delivered: bool, at: datetime, **more: Any) -> None:
    workflow.consult(found, delivered_on=localdate(at) if is_delivered else None, at=at, **more)


def _on_row(verb: Callable[..., Any]) -> Callable[..., Any]:
    """A verb that moves one of the request's rows."""

    def do(found: InformationRequest, *, row: Any, **more: Any) -> None:
        verb(row, **more)

    return do


def _draft_reply(
    found: InformationRequest,
    *,
    kind: str,
    enclosed: Any,
    kept: Any = None,
    by: User,
    at: datetime,
    **words: str,
) -> None:
    """The files chosen anew were kept before the form was looked at (``desk``), and are among ``kept``."""
    workflow.draft_reply(found, kind=kind, words=workflow.Words(**words), kept=kept, by=by, at=at)


ACT = "政府信息公开条例"
DEEDS: dict[str, Deed] = {
    deed.code: deed
    for deed in (
        Deed("confirm", "确认收到", forms.ConfirmForm, workflow.confirm, f"{ACT} 第三十一条",
             asks="确认后开始计算答复期限，并向申请人出具登记回执。"),
        Deed("claim", "认领承办", forms.NoForm, workflow.claim),
        Deed("answer_counsel", "答复征询", forms.CounselAnswerForm, _on_row(workflow.answer_counsel)),
        Deed("sign_reply", "签发答复", forms.SignForm, workflow.sign_reply, f"{ACT} 第三十六条至第三十九条",
             asks="将出具告知书并通知申请人，答复期限到此为止，不能撤回。"),
        Deed("return_reply", "退回修改", forms.ReturnForm, workflow.return_reply, "", "secondary",
             "退回后由拟稿人修改，已写的内容都保留。"),
        Deed("submit_reply", "提交审签", forms.SubmitForm, workflow.submit_reply,
             asks="由批准岗位人员或者负责人审签，拟稿人不能签发自己拟写的答复；签发以前答复期限继续计算。"),
        Deed("draft_reply", "拟写答复", forms.ReplyForm, _draft_reply, f"{ACT} 第三十六条至第三十九条",
             asks="保存后可以预览告知书，再提交审签。"),
        Deed("recall_reply", "收回修改", forms.NoForm, workflow.recall_reply, "", "secondary"),
        Deed("ask_correction", "一次性告知补正", forms.CorrectionForm, _ask_correction, f"{ACT} 第三十条", "secondary",
             "补正只能告知一次；收到补正后重新计算答复期限，逾期不补正的自动办结。"),
        Deed("receive_correction", "登记收到的补正", forms.CorrectedForm, workflow.receive_correction, f"{ACT} 第三十条"),
        Deed("ask_reasons", "要求说明理由", forms.AskReasonsForm, workflow.ask_reasons, f"{ACT} 第三十五条", "secondary",
             "数量、频次明显超过合理范围的才可以要求；将出具通知书，答复期限不中止。"),
        Deed("receive_reasons", "登记收到的理由", forms.GivenReasonsForm, workflow.receive_reasons, f"{ACT} 第三十五条"),
        Deed("set_delay", "确定延迟答复期限", forms.DelayForm, workflow.set_delay, f"{ACT} 第三十五条", "secondary",
             "将出具延迟答复告知书，到期日随之后移。理由不合理的，不要延迟，拟写“无正当理由大量反复申请”的答复。"),
        Deed("note_opinion", "登记答复意见", forms.OpinionForm, _on_row(workflow.note_opinion), f"{ACT} 第三十二条、第三十四条"),
        Deed("note_delivery", "登记送达", forms.DeliveryForm, _on_row(workflow.note_delivery), f"{ACT} 第三十二条、第三十四条",
             "secondary", "对方的15个工作日自收到之日起计算。"),
        Deed("note_payment", "登记缴费", forms.PaymentForm, workflow.note_payment, "国办函〔2020〕109号",
             asks="答复期限自缴费次日起重新计算。"),
        Deed("consult", "征求意见", forms.ConsultForm, _consult, f"{ACT} 第三十二条、第三十四条", "secondary",
             "将出具征求意见书，答复期限中止计算。"),
        Deed("ask_counsel", "会商、征询法律顾问、提请延期", forms.CounselForm, workflow.ask_counsel, "", "secondary",
             "内部征询不影响答复期限；有未答复的征询时不能作出答复。"),
        Deed("drop_counsel", "撤销征询", forms.CounselDropForm, _on_row(workflow.drop_counsel), "", "secondary"),
        Deed("extend", "批准延期", forms.ExtendForm, workflow.extend, f"{ACT} 第三十三条第二款", "secondary",
             "将出具延期答复告知书；应当在原到期日以前告知申请人。"),
        Deed("ask_fee", "收取信息处理费", forms.FeeForm, workflow.ask_fee, "国办函〔2020〕109号", "secondary",
             "将出具收费通知，答复期限中止；30日内未缴费的自动办结。"),
        Deed("assign", "指定承办人", forms.AssignForm, workflow.assign, "", "secondary"),
        Deed("transfer", "转其他机关答复", forms.TransferForm, workflow.transfer, f"{ACT} 第三十六条第（五）项", "secondary",
             "对方在原期限内答复，申请人会收到通知。"),
        Deed("withdraw", "登记申请人撤回", forms.WithdrawForm, workflow.withdraw, "", "danger",
             "将出具撤回确认书，本件到此结束。"),
        Deed("publish_reply", "公布答复", forms.PublishForm, workflow.publish_reply, "", "secondary",
             "任何人都能看到这里填写的标题和内容。"),
        Deed("withhold_reply", "撤下公布的答复", forms.NoForm, workflow.withhold_reply, "", "secondary"),
        Deed("settle_conversion", "主动公开处理", forms.ConversionForm, workflow.settle_conversion, f"{ACT} 第四十四条", "secondary"),
    )
}  # fmt: skip


def offered(found: InformationRequest, user: User, on: date) -> list[Deed]:
    """The deeds this person may do now, the expected one first."""
    works = _holds(user, found, duties.WORKING, on)
    drafts = _holds(user, found, duties.DRAFTING, on)
    leads = _holds(user, found, duties.LEADING, on)
    asked = found.counsels.filter(answered_at=None)
    codes: list[str] = ["answer_counsel"] if asked.filter(asked_of=user).exists() else []
    codes += _signing(found, user, drafts, on)
    if found.is_running and not found.handler_id and works:
        codes += ["claim"]
    if works:
        codes += _working(found, asked.exists())
    if drafts and found.status == RequestStatus.OPEN:
        at = 0 if found.handler_id else len(codes)
        words = getattr(found, "reply_words", None)
        codes[at:at] = ["submit_reply", "draft_reply"] if words else ["draft_reply"]
        codes += [] if found.fee_notices.exists() else ["ask_fee"]
    if leads and found.status in EXTENDABLE and not found.extended_days:
        codes += ["extend"]
    reasons = found.asked_reasons
    if (
        leads
        and found.status == RequestStatus.OPEN
        and reasons
        and reasons.received_on
        and not reasons.delay_days
    ):
        codes += ["set_delay"]
    if leads and found.is_running:
        codes += ["assign"]
    if works and found.is_running:
        codes += ["withdraw"]
    return [DEEDS[code] for code in codes + _publishing(found, user, on)]


def _signing(found: InformationRequest, user: User, drafts: bool, on: date) -> list[str]:
    if found.status != RequestStatus.SIGNING:
        return []
    may_sign = _holds(user, found, duties.SIGNING, on) and not found.reply_steps.drafting(user).exists()
    return (["sign_reply", "return_reply"] if may_sign else []) + (["recall_reply"] if drafts else [])


def _publishing(found: InformationRequest, user: User, on: date) -> list[str]:
    if not _holds(user, found, duties.PUBLISHING, on):
        return []
    codes = []
    if found.status == RequestStatus.REPLIED:
        words = getattr(found, "reply_words", None)
        codes += ["withhold_reply"] if words and words.published_at else ["publish_reply"]
    if found.topic_id and found.conversion not in Conversion.values:
        codes += ["settle_conversion"]
    return codes


def _working(found: InformationRequest, is_asking: bool) -> list[str]:
    """What the state of the request lets its handlers do."""
    by_status: dict[str, list[str]] = {
        RequestStatus.UNCONFIRMED: ["confirm"],
        RequestStatus.CORRECTION: ["receive_correction"],
        RequestStatus.CONSULTING: ["note_opinion", "consult", "ask_counsel"],
        RequestStatus.PAYMENT: ["note_payment"],
        RequestStatus.REASONS: ["receive_reasons"],
        RequestStatus.OPEN: ["consult", "ask_counsel", "transfer"],
    }
    codes = list(by_status.get(found.status, []))
    if found.status == RequestStatus.OPEN and found.asked_correction is None:
        codes.insert(0, "ask_correction")
    if found.status == RequestStatus.OPEN and found.asked_reasons is None:
        codes.append("ask_reasons")
    if (
        found.status == RequestStatus.CONSULTING
        and found.consultations.filter(opinion="", delivered_on=None).exists()
    ):
        codes.insert(1, "note_delivery")
    return codes + (["drop_counsel"] if is_asking else [])


def why_not(found: InformationRequest, user: User, on: date) -> str:
    """Why nothing is asked of this person now, in one sentence."""
    if not found.is_running:
        return "本申请已经结束，现在无需办理。"
    if found.applicant_user_id == user.pk:
        return "您是本申请的申请人，应当回避。"
    if found.status == RequestStatus.SIGNING and found.reply_steps.drafting(user).exists():
        return "答复是您拟写的，等待其他人员审签。"
    return f"由{found.department}或者政府信息公开工作机构的人员办理，您的岗位无需操作。"


def _holds(user: User, found: InformationRequest, roles: Any, on: date) -> bool:
    return found.applicant_user_id != user.pk and duties.holds_post(user, found.department_id, roles, on)
