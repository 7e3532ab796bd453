"""Every change of a request for information. Nothing else writes to one."""

from disclosure.workflow.requests.charging import (
    ask_fee,
    expire_payment,
    note_payment,
    requests_this_month,
    requests_this_year,
)
from disclosure.workflow.requests.consulting import consult, expire_consultation, note_delivery, note_opinion
from disclosure.workflow.requests.correcting import ask_correction, expire_correction, receive_correction
from disclosure.workflow.requests.counselling import answer_counsel, ask_counsel, drop_counsel
from disclosure.workflow.requests.drafting import Words, draft_reply, enclose, recall_reply, submit_reply
from disclosure.workflow.requests.extending import extend
from disclosure.workflow.requests.handing import assign, claim, transfer
from disclosure.workflow.requests.holding import drop_file, drop_stale_files, hold_file
from disclosure.workflow.requests.publishing import publish_reply, settle_conversion, withhold_reply
from disclosure.workflow.requests.reasons import ask_reasons, expire_reasons, receive_reasons, set_delay
from disclosure.workflow.requests.records import ask_record_correction, settle_record_correction
from disclosure.workflow.requests.remedies import add_missing_remedies, edit_remedy
from disclosure.workflow.requests.signing import return_reply, sign_reply
from disclosure.workflow.requests.submitting import Asked, confirm, register, submit
from disclosure.workflow.requests.unmasking import unmask
from disclosure.workflow.requests.withdrawing import withdraw

__all__ = [
    "Asked",
    "Words",
    "add_missing_remedies",
    "answer_counsel",
    "ask_correction",
    "ask_counsel",
    "ask_fee",
    "ask_reasons",
    "ask_record_correction",
    "assign",
    "claim",
    "confirm",
    "consult",
    "draft_reply",
    "drop_counsel",
    "drop_file",
    "drop_stale_files",
    "edit_remedy",
    "enclose",
    "expire_consultation",
    "expire_correction",
    "expire_payment",
    "expire_reasons",
    "extend",
    "hold_file",
    "note_delivery",
    "note_opinion",
    "note_payment",
    "publish_reply",
    "recall_reply",
    "receive_correction",
    "receive_reasons",
    "register",
    "requests_this_month",
    "requests_this_year",
    "return_reply",
    "set_delay",
    "settle_conversion",
    "settle_record_correction",
    "sign_reply",
    "submit",
    "submit_reply",
    "transfer",
    "unmask",
    "withdraw",
    "withhold_reply",
]
