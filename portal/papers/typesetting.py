"""The words of a paper as a PDF/A-2b page, before it is signed."""

import io
import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import segno
import typst
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from portal.papers.models import Paper

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "papers"


def verify_url(paper: Paper) -> str:
    """The public address its QR code leads to."""
    return settings.PUBLIC_URL + reverse("papers:verify_key", args=[paper.key])


def typeset(paper: Paper, *, is_draft: bool = False) -> bytes:
    """The unsigned PDF. The same row gives the same bytes: its dates are the row's, not the clock's.

    A draft says that it is one on every page, and has neither seal nor code.
    """
    address = settings.PUBLIC_URL + reverse("papers:verify")
    words = {
        "title": paper.title,
        "number": paper.number,
        "date": timezone.localdate(paper.issued_at).isoformat(),
        "data": paper.printed,
        "frame": paper.frame,
        "check_code": paper.check_code_label,
        "verify_address": address.removeprefix("https://").removeprefix("http://"),
        "qr": _qr(verify_url(paper)),
        "is_draft": is_draft,
    }
    return _compile(paper.kind, words, paper.issued_at)


def typeset_form(words: dict[str, Any], *, at: datetime) -> bytes:
    """A form to be filled in by hand, from ``templates/papers/form.typ``: no number, seal or code.

    ``words``: title, note, item, department, version, sample, signed, dated and pages, each
    ``{title, rows: [{label, note, value, unit, tall, choices: [{label, on}]}]}``.
    """
    return _compile("form", words, at)


def typeset_report(words: dict[str, Any], *, at: datetime) -> bytes:
    """An annual report on disclosure, from ``templates/papers/annual_report.typ``.

    ``words``: title, organ, opening, on (ISO), parts (``{title, words: [{title, text}]}``, six of them),
    tables (``disclosure.report.layout.Tables`` as a dictionary) and corrections, sentences.
    """
    return _compile("annual_report", words, at)


def typeset_gazette(words: dict[str, Any], *, at: datetime) -> bytes:
    """An issue of the gazette from ``templates/papers/gazette.typ``, with contents and page numbers.

    ``words``: name, label, organ, published_on and sections, each ``{title, entries: [{title, doc_no,
    index_no, publisher, formed_on, paragraphs, notice}]}``.
    """
    return _compile("gazette", words, at)


def _compile(template: str, words: dict[str, Any], at: datetime) -> bytes:
    made = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        sys_inputs={"paper": json.dumps(words, ensure_ascii=False)},
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=_moment(at),
    )
    return bytes(made)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Only the fonts of the wheel: what is installed on a machine must not change a paper."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(pylopdf_fonts_zh_cn.serif_path().parent)],
    )


def _qr(url: str) -> str:
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


def _moment(at: datetime) -> int:
    return int(at.timestamp())
