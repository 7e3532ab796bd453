"""The body of a document: sanitised HTML in, plain text and paragraphs out. Pure."""

import html
import re

import nh3

TAGS = {
    "p", "br", "h2", "h3", "h4", "strong", "em", "u", "sub", "sup", "ol", "ul", "li", "blockquote",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "a", "hr",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "th": {"colspan", "rowspan", "scope"}, "td": {"colspan", "rowspan"}}
SCHEMES = {"http", "https", "mailto", "tel"}

_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")
_BLOCK_END = re.compile(r"</(?:p|h2|h3|h4|li|tr|caption|blockquote)>|<(?:br|hr)\s*/?>", re.IGNORECASE)
_CELL_END = re.compile(r"</(?:td|th)>", re.IGNORECASE)
_BLANK = re.compile(r"[ \t\r\f\v\u3000\xa0]+")


def clean(body: str) -> str:
    """Only the tags a document needs; text typed without any tag becomes paragraphs, one a line."""
    body = body.replace("\x00", "")
    if not _TAG.search(body):
        lines = (_BLANK.sub(" ", line).strip() for line in body.splitlines())
        return "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines if line)
    return nh3.clean(
        body, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    ).strip()


def paragraphs(body: str) -> list[str]:
    """The text of each block in order, without markup; cells of a row are parted by a bar."""
    marked = _BLOCK_END.sub("\n", _CELL_END.sub(" | ", body))
    lines = html.unescape(re.sub(r"<[^>]*>", "", marked)).splitlines()
    return [line for raw in lines if (line := _BLANK.sub(" ", raw).strip().removesuffix(" |"))]


def text_of(body: str) -> str:
    """The plain text, a line a block: what is searched, scanned and compared."""
    return "\n".join(paragraphs(body))
