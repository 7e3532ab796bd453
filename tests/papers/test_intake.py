"""What is let in and what is not. The name and the browser's word never count."""

import io
import zipfile
import zlib

import pytest
from PIL import Image

from portal.papers import intake
from portal.papers.intake import archives, images
from portal.refusals import RuleBroken
from tests.papers import files


def refused(content: bytes, name: str = "材料.pdf") -> str:
    with pytest.raises(RuleBroken) as refusal:
        intake.inspect(content, name)
    assert refusal.value.field == "file"
    return str(refusal.value)


@pytest.mark.parametrize(
    ("content", "mime", "extension"),
    [
        (files.make_pdf(), "application/pdf", ".pdf"),
        (files.make_picture("JPEG"), "image/jpeg", ".jpg"),
        (files.make_picture("PNG"), "image/png", ".png"),
        (files.make_office(files.WORD), files.WORD, ".docx"),
        (files.make_office(files.SHEET), files.SHEET, ".xlsx"),
        (files.make_ofd(), "application/ofd", ".ofd"),
    ],
    ids=["pdf", "jpg", "png", "docx", "xlsx", "ofd"],
)
def test_each_kind_is_known_by_its_content_whatever_its_name(content, mime, extension):
    kept = intake.inspect(content, "营业执照.exe")
    assert (kept.mime, kept.name) == (mime, "营业执照" + extension)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<!DOCTYPE html><script>alert(1)</script>", "网页"),
        (b"\xef\xbb\xbf <svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "矢量图形"),
        (b"<?xml version='1.0'?><svg/>", "矢量图形"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版或者加密的 Office"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "HEIC"),
        (files.make_picture("GIF"), "另存为 JPG"),
        (b"MZ" + bytes(200), "不能接收"),
        (b"GIF89a" + files.make_pdf(), "另存为 JPG"),
        (b"junk\n" + files.make_pdf(), "开头有多余的内容"),
        (b"plain words", "格式不能接收"),
        (files.make_zip({"a.pdf": b"%PDF-"}), "压缩包"),
    ],
)
def test_anything_else_is_refused_in_words_that_help(content, why):
    assert why in refused(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (files.with_open_action(S="/JavaScript", JS="app.alert(1)"), "脚本"),
        (files.with_hidden_script(), "脚本"),
        (files.with_unreachable_script(), "脚本"),
        (files.with_open_action(S="/Launch", F="cmd.exe"), "打开程序"),
        (files.with_open_action(S="/GoToR", F="//server/share"), "打开程序"),
        (files.with_open_action(S="/SubmitForm", F="http://example.org"), "打开程序"),
        (files.make_pdf(lambda writer: writer.add_attachment("a.exe", b"MZ")), "内嵌了其他文件"),
        (files.make_pdf(lambda writer: writer.encrypt("secret")), "密码"),
        (files.with_external_stream(), "内嵌了其他文件"),
        (files.make_pdf()[:-300], "已损坏"),
        (b"%PDF-1.7\nnothing\n%%EOF", "已损坏"),
        (files.make_pdf() + files.make_zip({"a.txt": b"a"}), "已损坏|压缩包"),
        (files.make_pdf() + files.make_zip({"a.txt": b"a"}) + b"\n%%EOF", "压缩包"),
    ],
)
def test_a_pdf_that_acts_carries_or_hides_something_is_refused(content, why):
    said = refused(content)
    assert any(word in said for word in why.split("|")), said


def test_a_pdf_that_packs_a_gigabyte_into_a_page_does_not_take_the_portal_with_it():
    bomb = zlib.compress(bytes(1 << 30), 1)
    pdf = (
        b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"3 0 obj<</Type/XRef/W[1 2 1]/Size 9/Root 1 0 R/Filter/FlateDecode/Length "
        + str(len(bomb)).encode()
        + b">>stream\n"
        + bomb
        + b"\nendstream endobj\nstartxref\n55\n%%EOF"
    )
    said = refused(pdf)
    assert "过于复杂" in said or "已损坏" in said


def test_a_picture_keeps_its_pixels_upright_and_nothing_else():
    kept = intake.inspect(files.make_tracked_picture(), "现场照片.jpeg").content
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (48, 64)
        assert not dict(picture.getexif())
        assert picture.info.get("comment") is None
    assert b"SecretPhone" not in kept and b"secret" not in kept
    assert b"secret" not in intake.inspect(files.make_noted_png(), "a.png").content


def test_what_was_appended_to_a_picture_is_gone():
    kept = intake.inspect(files.make_picture("JPEG") + b"<script>alert(1)</script>", "a.jpg").content
    assert b"<script>" not in kept
    kept = intake.inspect(files.make_picture("PNG") + files.make_zip({"a": b"a"}), "a.png").content
    assert not zipfile.is_zipfile(io.BytesIO(kept))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_colour_mode_are_kept(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, kind)
    assert intake.inspect(out.getvalue(), "a").mime == f"image/{kind.lower()}"


