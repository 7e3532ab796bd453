"""Who may do what, as one table.

The three administrators share no right to act (GB/T 22239-2019 8.1.5: system, security and
audit management are separate). Staff have the rights of the posts they hold today. The table is
code: nobody can grant what is not written here.
"""

from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.utils import timezone
from guardian.models import GroupObjectPermission

from portal.people.models import AdminRole, PostRole, User, UserKind
from portal.refusals import RuleBroken

# Seeing that someone or some office exists is not a power over it.
SHARED_SIGHT = frozenset(
    {
        "people.view_user",
        "people.view_department",
        "people.view_window",
        "people.view_post",
        "people.view_absence",
    }
)

ADMIN_RIGHTS: dict[str, frozenset[str]] = {
    AdminRole.SYSTEM: frozenset(
        {
            "people.add_user",
            "people.change_user",
            "people.disable_user",
            "people.reset_sign_in",
            "people.add_department",
            "people.change_department",
            "people.add_window",
            "people.change_window",
            "notices.view_notice",
            "notices.view_template",
            "notices.change_template",
            "notices.view_halt",
            "audit.view_heartbeat",
            "papers.view_letterhead",
            "papers.add_letterhead",
            "papers.change_letterhead",
        }
    ),
    AdminRole.SECURITY: frozenset(
        {
            "people.add_post",
            "people.change_post",
            "people.grant_role",
            "people.unlock_sign_in",
            "people.view_lockout",
            "audit.view_behaviour",
            "talent.view_sharingkey",
            "talent.grant_sharingkey",
        }
    ),
    AdminRole.AUDIT: frozenset(
        {
            "audit.view_entry",
            "audit.view_daydigest",
            "audit.export_entry",
        }
    ),
}

_EVERY_POST = frozenset(
    {
        "people.view_party",
        "people.view_authorisation",
        "people.view_department",
        "people.view_window",
        "people.view_post",
        "people.view_absence",
        "people.unmask_party",
        "approvals.work_case",
        "approvals.view_case",
        "approvals.view_serviceitem",
        "approvals.view_conflictofinterest",
        "approvals.add_conflictofinterest",
        "approvals.change_conflictofinterest",
        "approvals.view_itemversion",
        "papers.view_paper",
        "disclosure.view_act",
        "disclosure.view_article",
        "disclosure.view_readingpoint",
        "disclosure.view_readingday",
        "disclosure.view_column",
        "disclosure.work_request",
        "disclosure.view_informationrequest",
        "disclosure.view_recordcorrection",
        "disclosure.view_remedy",
        "disclosure.view_annualreport",
        "disclosure.view_statedfigure",
        "disclosure.view_importedreport",
        "disclosure.work_document",
        "workdays.view_calendarday",
        "workdays.view_calendarnotice",
        "talent.view_proposal",
        "talent.view_enterprise",
        "talent.view_person",
        "talent.view_credititem",
        "talent.view_creditrecord",
        "talent.view_creditrepair",
        "talent.view_blacklisting",
    }
)
# Who works on the registries: proposals, credit, merging, labour resources.
_REGISTRY = frozenset({"talent.decide_proposal", "talent.enter_credit"})
_LABOUR = frozenset({"talent.view_resident", "talent.keep_resident"})
_LEDGER = frozenset(
    {
        "notices.view_notice",
        "notices.resend_notice",
        "notices.view_followup",
        "notices.answer_followup",
        "notices.view_optout",
        "notices.revoke_optout",
    }
)
_REPLIES_OUT = frozenset({"disclosure.publish_reply"})
_DRAFTING = frozenset({"disclosure.draft_document"})
# A department sees what an assessment holds against it and says what it did about it.
_FINDINGS = frozenset({"disclosure.view_assessmentfinding", "disclosure.rectify_assessmentfinding"})
# Enterprises below their standard, and people whose certificates may only hang there.
_REGISTRY_WATCH = frozenset(
    {
        "talent.view_staffingalert",
        "talent.view_staffingrule",
        "talent.handle_staffingalert",
        "talent.view_flag",
    }
)
_MANAGEMENT = (
    frozenset(
        {
            "papers.revoke_paper",
            "disclosure.change_remedy",
            "papers.view_letterhead",
            "people.verify_authorisation",
            "people.add_absence",
            "people.change_absence",
            "approvals.add_serviceitem",
            "approvals.change_serviceitem",
            "approvals.add_itemversion",
            "approvals.change_itemversion",
            "workdays.add_calendarnotice",
            "workdays.change_calendarnotice",
            "supervision.view_overview",
            "workdays.view_shadowrun",
        }
    )
    | _FINDINGS
)

