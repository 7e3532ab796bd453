"""Which entries tell how people use their accounts: the security administrator's log (GB/T 22239-2019 8.1.5.3).

Everything else in the record is for the audit administrator alone.
"""

SIGN_IN = ("people.user.signed_in", "people.user.signed_out", "people.user.session_ended")
FAILURE = ("people.user.sign_in_failed",)
LOCKOUT = ("people.user.locked", "people.user.unlocked")
UNMASKING = (
    "people.party.unmasked",
    "people.user.unmasked",
    "notices.notice.unmasked",
    "disclosure.request.unmasked",
)
GRANT = ("people.post.appointed", "people.post.ended", "people.user.role_granted")

BEHAVIOUR = (*SIGN_IN, *FAILURE, *LOCKOUT, *UNMASKING, *GRANT)
