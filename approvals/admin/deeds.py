"""What a member of staff can do to a case now: each deed has its form, its verb and its duty."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.timezone import localdate

from approvals import workflow
from approvals.admin import reversal_deeds
from approvals.admin.deed import Deed, DeedForm, long_box
from approvals.models import AFTER_DECISION, Case, CaseStatus, StageKind, Step
from approvals.models.codes import STAGE_ROLES, Proposal
from approvals.workflow import duties
from portal.people.models import Post, PostRole, User
from portal.refusals import RuleBroken


class AcceptForm(DeedForm):
    pass


class SupplementForm(DeedForm):
    missing = long_box("需要补正的内容", "每行一项，一次写全；补正只能告知一次。", rows=5)
    note = long_box("说明", required=False, rows=2)


class NotAcceptForm(DeedForm):
    reasons = long_box("不予受理的理由", "写明事实，以及应当向哪个机关申请（如有）。")


class OpinionForm(DeedForm):
    opinion = long_box("意见", "写明本件的具体情况；与模板完全相同的意见不能提交。")
    proposal = forms.ChoiceField(
        label="结论",
        choices=[(Proposal.GRANT, "建议准予"), (Proposal.REFUSE, "建议不予")],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.step:
            self.fields["opinion"].initial = self.step.stage.opinion_template


class SendBackForm(DeedForm):
    to = forms.ChoiceField(label="退回到")
    reason = long_box("退回理由", rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        earlier = []
        for stage in self.case.version.stages.all():
            if self.step and stage.kind == self.step.kind:
                break
            earlier.append((stage.kind, str(stage)))
        self.fields["to"].choices = earlier  # type: ignore[attr-defined]


class GrantForm(DeedForm):
    opinion = long_box("批准意见")
    content = long_box("许可内容", "印在决定书和证照上；不填则按事项名称。", required=False, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.step:
            self.fields["opinion"].initial = self.step.stage.opinion_template


class RefuseForm(DeedForm):
    opinion = long_box("批准意见", rows=2)
    reasons = long_box("不予许可的理由", "逐条写明哪项条件不符合、依据什么事实。")
    basis = long_box("法律依据", "法律、法规全称和条款。", rows=2)


class DeliverForm(DeedForm):
    how = forms.ChoiceField(
        label="送达方式",
        choices=[
            (way, way)
            for way in ("当面领取", "邮寄送达", "电子送达（申请人已书面确认）", "留置送达", "公告送达")
        ],
    )
    receiver = forms.CharField(label="签收人", required=False, max_length=60)


class TransferForm(DeedForm):
    to = forms.ModelChoiceField(label="改派给", queryset=User.objects.none(), empty_label="请选择")
    reason = long_box("改派理由", rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.present(localdate()).filter(
            department=self.case.department, role=PostRole.HANDLER
        )
        people = User.objects.filter(pk__in=posts.values("user")).exclude(pk=self.case.handler_id)
        self.fields["to"].queryset = people.order_by("name")  # type: ignore[attr-defined]


def _ask_supplement(case: Case, *, missing: str, note: str, by: User, at: datetime) -> Case:
    return workflow.ask_supplement(case, missing=missing.splitlines(), note=note, by=by, at=at)


DEEDS: dict[str, Deed] = {
    deed.code: deed
    for deed in (
        Deed("claim", "认领办理", AcceptForm, workflow.claim, ""),
        Deed("accept", "受理", AcceptForm, workflow.accept, "行政许可法 第三十二条第一款第（五）项",
             asks="受理后即开始计算承诺时限，并向申请人出具受理通知书。"),
        Deed("ask_supplement", "一次性告知补正", SupplementForm, _ask_supplement,
             "行政许可法 第三十二条第一款第（四）项", "secondary",
             "补正只能告知一次，告知后受理时限中止，申请人收到短信和补正告知书。"),
        Deed("refuse_acceptance", "不予受理", NotAcceptForm, workflow.refuse_acceptance,
             "行政许可法 第三十二条第一款第（二）项", "danger", "将出具不予受理决定书，本件到此结束。"),
        Deed("pass_on", "提交下一环节", OpinionForm, workflow.pass_on, "行政许可法 第三十四条"),
        Deed("decide_grant", "准予许可", GrantForm, workflow.decide_grant, "行政许可法 第三十八条第一款",
             asks="将出具准予行政许可决定书和证照；此后只能依法另行作出撤回、撤销或者注销的决定。"),
        Deed("decide_refuse", "不予许可", RefuseForm, workflow.decide_refuse, "行政许可法 第三十八条第二款",
             "danger", "将出具不予行政许可决定书，并告知复议和诉讼的权利。"),
        Deed("send_back", "退回", SendBackForm, workflow.send_back, "", "secondary",
             "退回后各环节重新办理。"),
        Deed("deliver", "登记送达", DeliverForm, workflow.deliver, "行政许可法 第四十四条"),
        Deed("close", "办结归档", AcceptForm, workflow.close, ""),
        Deed("transfer", "改派承办人", TransferForm, workflow.transfer, "", "secondary"),
        *reversal_deeds.REVERSAL_DEEDS,
    )
}  # fmt: skip


def offered(case: Case, user: User, step: Step | None, on: date) -> list[Deed]:
    """The deeds this person may do now, the expected one first."""
    codes: list[str] = []
    if case.status == CaseStatus.SUBMITTED and _may(lambda: duties.may_receive(user, case, on)):
        codes += ["accept"]
        if not case.supplements.exists():
            codes += ["ask_supplement"]
        codes += ["refuse_acceptance"]
    if case.status == CaseStatus.ACCEPTED and step and _may(lambda: duties.may_take(user, step, case, on)):
        if step.kind == StageKind.APPROVE:
            codes += ["decide_grant", "decide_refuse", "send_back"]
        else:
            codes += ["pass_on"] + (["send_back"] if step.kind != StageKind.HANDLE else [])
        if step.assignee_id is None:
            codes += ["claim"]
    if case.status in (CaseStatus.GRANTED, CaseStatus.REFUSED) and _may(
        lambda: duties.may_receive(user, case, on)
    ):
        codes += ["deliver"]
    if case.status == CaseStatus.DELIVERED and duties.holds_post(user, case, duties.RECEIVING, on):
        codes += ["close"]
    in_hand = case.status in (CaseStatus.SUBMITTED, CaseStatus.SUPPLEMENT, CaseStatus.ACCEPTED)
    leads = duties.holds_post(user, case, [PostRole.HEAD], on) or user.has_role(PostRole.SUPERVISOR, on=on)
    if in_hand and leads:
        codes += ["transfer"]
    if case.status in AFTER_DECISION:
        codes += reversal_deeds.offered(case, user, workflow.open_reversal(case), on)
    return [DEEDS[code] for code in codes]


def why_not(case: Case, user: User, step: Step | None, on: date) -> str:
    """Why nothing is asked of this person now, in one sentence."""
    if step is not None:
        try:
            duties.may_take(user, step, case, on)
        except RuleBroken as refusal:
            return str(refusal)
    if case.status == CaseStatus.SUPPLEMENT:
        return "等待申请人补充材料，现在无需办理。"
    if not case.is_open:
        return "本件已经结束，现在无需办理。"
    role = STAGE_ROLES[StageKind(step.kind)] if step else "clerk"
    return f"现在由{PostRole(role).label}岗位办理，您的岗位无需操作。"


def _may(check: Callable[[], None]) -> bool:
    try:
        check()
    except RuleBroken:
        return False
    return True