# The disclosure office keeps what is published in order; it works on no case. Of requests for information it
# reads what was answered, and decides what of it is shown to everyone.
_DISCLOSURE_OFFICE = frozenset(
    {
        "people.view_department",
        "people.view_window",
        "people.view_post",
        "people.view_absence",
        "disclosure.view_act",
        "disclosure.add_act",
        "disclosure.change_act",
        "disclosure.view_article",
        "disclosure.add_article",
        "disclosure.change_article",
        "disclosure.view_readingpoint",
        "disclosure.view_readingday",
        "disclosure.change_readingpoint",
        "disclosure.count_readingpoint",
        "disclosure.view_importbatch",
        "disclosure.import_document",
        "disclosure.view_columnday",
        "disclosure.view_brokenlink",
        "disclosure.view_exitcheck",
        "disclosure.view_repost",
        "disclosure.add_repost",
        "disclosure.view_assessmentfinding",
        "disclosure.add_assessmentfinding",
        "disclosure.change_assessmentfinding",
        "finding.view_synonym",
        "finding.change_synonym",
        "finding.view_pin",
        "finding.change_pin",
        "finding.view_unfound",
        "disclosure.view_annualreport",
        "disclosure.view_statedfigure",
        "disclosure.view_importedreport",
        "disclosure.view_transferbatch",
        "disclosure.change_transferbatch",
        "disclosure.view_gazetteissue",
        "disclosure.add_gazetteissue",
        "disclosure.change_gazetteissue",
        "disclosure.view_informationrequest",
        "disclosure.publish_reply",
        "disclosure.view_column",
        "disclosure.add_column",
        "disclosure.change_column",
        "disclosure.work_document",
    }
)
_REGISTRY_KEEPING = frozenset({"talent.view_registrybatch", "talent.import_registry"})
# A department's own keys to the registries: asked for and fetched by its head, granted by another.
_SHARING = frozenset({"talent.view_sharingkey", "talent.ask_sharingkey"})
_REPORT = frozenset({"disclosure.compile_annualreport"})
_REPORT_OUT = _REPORT | {"disclosure.publish_annualreport"}

POST_RIGHTS: dict[str, frozenset[str]] = {
    PostRole.CLERK: _EVERY_POST
    | _LEDGER
    | _LABOUR
    | {"people.verify_authorisation", "disclosure.count_readingpoint"},
    PostRole.HANDLER: _EVERY_POST
    | _LEDGER
    | _DRAFTING
    | _REPORT
    | _REPLIES_OUT
    | _REGISTRY_WATCH
    | _REGISTRY,
    PostRole.REVIEWER: _EVERY_POST | _REPORT,
    PostRole.APPROVER: _EVERY_POST | _REPORT_OUT | _REPLIES_OUT,
    PostRole.HEAD: _EVERY_POST
    | _LEDGER
    | _MANAGEMENT
    | _REPORT_OUT
    | _REGISTRY_KEEPING
    | _SHARING
    | _REPLIES_OUT
    | _REGISTRY_WATCH
    | _REGISTRY
    | _LABOUR
    | {"talent.merge_record"},
    PostRole.EDITOR: _EVERY_POST | _DRAFTING | _FINDINGS | _REPORT | _REPLIES_OUT,
    PostRole.SECRECY: _EVERY_POST,
    PostRole.SUPERVISOR: _EVERY_POST
    | {
        "supervision.view_overview",
        "approvals.transfer_case",
        "workdays.view_shadowrun",
        "disclosure.view_columnday",
        "disclosure.view_repost",
        "disclosure.view_assessmentfinding",
        "talent.clear_flag",
    }
    | (_REGISTRY_WATCH - {"talent.handle_staffingalert"}),
    PostRole.PUBLICITY: _DISCLOSURE_OFFICE | _REPORT_OUT,
}


