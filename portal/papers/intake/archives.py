"""Documents that are ZIP archives: docx, xlsx and ofd, told apart by what is inside.

A bare ZIP, a macro document, a bomb, an encrypted or a two-faced archive is refused.
"""

import io
import re
import struct
import zipfile
import zlib

from portal.refusals import RuleBroken

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFD = "application/ofd"

MAX_MEMBERS = 3_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 150  # of one member above a megabyte; text packs some 20 to 1
_MAIN_PARTS = {
    DOCX: f"{DOCX}.main+xml".encode(),
    XLSX: f"{XLSX}.main+xml".encode(),
}
_OFD_SUFFIXES = (
    ".xml",
    ".jpg",
    ".jpeg",
    ".png",
    ".bmp",
    ".gif",
    ".tif",
    ".tiff",
    ".jb2",
    ".ttf",
    ".otf",
    ".ttc",
    ".esl",
    ".dat",
    ".cer",
)
_ACTIVE = re.compile(
    r"vbaproject|vbadata|activex|\.(?:bin|exe|dll|js|vbs|html?|svg|swf|jar|ocx)$|(?:^|/)(?:embeddings|macrosheets|customui\d*)/",
    re.I,
)
# Printer settings are binary, harmless and in nearly every workbook.
_HARMLESS = re.compile(r"^xl/printersettings/printersettings\d+\.bin$", re.I)
_OUTSIDE = re.compile(rb"<Relationship\b[^>]*>", re.S)


def check_archive(content: bytes, name: str) -> str:
    """The type of a document archive; raises RuleBroken when it is none or not let in."""
    try:
        _check_shape(content, name)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(members, name)
            parts = _unpack(archive, members, name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        struct.error,
        UnicodeDecodeError,
        OverflowError,
        ValueError,
    ) as fault:
        raise RuleBroken(f"文件“{name}”已损坏，请重新保存后上传。", field="file") from fault
    if "OFD.xml" in parts:
        _check_ofd(parts, name)
        return OFD
    if "[Content_Types].xml" in parts:
        return _office_type(parts, name)
    raise RuleBroken(f"文件“{name}”是压缩包，请解压后逐个上传其中的材料。", field="file")


def _check_shape(content: bytes, name: str) -> None:
    """The archive is the whole file: nothing before it, nothing after it."""
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or len(content) < end + 22:
        raise zipfile.BadZipFile("no end record")
    size, offset, comment = struct.unpack_from("<IIH", content, end + 12)
    if comment or end + 22 != len(content) or offset + size != end:
        raise RuleBroken(f"文件“{name}”的前后附有其他内容，请用办公软件重新保存后上传。", field="file")


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise RuleBroken(f"文件“{name}”展开后过大，不能接收。", field="file")
    if any(member.flag_bits & 0x41 for member in members):
        raise RuleBroken(f"文件“{name}”已加密，请去掉密码后上传。", field="file")
    names = [member.filename for member in members]
    if len({one.lower() for one in names}) != len(names):
        raise RuleBroken(f"文件“{name}”内有重名的部分，请用办公软件重新保存后上传。", field="file")
    for one in names:
        if one.startswith(("/", "\\")) or ".." in one.replace("\\", "/").split("/") or ":" in one:
            raise RuleBroken(f"文件“{name}”内有越界的路径，不能接收。", field="file")


def _unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> dict[str, bytes]:
    """The members that are looked into; all are read to their true end, whatever their header says."""
    parts, total = {}, 0
    for member in members:
        read, kept = 0, []
        wanted = member.filename.endswith((".xml", ".rels"))
        with archive.open(member) as stream:
            while chunk := stream.read(1 << 16):
                read += len(chunk)
                total += len(chunk)
                if total > MAX_UNPACKED or (
                    read > 1 << 20 and read > MAX_RATIO * max(1, member.compress_size)
                ):
                    raise RuleBroken(f"文件“{name}”展开后过大，不能接收。", field="file")
                if wanted:
                    kept.append(chunk)
        parts[member.filename] = b"".join(kept)
    return parts


def _office_type(parts: dict[str, bytes], name: str) -> str:
    types = parts["[Content_Types].xml"]
    if b"macroEnabled" in types or any(_ACTIVE.search(part) and not _HARMLESS.match(part) for part in parts):
        raise RuleBroken(
            f"文件“{name}”含有宏或者嵌入的程序、文件，请另存为不含宏的文档或 PDF 后上传。", field="file"
        )
    for part, content in parts.items():
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise RuleBroken(f"文件“{name}”内有不允许的声明，请用办公软件重新保存后上传。", field="file")
        if part.endswith(".rels") and any(_reaches_out(link) for link in _OUTSIDE.findall(content)):
            raise RuleBroken(f"文件“{name}”引用了外部的模板或对象，请另存为 PDF 后上传。", field="file")
    for mime, main in _MAIN_PARTS.items():
        if main in types:
            return mime
    raise RuleBroken(
        f"文件“{name}”不是 Word 或 Excel 文档，请另存为 docx、xlsx 或 PDF 后上传。", field="file"
    )


def _reaches_out(link: bytes) -> bool:
    """An external relationship other than a hyperlink a reader has to click."""
    return bool(re.search(rb"TargetMode\s*=\s*[\"']External", link)) and b"/hyperlink" not in link


def _check_ofd(parts: dict[str, bytes], name: str) -> None:
    """版式文档 GB/T 33190: a tree of XML, pictures, fonts and seals."""
    if b"ofdspec.org" not in parts["OFD.xml"]:
        raise RuleBroken(f"文件“{name}”不是规范的 OFD 版式文件，请重新导出。", field="file")
    for part, content in parts.items():
        if not part.endswith("/") and not part.lower().endswith(_OFD_SUFFIXES):
            raise RuleBroken(f"OFD 文件“{name}”带有附件，请去掉附件后上传。", field="file")
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise RuleBroken(f"文件“{name}”内有不允许的声明，请重新导出后上传。", field="file")
