"""Papers: words frozen with the act they tell of, the signed file made after."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from portal.audit import workflow as audit
from portal.audit.models import subject_key
from portal.papers.kinds import FORMS, arrange, check_data
from portal.papers.models import SEALED, Letterhead, Paper, PaperState, RevokedWord
from portal.papers.numbering import document_number, next_number
from portal.people.crypto import encrypt
from portal.people.models import Department, User
from portal.refusals import RuleBroken


@transaction.atomic
def issue(
    kind: str,
    *,
    subject: Model,
    department: Department,
    data: Mapping[str, Any],
    by: User | None,
    at: datetime,
    title: str = "",
    number: str = "",
) -> Paper:
    """Issue a paper about ``subject``: number it and freeze its words, in the caller's transaction.

    ``data`` holds exactly the keys of ``kinds.FORMS[kind]`` (dates as ISO text; identity numbers
    and mobiles masked; shapes as ``kinds.arrange`` takes them), else ValueError. ``title`` is the kind's own when empty; ``number`` is
    given for certificates that have one already, else the next of the department's series of
    that kind and year. The PDF follows: by the sweep within seconds, or at the first download.
    Call it late in a transaction: the number's series is locked until commit.
    """
    check_data(kind, data)
    frame = _frame(department)
    year = timezone.localdate(at).year
    if not number:
        serial = next_number(f"papers.{department.code}.{kind}", str(year))
        number = document_number(frame["word"] + FORMS[kind].word, year, serial)
    paper = Paper(
        kind=kind,
        title=title,
        number=number,
        department=department,
        data=_sealed(arrange(kind, data)),
        frame=frame,
        issued_by=by,
        issued_at=at,
    )
    paper.title = title or paper.get_kind_display()
    paper.subject_type, paper.subject_id = subject_key(subject)
    paper.save(force_insert=True)
    audit.record(
        "papers.paper.issued",
        subject=paper,
        actor=by,
        at=at,
        kind=kind,
        number=number,
        about=f"{paper.subject_type}:{paper.subject_id}",
    )
    return paper


def preview(
    kind: str, *, department: Department, data: Mapping[str, Any], at: datetime, title: str = ""
) -> bytes:
    """The PDF that ``issue`` would lead to, marked as a draft: no number, no seal, no code. Stores nothing."""
    from portal.papers.typesetting import typeset

    check_data(kind, data)
    paper = Paper(
        kind=kind, number="（签发时编号）", department=department, data=arrange(kind, data), issued_at=at
    )
    paper.title, paper.frame = title or paper.get_kind_display(), _frame(department)
    return typeset(paper, is_draft=True)


@transaction.atomic
def produce(paper: Paper, *, at: datetime | None = None) -> Paper:
    """Typeset, sign and store the PDF of a paper that is still due; else return it unchanged.

    Safe to call twice and from two places: the row is locked, the first one makes the file.
    ``at`` is the signing time, now when not given.
    """
    paper = Paper.objects.select_for_update(of=("self",)).select_related("department").get(pk=paper.pk)
    if paper.state != PaperState.DUE:
        return paper
    # Half a second of imports: only a process that makes papers pays it.
    from portal.papers.signing import sign
    from portal.papers.typesetting import typeset

    at = at or timezone.now()
    content = sign(typeset(paper), department=paper.department, at=at)
    paper.file = default_storage.save(f"papers/{paper.issued_at:%Y}/{paper.key}.pdf", ContentFile(content))
    paper.size = len(content)
    paper.sha256 = hashlib.sha256(content).hexdigest()
    paper.sm3 = sm3(content)
    paper.produced_at = at
    paper.move_to(PaperState.ISSUED)
    paper.save(update_fields=["file", "size", "sha256", "sm3", "produced_at", "state"])
    audit.record(
        "papers.paper.produced", subject=paper, actor=None, at=at, sha256=paper.sha256, sm3=paper.sm3
    )
    return paper


def produce_due(*, at: datetime, limit: int = 50) -> int:
    """Make the files of papers still due, oldest first, each in its own transaction.

    Returns how many were made. Papers another worker holds are left to it. One that cannot be
    made does not stop the others; when all were tried, the first failure is raised.
    """
    made, failures = 0, []
    for pk in list(Paper.objects.due().order_by("issued_at", "pk").values_list("pk", flat=True)[:limit]):
        try:
            with transaction.atomic():
                free = (
                    Paper.objects.due()
                    .select_for_update(skip_locked=True, of=("self",))
                    .filter(pk=pk)
                    .first()
                )
                if free:
                    produce(free, at=at)
                    made += 1
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise failures[0]
    return made


def sm3(content: bytes) -> str:
    """The digest by GB/T 32905, kept beside SHA-256; empty where OpenSSL was built without it."""
    try:
        return hashlib.new("sm3", content).hexdigest()
    except ValueError:
        return ""


@transaction.atomic
def revoke(
    paper: Paper, *, reason: str, word: str = RevokedWord.REVOKED, by: User | None, at: datetime
) -> Paper:
    """Declare a paper void from ``at`` on; its number is not used again and its page says so.

    ``word`` is how the law calls it, as the page prints it.

    Raises RuleBroken without a reason or when it is revoked already.
    """
    if not reason.strip():
        raise RuleBroken("请写明撤销文书的理由。", field="reason")
    paper = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    paper.move_to(PaperState.REVOKED)
    paper.revoked_at, paper.revoked_reason, paper.revoked_word = at, reason.strip(), word
    paper.save(update_fields=["state", "revoked_at", "revoked_reason", "revoked_word"])
    audit.record("papers.paper.revoked", subject=paper, actor=by, at=at, reason=paper.revoked_reason)
    return paper


def _sealed(data: dict[str, Any]) -> dict[str, Any]:
    """A query code opens the case to whoever reads it: it is kept encrypted until it is printed."""
    code = data.get("query_code")
    return {**data, "query_code": encrypt(str(code), SEALED)} if code else data


def _frame(department: Department) -> dict[str, str]:
    """What the department prints on its papers today, as it is frozen with the paper."""
    head = Letterhead.objects.filter(department=department).first() or Letterhead(
        word=department.short_name[:10],
        reconsideration_organ=settings.RECONSIDERATION_ORGAN,
        court=settings.COMPETENT_COURT,
    )
    return {
        "organ": department.name,
        "organ_code": department.code,
        "address": department.address,
        "phone": department.phone,
        "complaint_phone": department.complaint_phone,
        "word": head.word,
        "reconsideration_organ": head.reconsideration_organ,
        "court": head.court,
        "seal_name": head.seal_name or department.name,
        "seal_note": head.seal_note,
        "notice": settings.PAPERS_NOTICE,
    }
