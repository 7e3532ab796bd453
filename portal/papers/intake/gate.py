"""The one way in: by content, never by name or by what the browser says."""

from dataclasses import dataclass

from portal.papers.intake.names import clean_name
from portal.refusals import RuleBroken

MAX_BYTES = 20 * 1024 * 1024


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
    """What the file is and what of it is kept; raises RuleBroken when it is not let in."""
    if content.startswith(b"%PDF-"):
        return Kept(clean_name(name, "application/pdf"), "application/pdf", content)
    if content.startswith(b"\xff\xd8\xff"):
        return Kept(clean_name(name, "image/jpeg"), "image/jpeg", content)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kept(clean_name(name, "image/png"), "image/png", content)
    raise RuleBroken(f"文件“{name}”的格式不能接收。", field="file")
