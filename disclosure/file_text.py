"""The text of an attachment, for the scan and the index. Pure: bytes in, text out.

Uploads have passed the gate of papers: no bombs, no entities, no encryption. A picture, an OFD or a
scanned PDF has no text to read; the page asks a person to look.
"""

import html
import io
import re
import zipfile

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from portal.papers.intake.archives import DOCX, XLSX

LONGEST = 1_000_000  # characters kept
MOST_PAGES = 2_000
_WORD_PARTS = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_SHEET_PARTS = re.compile(r"xl/(?:sharedStrings|comments\d*|worksheets/sheet\d+)\.xml")
_WORD_RUN = re.compile(r"<w:t(?:\s[^>]*)?>([^<]*)</w:t>|(</w:p>|</w:tc>|<w:br\b[^>]*>|<w:tab\b[^>]*>)")
_SHEET_TEXT = re.compile(r"<t(?:\s[^>]*)?>([^<]*)</t>|<v>([^<]*)</v>|(</si>|</row>|</c>|</comment>)")


def read(content: bytes, mime: str) -> str:
    """The text, a line a paragraph or cell; empty where there is none or it cannot be read."""
    try:
        if mime == "application/pdf":
            return _pdf(content)
        if mime == DOCX:
            return _office(content, _WORD_PARTS, _WORD_RUN)
        if mime == XLSX:
            return _office(content, _SHEET_PARTS, _SHEET_TEXT)
    except (PyPdfError, zipfile.BadZipFile, ValueError, KeyError, RecursionError, OverflowError):
        return ""
    return ""


def _pdf(content: bytes) -> str:
    reader = PdfReader(io.BytesIO(content))
    pages, length = [], 0
    for page in reader.pages[:MOST_PAGES]:
        text = page.extract_text()
        pages.append(text)
        length += len(text)
        if length > LONGEST:
            break
    return _tidy("\n".join(pages))


def _office(content: bytes, parts: re.Pattern[str], pieces: re.Pattern[str]) -> str:
    """Runs of one paragraph or cell are joined: a number split over two runs is one number."""
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if parts.fullmatch(name):
                xml = archive.read(name).decode("utf-8", "replace")
                for match in pieces.finditer(xml):
                    *texts, end = match.groups(default="")
                    found.append("\n" if end else html.unescape("".join(texts)))
    return _tidy("".join(found))


def _tidy(text: str) -> str:
    lines = (re.sub(r"[ \t\x00\u3000]+", " ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:LONGEST]
