"""Who may do what on a request. Questions only; each refusal says which rule."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db.models import Q

from disclosure.models.requests import DRAFTING_STEPS, SIGNING_POSTS, InformationRequest
from portal.people.models import Department, Party, Post, PostRole, User
from portal.people.rights import posts_with
from portal.refusals import RuleBroken

WORKING = (PostRole.CLERK, PostRole.HANDLER, PostRole.HEAD)
DRAFTING = (PostRole.HANDLER, PostRole.HEAD)
SIGNING = SIGNING_POSTS
PUBLISHING = posts_with("disclosure.publish_reply")
LEADING = (PostRole.HEAD,)
MOST_TEXT = 2000


def holds_post(user: User, department: Department | int, roles: Iterable[str], on: date) -> bool:
    """A post in the department, or in the disclosure office, which may do everything a department may."""
    pk = department if isinstance(department, int) else department.pk
    place = Q(department=pk) | Q(department__code=settings.DISCLOSURE_OFFICE)
    return user.is_active and user.posts.in_force(on).filter(place, role__in=list(roles)).exists()


def require_post(user: User, department: Department, roles: Iterable[str], on: date) -> None:
    roles = list(roles)
    if not holds_post(user, department, roles, on):
        names = "、".join(PostRole(role).label for role in roles)
        raise RuleBroken(
            f"只有{department}或者政府信息公开工作机构的{names}岗位人员可以办理，您当前没有该岗位。"
        )


def may_work(user: User, request: InformationRequest, on: date, roles: Iterable[str] = WORKING) -> None:
    """Raises RuleBroken for one without a post here, and for the applicant."""
    require_post(user, request.department, roles, on)
    if request.applicant_user_id == user.pk:
        raise RuleBroken("您是本申请的申请人，应当回避。")


def had_no_hand_in(user: User, request: InformationRequest) -> None:
    """Raises RuleBroken for one who drafted the reply: drafting and signing are two people's."""
    if request.reply_steps.drafting(user).exists():
        raise RuleBroken("您拟写过这份答复，拟稿和签发须由不同人员担任。")


def signers(request: InformationRequest, on: date) -> list[User]:
    """Those present that day who may sign the draft: the department's own, else the disclosure office's."""
    posts = Post.objects.present(on).filter(role__in=SIGNING).select_related("user").order_by("pk")
    posts = posts.exclude(user__in=[request.applicant_user_id or 0]).exclude(
        user__in=request.reply_steps.filter(deed__in=DRAFTING_STEPS).values("person")
    )
    own = posts.filter(department=request.department_id)
    office = posts.filter(department__code=settings.DISCLOSURE_OFFICE)
    return list({post.user_id: post.user for post in own or office}.values())


def may_speak_for(user: User | None, request: InformationRequest, on: date) -> None:
    """The applicant's own moves. None: the page has checked number and query code, or identity at the desk."""
    if user is None or request.applicant_user_id == user.pk:
        return
    if request.party_id and Party.objects.actable_by(user, on).filter(pk=request.party_id).exists():
        return
    if holds_post(user, request.department, WORKING, on):  # a letter or a visit, entered by the office
        return
    raise RuleBroken("只有申请人或者其经办人可以操作这个申请。")


def checked_text(text: str, *, field: str, what: str, most: int = MOST_TEXT) -> str:
    """The text without outer spaces. Raises RuleBroken when empty or too long."""
    text = text.strip()
    if not text:
        raise RuleBroken(f"请填写{what}。", field=field)
    if len(text) > most:
        raise RuleBroken(f"{what}最多{most}个字，现为{len(text)}个字。", field=field)
    return text
