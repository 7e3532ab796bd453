"""Every change of an item, a draft or a case. Nothing else writes to them."""

from approvals.workflow.acceptance import (
    accept,
    add_supplement_file,
    ask_supplement,
    deem_accepted,
    expire_supplement,
    is_past_acceptance,
    receive_supplement,
    refuse_acceptance,
    remove_supplement_file,
)
from approvals.workflow.decisions import close, decide_grant, decide_refuse, deliver, withdraw
from approvals.workflow.drafts import (
    Finding,
    add_material,
    begin_draft,
    carry_over,
    discard,
    missing_materials,
    precheck,
    remove_material,
    reusable_files,
    save_step,
    submit,
)
from approvals.workflow.draws import commit_seed, draw_undrawn, reveal_seeds
from approvals.workflow.editing import (
    attach_form,
    draw_up_forms,
    edit_version,
    fingerprint,
    found_item,
    replace_parts,
)
from approvals.workflow.imports import Imported, Trial, import_items, try_import
from approvals.workflow.items import new_version, publish, retire
from approvals.workflow.papers_of import remedies_text
from approvals.workflow.stages import claim, pass_on, send_back, transfer

__all__ = [
    "Finding",
    "Imported",
    "Trial",
    "accept",
    "add_material",
    "add_supplement_file",
    "ask_supplement",
    "attach_form",
    "begin_draft",
    "carry_over",
    "claim",
    "close",
    "commit_seed",
    "decide_grant",
    "decide_refuse",
    "deem_accepted",
    "deliver",
    "discard",
    "draw_undrawn",
    "draw_up_forms",
    "edit_version",
    "expire_supplement",
    "fingerprint",
    "found_item",
    "import_items",
    "is_past_acceptance",
    "missing_materials",
    "new_version",
    "pass_on",
    "precheck",
    "publish",
    "receive_supplement",
    "refuse_acceptance",
    "remedies_text",
    "remove_material",
    "remove_supplement_file",
    "replace_parts",
    "retire",
    "reusable_files",
    "reveal_seeds",
    "save_step",
    "send_back",
    "submit",
    "transfer",
    "try_import",
    "withdraw",
]
