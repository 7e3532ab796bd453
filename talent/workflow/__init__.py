from talent.workflow.entries import enter_enterprise, enter_person
from talent.workflow.facts import archive, state
from talent.workflow.origins import decided, declared, imported
from talent.workflow.projects import begin_project, complete, lead, stop_long
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
    "archive",
    "begin_project",
    "certify_safety",
    "complete",
    "decided",
    "declared",
    "employ",
    "end_employment",
    "end_registration",
    "enter_enterprise",
    "enter_person",
    "imported",
    "lead",
    "load_rules",
    "move_registration",
    "register",
    "state",
    "stop_long",
]
