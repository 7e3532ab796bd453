"""The one way in: by content, never by name or by what the browser says."""

from dataclasses import dataclass

import puremagic

from portal.papers.intake.archives import check_archive
from portal.papers.intake.images import clean_image
from portal.papers.intake.names import clean_name
from portal.papers.intake.scanning import scan
from portal.papers.probing import find_active_content
from portal.refusals import RuleBroken

MAX_BYTES = 20 * 1024 * 1024
ACCEPTED = "PDF、JPG、PNG、Word（docx）、Excel（xlsx）和 OFD"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Kept:
    """What will be stored: a clean name, the true type, the bytes without metadata."""

    name: str
    mime: str
    content: bytes


def check_size(size: int, name: str) -> None:
    """Raises RuleBroken for an empty file or one above 20 MB."""
    if size == 0:
        raise RuleBroken(f"文件“{name}”是空的，请检查后重新选择。", field="file")
    if size > MAX_BYTES:
        raise RuleBroken(
            f"文件“{name}”有 {size / 1_048_576:.1f} MB，超过每个文件 20 MB 的上限。请压缩或分成几个文件上传。",
            field="file",
        )


def inspect(content: bytes, name: str) -> Kept:
    """What the file is and what of it is kept; raises RuleBroken when it is not let in.

    Pictures are decoded and written anew without metadata; the others are kept as they are
    after a look at everything inside them. The scanner of the settings, if any, sees the
    bytes as they came.
    """
    shown = clean_stem(name)
    if content.startswith(b"%PDF-"):
        mime, kept = "application/pdf", _checked_pdf(content, shown)
    elif content.startswith(b"\xff\xd8\xff"):
        mime, kept = "image/jpeg", clean_image(content, shown, "JPEG")
    elif content.startswith(b"\x89PNG\r\n\x1a\n"):
        mime, kept = "image/png", clean_image(content, shown, "PNG")
    elif content.startswith(b"PK\x03\x04"):
        mime, kept = check_archive(content, shown), content
    else:
        raise RuleBroken(_why_not(content, shown), field="file")
    scan(content, shown)
    return Kept(clean_name(name, mime), mime, kept)


def clean_stem(name: str) -> str:
    """The name as a message may repeat it: without path, control or direction marks."""
    stem = clean_name(name, "application/pdf").removesuffix(".pdf")
    extension = name.rpartition(".")[2]
    return f"{stem}.{extension}" if "." in name and extension.isalnum() and len(extension) <= 5 else stem


def _checked_pdf(content: bytes, name: str) -> bytes:
    fault = find_active_content(content)
    if fault:
        raise RuleBroken(f"PDF 文件“{name}”{fault}", field="file")
    return content


def _why_not(content: bytes, name: str) -> str:
    """The kindest true sentence about a file of another kind."""
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(_OLE):
        return f"文件“{name}”是旧版或者加密的 Office 文档，请去掉密码并另存为 docx、xlsx 或 PDF 后上传。"
    if head.startswith((b"<!doctype html", b"<html", b"<svg", b"<?xml", b"<script")) or b"<svg" in head:
        return f"文件“{name}”是网页或者矢量图形，不能接收。请打印为 PDF 后上传。"
    if content[4:8] == b"ftyp":
        return f"文件“{name}”是手机的 HEIC 照片或者视频，请另存为 JPG 后上传。"
    if content.startswith((b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")):
        return f"文件“{name}”的图片格式不能接收，请另存为 JPG 或 PNG 后上传。"
    if b"%PDF-" in content[:1024]:
        return f"PDF 文件“{name}”的开头有多余的内容，请重新导出后上传。"
    guess = _guess(content)
    described = f"（看起来是 {guess} 文件）" if guess else ""
    return f"文件“{name}”的格式不能接收{described}。可以上传 {ACCEPTED} 文件。"


def _guess(content: bytes) -> str:
    """puremagic's opinion, for the message only: it never lets anything in."""
    try:
        return puremagic.from_string(content[:4096]).lstrip(".").upper()
    except (puremagic.PureError, ValueError):
        return ""
