import io
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from disclosure import file_text, scanning
from disclosure.models import PersonalData
from disclosure.workflow import documents, files, review, scans
from portal.papers.intake.archives import DOCX, XLSX
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.disclosure import makers
from tests.disclosure.makers import CHECKED, at
from tests.people.makers import valid_id_number

TODAY = date(2026, 3, 9)
ID = valid_id_number(7)
MOBILE = "13912345678"


def luhn_card(body: str = "622202123456789012") -> str:
    return next(body + digit for digit in "0123456789" if scanning.is_luhn(body + digit))


def kinds(text: str) -> list[str]:
    return [seen.kind for seen in scanning.scan(text, today=TODAY)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"身份证号{ID}。", [PersonalData.ID_CARD]),
        (f"{ID[:6]} {ID[6:14]} {ID[14:]}", [PersonalData.ID_CARD]),
        ("".join(chr(ord(c) + 0xFEE0) for c in ID), [PersonalData.ID_CARD]),
        (f"电话{MOBILE}，", [PersonalData.MOBILE]),
        ("139-1234-5678", [PersonalData.MOBILE]),
        ("+86 13912345678", [PersonalData.MOBILE]),
        (f"开户行账号{luhn_card()}", [PersonalData.BANK_CARD]),
        (f"{ID}、{MOBILE}", [PersonalData.ID_CARD, PersonalData.MOBILE]),
    ],
)
def test_personal_numbers_are_found_however_they_are_written(text, found):
    assert kinds(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "咨询电话0990-6543210，12345热线",
        "统一社会信用代码91990100MA0000001G",
        "索引号91990100MA0000001G/202603-00013",
        "示府办〔2026〕7号",
        ID[:-1] + ("0" if ID[-1] != "0" else "1"),
        "6222021234567890120" if not scanning.is_luhn("6222021234567890120") else "6222021234567890121",
        "金额13912345678.50元的合同",
        "0000000000000000",
        "项目代码2026-139123-45678901-23",
    ],
)
def test_public_numbers_are_left_alone(text):
    assert kinds(text) == []


def test_what_is_found_is_shown_and_masked_with_its_ends_only():
    text = f"{ID}和{MOBILE}和{luhn_card()}"
    masked = scanning.mask(text, today=TODAY)
    assert kinds(masked) == []
    assert masked.startswith(f"{ID[:4]}**********{ID[-4:]}和139****5678和6222")
    assert all(seen.value not in seen.shown for seen in scanning.scan(text, today=TODAY))


def docx(*runs: str) -> bytes:
    """A small document whose one paragraph is split into runs."""
    body = "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return archive({"word/document.xml": f"<w:document><w:body><w:p>{body}</w:p></w:body></w:document>"})


def archive(parts: dict[str, str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return held.getvalue()


def test_text_is_read_from_word_and_excel():
    assert ID in file_text.read(docx("身份证", ID[:9], ID[9:]), DOCX)
    shared = archive(
        {
            "xl/sharedStrings.xml": f"<sst><si><t>姓名</t></si><si><t>{ID}</t></si></sst>",
            "xl/worksheets/sheet1.xml": f"<sheetData><row><c><v>{MOBILE}</v></c><c><v>1</v></c></row></sheetData>",
        }
    )
    text = file_text.read(shared, XLSX)
    assert {ID, MOBILE} <= set(text.splitlines())


def text_pdf(text: str) -> bytes:
    import typst

    return typst.compile(f"#set page(width: 10cm, height: 5cm)\n{text}".encode())


def test_text_is_read_from_a_pdf():
    assert MOBILE in file_text.read(text_pdf(f"TEL {MOBILE}"), "application/pdf")


def test_a_file_without_text_or_with_a_broken_inside_has_none():
    assert file_text.read(b"%PDF-1.7 broken", "application/pdf") == ""
    assert file_text.read(b"PK broken", DOCX) == ""
    assert file_text.read(b"...", "image/png") == ""


@pytest.mark.django_db
def test_a_number_in_the_text_stops_the_secrecy_review_until_it_is_masked():
    version = makers.make_draft(body=f"联系人王某，身份证号{ID}，手机{MOBILE}。")
    assert [finding.shown for finding in version.findings.order_by("pk")] == [
        f"{ID[:4]}**********{ID[-4:]}",
        "139****5678",
    ]
    assert not any(ID in str(finding.__dict__) for finding in version.findings.all())
    version = review.submit(version, by=version.author, at=at())
    version = review.review(version, opinion="同意", by=makers.make_staff(PostRole.REVIEWER), at=at())
    secrecy = makers.make_staff(PostRole.SECRECY)
    with pytest.raises(RuleBroken, match="2处疑似个人信息"):
        review.secrecy_review(version, checklist=CHECKED, opinion="同意", by=secrecy, at=at())

    version = review.return_to_author(version, reason="请遮盖个人信息。", by=secrecy, at=at())
    version = scans.mask(version, by=version.author, at=at())

    assert not version.findings.exists()
    assert ID not in version.body + version.text
    assert "139****5678" in version.text


@pytest.mark.django_db
def test_a_reviewer_lets_a_number_stand_with_a_reason_and_it_stays_passed():
    version = makers.make_draft(body=f"本局值班手机{MOBILE}。")
    finding = version.findings.get()
    with pytest.raises(RuleBroken, match="您当前没有该岗位"):
        scans.override(finding, reason="值班电话", by=version.author, at=at())
    reviewer = makers.make_staff(PostRole.REVIEWER)
    with pytest.raises(RuleBroken) as refusal:
        scans.override(finding, reason=" ", by=reviewer, at=at())
    assert refusal.value.field == "reason"

    scans.override(finding, reason="对外公布的值班电话。", by=reviewer, at=at())
    documents.edit(version, by=version.author, at=at(), summary="另写一句概述")

    assert version.findings.get().overridden_by == reviewer
    scans.require_clear(version)


@pytest.mark.django_db
def test_a_number_in_an_attachment_is_found_and_an_internal_original_is_not_published():
    version = makers.make_draft()
    upload = SimpleUploadedFile("名单.pdf", text_pdf(f"TEL {MOBILE}"), content_type="application/pdf")

    row = files.attach(version, file=upload, by=version.author, at=at(), title="名单")
    assert version.findings.get().place == "附件“名单”"
    files.detach(row, by=version.author, at=at())
    assert not version.findings.exists()

    upload.seek(0)
    files.attach(version, file=upload, by=version.author, at=at(), title="原件", is_public_copy=False)
    assert not version.findings.exists()
