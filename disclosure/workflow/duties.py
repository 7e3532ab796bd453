"""Who may do what on a document. Questions only; each refusal says which rule."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db.models import Q

from disclosure.models import Document, DocumentVersion
from disclosure.models.codes import APPROVING, CLEARING, DRAFTING, OFFICE_STAGES, REVIEWING, STAGE_ROLES
from portal.people.models import Department, Post, PostRole, User
from portal.refusals import RuleBroken

__all__ = ["APPROVING", "CLEARING", "DRAFTING", "OFFICE_STAGES", "REVIEWING", "STAGE_ROLES"]


def has_post(
    user: User, publisher: Department | int, roles: Iterable[str], on: date, *, office: bool
) -> bool:
    """Whether the person holds one of the posts in the department, or, if allowed, in the office."""
    place = Q(department=publisher)
    if office:
        place |= Q(department__code=settings.DISCLOSURE_OFFICE)
    return user.is_active and user.posts.in_force(on).filter(place, role__in=list(roles)).exists()


def require_post(
    user: User | None, document: Document, roles: Iterable[str], on: date, *, office: bool = False
) -> None:
    """Raises RuleBroken unless the person may act for the publisher in one of these posts; None is the system."""
    roles = list(roles)
    if user is not None and not has_post(user, document.publisher_id, roles, on, office=office):
        names = "、".join(PostRole(role).label for role in roles)
        raise RuleBroken(f"只有{document.publisher}的{names}岗位人员可以办理，您当前没有该岗位。")


def may_draft(user: User | None, publisher: Department, on: date) -> None:
    if user is not None and not has_post(user, publisher, DRAFTING, on, office=True):
        raise RuleBroken(f"只有{publisher}的信息发布、承办岗位人员可以起草。", field="publisher")


def may_edit(user: User | None, version: DocumentVersion, on: date) -> None:
    """The author, or a colleague of theirs who may draft."""
    if user is not None and user.pk != version.author_id:
        may_draft(user, version.document.publisher, on)


def may_judge(user: User, version: DocumentVersion, stage: str, on: date) -> None:
    """Raises RuleBroken unless this person may speak at this stage: the post, and nobody twice."""
    require_post(user, version.document, STAGE_ROLES[stage], on, office=stage in OFFICE_STAGES)
    refuse_second_part(user, version)


def refuse_second_part(user: User, version: DocumentVersion) -> None:
    """Author, reviewers and approver are different people."""
    held = {
        "起草人": version.author_id,
        "部门审核人": version.department_reviewer_id,
        "保密审查人": version.secrecy_reviewer_id,
        "批准人": version.approver_id,
    }
    part = next((name for name, pk in held.items() if pk == user.pk), "")
    if part:
        raise RuleBroken(f"您已是本文件的{part}，起草、部门审核、保密审查、批准须由不同人员担任。")


def people_at(version: DocumentVersion, stage: str, on: date) -> list[User]:
    """Those present that day who may take the stage: the publisher's own, else the office's."""
    posts = Post.objects.present(on).filter(role__in=STAGE_ROLES[stage]).select_related("user").order_by("pk")
    acted = {
        version.author_id,
        version.department_reviewer_id,
        version.secrecy_reviewer_id,
        version.approver_id,
    }
    own = posts.filter(department=version.document.publisher_id).exclude(user__in=acted - {None})
    found = list({post.user_id: post.user for post in own}.values())
    if found or stage not in OFFICE_STAGES:
        return found
    office = posts.filter(department__code=settings.DISCLOSURE_OFFICE).exclude(user__in=acted - {None})
    return list({post.user_id: post.user for post in office}.values())


def office_people(on: date) -> list[User]:
    """Everyone present in the disclosure office."""
    posts = Post.objects.present(on).filter(department__code=settings.DISCLOSURE_OFFICE)
    return list({post.user_id: post.user for post in posts.select_related("user").order_by("pk")}.values())


def opinion_of(text: str, *, field: str = "opinion", what: str = "意见", most: int = 1000) -> str:
    """The text without outer spaces. Raises RuleBroken when empty or too long."""
    text = text.strip()
    if not text:
        raise RuleBroken(f"请填写{what}。", field=field)
    if len(text) > most:
        raise RuleBroken(f"{what}最多{most}个字，现为{len(text)}个字。", field=field)
    return text
