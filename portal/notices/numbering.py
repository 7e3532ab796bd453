"""The reference under which a gateway knows a notice."""

from hmac import compare_digest

from portal.people.crypto import keyed_hash

MARK_LENGTH = 16


def reference(pk: int) -> str:
    """Row id and a keyed mark: the same at every try, not to be guessed, of this house only."""
    return f"{pk}-{keyed_hash('notice_reference', str(pk))[:MARK_LENGTH]}"


def pk_of(text: str) -> int | None:
    """The row id behind a reference; None for one that this house did not give."""
    digits = text.partition("-")[0]
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        return None
    pk = int(digits)
    return pk if compare_digest(reference(pk).encode(), text.encode()) else None
