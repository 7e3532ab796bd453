"""Who may do what on a case. Questions only; each refusal says which rule."""

from collections.abc import Iterable
from datetime import date

from approvals.models import Case, ConflictOfInterest, Draft, StageKind, Step
from approvals.models.codes import STAGE_ROLES
from portal.people.models import Party, PostRole, User
from portal.refusals import RuleBroken

MOST_OPINION = 1000  # GB/T 39046-2020 办理: 意见 ..1000
RECEIVING = (PostRole.CLERK, PostRole.HANDLER, PostRole.HEAD)


def holds_post(user: User, case: Case, roles: Iterable[str], on: date) -> bool:
    return user.posts.in_force(on).filter(department=case.department_id, role__in=list(roles)).exists()


def require_post(user: User, case: Case, roles: Iterable[str], on: date) -> None:
    """Raises RuleBroken unless the user holds one of the posts in the case's department that day."""
    roles = list(roles)
    if not user.is_active or not holds_post(user, case, roles, on):
        names = "、".join(PostRole(role).label for role in roles)
        raise RuleBroken(f"只有{case.department}的{names}岗位人员可以办理，您当前没有该岗位。")


def conflict_of(user: User, party: Party, on: date) -> str:
    """Why this person must stay out of what concerns the party; empty when nothing is known."""
    if party.user_id == user.pk or party.authorisations.in_force(on).filter(user=user).exists():
        return "本人为申请人或者其经办人"
    declared = ConflictOfInterest.objects.in_force(on).filter(user=user, party=party).first()
    return f"已登记回避：{declared.reason}" if declared else ""


def refuse_conflict(user: User, case: Case, on: date) -> None:
    reason = "本人为申请经办人" if case.applicant_user_id == user.pk else conflict_of(user, case.party, on)
    if reason:
        raise RuleBroken(f"您应当回避办件{case.number}（{reason}）。")


def refuse_other_stage(user: User, case: Case, kind: str) -> None:
    """Handler, reviewer and approver are three people, whatever the round."""
    done = Step.objects.filter(case=case, assignee=user, done_at__isnull=False).exclude(kind=kind).first()
    held = {
        StageKind.HANDLE: case.handler_id,
        StageKind.REVIEW: case.reviewer_id,
        StageKind.APPROVE: case.approver_id,
    }
    other = done.kind if done else next((k for k, pk in held.items() if pk == user.pk and k != kind), None)
    if other:
        raise RuleBroken(
            f"您已是本办件的{StageKind(other).label}人，不能再作为{StageKind(kind).label}人（承办、审核、批准须由不同人员担任）。"
        )


def may_take(user: User, step: Step, case: Case, on: date) -> None:
    """Raises RuleBroken unless this person may do this step."""
    require_post(user, case, [STAGE_ROLES[StageKind(step.kind)]], on)
    if step.assignee_id not in (None, user.pk):
        raise RuleBroken(f"该环节由{step.assignee}办理。")
    refuse_conflict(user, case, on)
    refuse_other_stage(user, case, step.kind)


def may_receive(user: User, case: Case, on: date) -> None:
    require_post(user, case, RECEIVING, on)
    refuse_conflict(user, case, on)


def may_apply(user: User, draft: Draft, on: date) -> None:
    if draft.user_id != user.pk:
        raise RuleBroken("这份草稿不是您填写的，不能操作。")
    if not Party.objects.actable_by(user, on).filter(pk=draft.party_id).exists():
        raise RuleBroken(f"您目前没有代{draft.party.name}办理的授权，请先完成授权。", field="party")


def may_speak_for(user: User, case: Case, on: date) -> None:
    """The applicant's own moves: supplementing, withdrawing."""
    if not Party.objects.actable_by(user, on).filter(pk=case.party_id).exists():
        raise RuleBroken("只有申请人或者其经办人可以操作这个办件。")


def checked_text(text: str, *, field: str, what: str, template: str = "", most: int = MOST_OPINION) -> str:
    """The text without outer spaces. Raises RuleBroken when empty, too long or the unedited template."""
    text = text.strip()
    if not text:
        raise RuleBroken(f"请填写{what}。", field=field)
    if len(text) > most:
        raise RuleBroken(f"{what}最多{most}个字，现为{len(text)}个字。", field=field)
    if template and "".join(text.split()) == "".join(template.split()):
        raise RuleBroken(f"{what}与模板完全相同，请写明本件的具体情况。", field=field)
    return text
