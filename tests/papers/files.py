"""Files as people and attackers send them, made in memory."""

import io
import zipfile
from collections.abc import Callable

import pypdf
from PIL import Image, PngImagePlugin
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def make_pdf(change: Callable[[pypdf.PdfWriter], object] | None = None, *, pages: int = 1) -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_open_action(**action: str) -> bytes:
    """A PDF that does something when it is opened: ``S="/Launch"`` and the like."""

    def change(writer: pypdf.PdfWriter) -> None:
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {
                NameObject(f"/{key}"): NameObject(value) if value.startswith("/") else TextStringObject(value)
                for key, value in action.items()
            }
        )

    return make_pdf(change)


def with_hidden_script() -> bytes:
    """The script's name stands inside a compressed object stream, written with an escape."""
    plain = with_open_action(S="/JavaScript", JS="app.alert(1)")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(plain))
    body = b"<< /S /JavaScript /#4aS (app.alert(1)) >>"
    stream = DecodedStreamObject()
    stream.set_data(b"9 0 " + body)
    stream.update(
        {NameObject("/Type"): NameObject("/ObjStm"), NameObject("/N"): pypdf.generic.NumberObject(1)}
    )
    del writer.root_object["/OpenAction"]
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue().replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /Java#53cript >>")


def with_unreachable_script() -> bytes:
    """An object no cross-reference reaches, for readers that rebuild the table."""
    return make_pdf().replace(b"%%EOF", b"99 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj\n%%EOF")


def with_external_stream() -> bytes:
    def change(writer: pypdf.PdfWriter) -> None:
        stream = DecodedStreamObject()
        stream.set_data(b"")
        stream[NameObject("/F")] = TextStringObject("\\\\server\\share")
        writer.pages[0][NameObject("/Contents")] = ArrayObject([writer._add_object(stream)])

    return make_pdf(change)


def make_picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **options)
    return out.getvalue()


def make_tracked_picture() -> bytes:
    """A photo lying on its side, with where and by whom it was taken."""
    picture = Image.new("RGB", (64, 48), (200, 30, 30))
    exif = picture.getexif()
    exif[0x0112] = 6  # turn right
    exif[0x010F] = "SecretPhone"
    exif[0x8825] = {1: "N", 2: (39.0, 54.0, 20.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"secret comment")
    return out.getvalue()


def make_noted_png() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "secret author")
    return make_picture("PNG", pnginfo=notes)


def make_zip(parts: dict[str, bytes], *, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def make_office(
    mime: str = WORD, extra: dict[str, bytes] | None = None, *, main: str = "", rels: bytes = b""
) -> bytes:
    types = (
        f'<Types><Override PartName="/word/document.xml" ContentType="{main or mime + ".main+xml"}"/></Types>'
    )
    return make_zip(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": rels or b"<Relationships/>",
            "word/document.xml": b"<document>" + "申请书".encode() + b"</document>",
            **(extra or {}),
        }
    )


def make_ofd(extra: dict[str, bytes] | None = None) -> bytes:
    return make_zip(
        {
            "OFD.xml": b'<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" DocType="OFD"/>',
            "Doc_0/Document.xml": b"<ofd:Document/>",
            **(extra or {}),
        }
    )
