from talent.workflow.careers import CAREER, add_career_row, end_career_row
from talent.workflow.credit import (
    ask_repair,
    blacklist,
    decide_repair,
    end_blacklistings,
    enter_credit,
    items_on,
    load_credit_items,
    remove_from_blacklist,
    revoke_credit,
)
from talent.workflow.entries import enter_enterprise, enter_person
from talent.workflow.facts import archive, state
from talent.workflow.invitations import (
    accept,
    ask_release,
    decline,
    find_party,
    invite,
    leave,
    withdraw_invitation,
)
from talent.workflow.keeping import SECTIONS, add_row, complete_own, declare, end_row, enter_own
from talent.workflow.labour import (
    enter_resident,
    keep_resident,
    record_consent,
    reveal_health,
    tell_residents,
)
from talent.workflow.merging import archive_record, merge
from talent.workflow.origins import decided, declared, imported
from talent.workflow.projects import begin_project, complete, lead, stop_long
from talent.workflow.proposals import decide_proposal, propose, withdraw_proposal
from talent.workflow.staff import (
    certify_safety,
    employ,
    end_employment,
    end_registration,
    move_registration,
    register,
)
from talent.workflow.staffing_rules import load_rules

__all__ = [
    "CAREER",
    "SECTIONS",
    "accept",
    "add_career_row",
    "add_row",
    "archive",
    "archive_record",
    "ask_release",
    "ask_repair",
    "begin_project",
    "blacklist",
    "certify_safety",
    "complete",
    "complete_own",
    "decide_proposal",
    "decide_repair",
    "decided",
    "declare",
    "declared",
    "decline",
    "employ",
    "end_blacklistings",
    "end_career_row",
    "end_employment",
    "end_registration",
    "end_row",
    "enter_credit",
    "enter_enterprise",
    "enter_own",
    "enter_person",
    "enter_resident",
    "find_party",
    "imported",
    "invite",
    "items_on",
    "keep_resident",
    "lead",
    "leave",
    "load_credit_items",
    "load_rules",
    "merge",
    "move_registration",
    "propose",
    "record_consent",
    "register",
    "remove_from_blacklist",
    "reveal_health",
    "revoke_credit",
    "state",
    "stop_long",
    "tell_residents",
    "withdraw_invitation",
    "withdraw_proposal",
]
