"""What staff can do to end a licence: propose, decide, let it stand."""

from datetime import date

from django import forms

from approvals import workflow
from approvals.admin.deed import Deed, DeedForm, long_box
from approvals.models import BASES, Case, Reversal, ReversalGround, ReversalKind
from approvals.workflow import duties
from approvals.workflow.reversals import may_decide
from portal.people.models import PostRole, User
from portal.refusals import RuleBroken


def _grounds() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            str(kind.label),
            [
                (ground.value, f"{ground.label}（{BASES[ground].article}）")
                for ground in ReversalGround
                if BASES[ground].kind == kind
            ],
        )
        for kind in ReversalKind
    ]


class ProposeForm(DeedForm):
    ground = forms.ChoiceField(label="情形", choices=lambda: [("", "请选择"), *_grounds()])
    facts = long_box("事实和理由", "写明查实的事实和证据；将印在告知书和决定书上。")
    basis = forms.CharField(
        label="法律依据", help_text="不填则按所选情形的条款。", required=False, max_length=300
    )


class DecideForm(DeedForm):
    opinion = long_box("决定意见", rows=2)
    answer = long_box(
        "对陈述申辩意见的采纳情况", "被许可人提出了陈述申辩的必填，印在决定书上。", required=False, rows=3
    )


class DropForm(DeedForm):
    reason = long_box("不再处理的理由", rows=2)


REVERSAL_DEEDS = (
    Deed("propose_reversal", "提出撤回、撤销或者注销", ProposeForm, workflow.propose_reversal,
         "行政许可法 第八条、第六十九条、第七十条", "secondary",
         "撤回、撤销的，先向被许可人出具告知书，听取陈述申辩后由批准人决定；注销的，直接报批准人决定。"),
    Deed("decide_reversal", "作出决定，许可终止", DecideForm, workflow.decide_reversal,
         "行政许可法 第八条、第六十九条、第七十条", "danger",
         "将出具决定书，许可证件即刻作废，登记库中由本件写入的内容同时终止。"),
    Deed("drop_reversal", "不再处理，许可继续有效", DropForm, workflow.drop_reversal, "", "secondary"),
)  # fmt: skip


def offered(case: Case, user: User, reversal: Reversal | None, on: date) -> list[str]:
    """The codes of what this person may do now to end the licence."""
    if reversal is None:
        may = workflow.is_reversible(case) and duties.holds_post(user, case, [PostRole.HANDLER], on)
        return ["propose_reversal"] if may and not duties.conflict_of(user, case.party, on) else []
    approves = duties.holds_post(user, case, [PostRole.APPROVER], on) and reversal.proposed_by_id != user.pk
    if not approves:
        return []
    return ["drop_reversal"] if why_not_yet(case, user, on) else ["decide_reversal", "drop_reversal"]


def why_not_yet(case: Case, user: User, on: date) -> str:
    """Why the decision has to wait, in one sentence; empty when it need not."""
    reversal = workflow.open_reversal(case)
    try:
        if reversal is not None:
            may_decide(reversal, case, user, on)
    except RuleBroken as refusal:
        return str(refusal)
    return ""