# Rights over single rows: a post carries them, and the row must be granted to its department too.
GRANTED_RIGHTS = frozenset({"approvals.change_serviceitem"})


def rights_of(user: User) -> frozenset[str]:
    """Every right of the person today, read once and kept on the object."""
    kept: frozenset[str] | None = getattr(user, "_rights_today", None)
    if kept is not None:
        return kept
    found: frozenset[str] = frozenset()
    if user.is_active and user.kind == UserKind.ADMINISTRATOR:
        found = SHARED_SIGHT | ADMIN_RIGHTS.get(user.admin_role, frozenset())
    elif user.is_active and user.kind == UserKind.STAFF:
        roles = set(user.posts.in_force(timezone.localdate()).values_list("role", flat=True))
        found = frozenset().union(*(POST_RIGHTS[role] for role in roles))
    user._rights_today = found  # type: ignore[attr-defined]
    return found


def posts_with(right: str) -> list[str]:
    """The posts that carry the right."""
    return [role for role, rights in POST_RIGHTS.items() if right in rights]


def may_on(user: User, right: str, row: Model, on: date) -> bool:
    """Whether the person has the right over this very row on that day.

    Guardian's rows say to which departments' groups the row was granted; the dates of posts say
    who stands for those departments that day, and the table which of their posts carry the right.
    Membership of the group itself decides nothing here: it is put in step only once a night.
    """
    if not user.is_active or user.kind != UserKind.STAFF:
        return False
    posts = user.posts.in_force(on).filter(role__in=posts_with(right))
    return posts.filter(department__group__in=grants_on(right, row).values("group")).exists()


def grants_on(right: str, row: Model) -> "QuerySet[GroupObjectPermission]":
    """Guardian's rows: which groups this row was granted to."""
    app, _, codename = right.partition(".")
    return GroupObjectPermission.objects.filter(
        content_type=ContentType.objects.get_for_model(row),
        object_pk=str(row.pk),
        permission__content_type__app_label=app,
        permission__codename=codename,
    )


def require(by: User | None, right: str, refusal: str) -> None:
    """Raise RuleBroken with the refusal unless the person has the right; None is the system."""
    if by is not None and not by.has_perm(right):
        raise RuleBroken(refusal)


class RightsBackend:
    """Answers permission questions from the table above; it signs nobody in.

    For an administrator it is the only voice: no group and no object permission adds a right.
    """

    def authenticate(self, request: Any) -> None:
        return None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not isinstance(user_obj, User):
            return False
        if obj is not None and perm in GRANTED_RIGHTS:
            if may_on(user_obj, perm, obj, timezone.localdate()):
                return True
            raise PermissionDenied
        if perm in rights_of(user_obj):
            return True
        if user_obj.kind == UserKind.ADMINISTRATOR:
            raise PermissionDenied
        return False

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        if not isinstance(user_obj, User):
            return False
        if any(right.startswith(f"{app_label}.") for right in rights_of(user_obj)):
            return True
        if user_obj.kind == UserKind.ADMINISTRATOR:
            raise PermissionDenied
        return False

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set(rights_of(user_obj)) if isinstance(user_obj, User) and obj is None else set()
