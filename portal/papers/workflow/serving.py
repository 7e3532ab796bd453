"""Files handed out, after the calling view has checked who may have them."""

import io
from datetime import datetime
from typing import IO

from django.core.files.storage import default_storage
from django.http import FileResponse

from portal.papers.models import Attachment, Paper
from portal.papers.workflow.issuing import produce
from portal.refusals import RuleBroken

# What a browser may show in its own window; everything else is saved.
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "application/pdf"})


def serve(attachment: Attachment, *, inline: bool = False) -> FileResponse:
    """The file as a download; ``inline`` lets the browser show pictures and PDF.

    Call only after the domain's policy said yes. Raises RuleBroken when the bytes are lost.
    """
    show = inline and attachment.mime in SHOWN_INLINE
    return _respond(_open(attachment.stored_as), attachment.name, attachment.mime, show=show)


def serve_paper(paper: Paper, *, at: datetime, inline: bool = False) -> FileResponse:
    """The signed PDF, made now when it is still due. Call only after policy said yes."""
    paper = produce(paper, at=at)
    return _respond(_open(paper.file), paper.file_name, "application/pdf", show=inline)


def serve_preview(content: bytes, name: str) -> FileResponse:
    """A paper that is not issued yet, for the eyes of those who work on it."""
    return _respond(io.BytesIO(content), name, "application/pdf", show=True)


def _open(name: str) -> IO[bytes]:
    try:
        return default_storage.open(name, "rb")
    except FileNotFoundError as gone:
        raise RuleBroken("文件暂时无法读取，请稍后再试；多次失败请联系窗口。") from gone


def _respond(file: IO[bytes], name: str, mime: str, *, show: bool) -> FileResponse:
    response = FileResponse(file, as_attachment=not show, filename=name, content_type=mime)
    response["X-Content-Type-Options"] = "nosniff"
    # Sandboxed: even a file that fooled every check runs nothing. Browsers refuse to open their
    # PDF viewer inside a sandbox, so a PDF that is shown gets the rest of the policy only.
    sandbox = "" if show and mime == "application/pdf" else "sandbox; "
    response["Content-Security-Policy"] = f"{sandbox}default-src 'none'; frame-ancestors 'self'"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