def test_the_same_picture_gives_the_same_bytes():
    picture = files.make_tracked_picture()
    assert intake.inspect(picture, "a.jpg").content == intake.inspect(picture, "b.jpg").content


def test_a_picture_too_large_to_open_safely_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 1000)
    assert "像素" in refused(files.make_picture("PNG"))


def test_a_broken_picture_is_refused():
    assert "已损坏" in refused(files.make_picture("JPEG")[:200])
    assert "已损坏" in refused(b"\x89PNG\r\n\x1a\n" + bytes(50))


EXTERNAL = b'<Relationships><Relationship Id="1" Type="http://x/attachedTemplate" Target="http://x/a.dotm" TargetMode="External"/></Relationships>'
LINK = b'<Relationships><Relationship Id="1" Type="http://x/hyperlink" Target="http://x/" TargetMode="External"/></Relationships>'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (files.make_office(extra={"word/vbaProject.bin": b"x"}), "宏"),
        (files.make_office(main="application/vnd.ms-word.document.macroEnabled.main+xml"), "宏"),
        (files.make_office(extra={"word/embeddings/oleObject1.bin": b"x"}), "嵌入"),
        (files.make_office(extra={"word/activeX/activeX1.xml": b"x"}), "嵌入"),
        (files.make_office(extra={"xl/macrosheets/sheet1.xml": b"x"}), "宏"),
        (files.make_office(extra={"word/run.exe": b"MZ"}), "嵌入"),
        (files.make_office(rels=EXTERNAL), "外部的模板"),
        (files.make_office(extra={"word/a.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}), "声明"),
        (files.make_office(extra={"../../etc/passwd": b"x"}), "越界"),
        (
            files.make_office(main="application/vnd.openxmlformats-officedocument.presentationml.main+xml"),
            "不是 Word",
        ),
        (files.make_office() + b"<script>", "附有其他内容"),
        (files.make_ofd({"Doc_0/Attachs/run.exe": b"MZ"}), "附件"),
        (files.make_zip({"OFD.xml": b"<nothing/>"}), "不是规范的 OFD"),
        (files.make_office()[:-40], "已损坏"),
    ],
)
def test_a_document_with_something_active_or_false_inside_is_refused(content, why):
    assert why in refused(content, "申请书.docx")


def test_a_document_with_a_web_link_is_fine():
    assert intake.inspect(files.make_office(rels=LINK), "a.docx").mime == files.WORD


def test_an_archive_behind_another_file_is_refused():
    assert "格式不能接收" in refused(b"MZ program " + files.make_office(), "申请书.docx")


def test_an_encrypted_document_is_refused():
    content = bytearray(files.make_office())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(mark)
        while start >= 0:
            content[start + place] |= 1
            start = content.find(mark, start + 4)
    assert "已加密" in refused(bytes(content), "申请书.docx")


def test_a_bomb_is_refused_by_what_it_unpacks_to(monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED", 4 << 20)
    assert "展开后过大" in refused(files.make_office(extra={"word/a.xml": bytes(8 << 20)}), "a.docx")


def test_a_bomb_that_lies_about_its_size_is_refused():
    content = bytearray(files.make_office(extra={"word/a.xml": bytes(40 << 20)}))
    real = (40 << 20).to_bytes(4, "little")
    assert real in content
    lying = bytes(content).replace(real, (100).to_bytes(4, "little"))
    said = refused(lying, "a.docx")
    assert "展开后过大" in said or "已损坏" in said


def test_two_members_of_one_name_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("[Content_Types].xml", b"a")
        archive.writestr("[Content_Types].xml", b"b")
    assert "重名" in refused(out.getvalue(), "a.docx")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("营业执照.pdf", "营业执照.pdf"),
        ("C:\\Users\\me\\营业执照.PDF", "营业执照.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("合同.pdf.exe", "合同.pdf"),
        ("a\u202efdp.exe", "afdp.pdf"),
        ('坏"名<字>|\r\n头: 值.pdf', "坏 名 字 头 值.pdf"),
        ("", "材料.pdf"),
        ("....", "材料.pdf"),
        ("长" * 300 + ".pdf", "长" * 80 + ".pdf"),
        (".htaccess", "htaccess.pdf"),
        ("第1.2条说明.pdf", "第1.2条说明.pdf"),
    ],
)
def test_a_name_is_kept_without_path_marks_or_tricks(given, kept):
    assert intake.clean_name(given, "application/pdf") == kept


def test_an_empty_file_and_one_too_large_are_told_apart():
    with pytest.raises(RuleBroken, match="是空的"):
        intake.check_size(0, "a.pdf")
    with pytest.raises(RuleBroken, match=r"有 25\.0 MB，超过每个文件 20 MB"):
        intake.check_size(25 * 1024 * 1024, "a.pdf")
