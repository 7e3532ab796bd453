"""Anyone can learn whether a paper is genuine, and nobody can learn more than that."""

import io
from datetime import date

import pypdf
import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.papers import authority, probe, signing, workflow
from portal.papers.models import Attachment, Paper
from portal.papers.typesetting import typeset
from portal.papers.verification import check_file, find_paper, standing
from portal.refusals import RuleBroken
from tests.papers import files
from tests.papers.makers import FRIDAY, FULL, make_paper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asked_yet():
    cache.clear()


def issued(kind: str = "grant", **fields: object) -> tuple[Paper, bytes]:
    paper = workflow.produce(make_paper(kind, **fields), at=FRIDAY)
    with default_storage.open(paper.file, "rb") as file:
        return paper, file.read()


def test_the_issued_file_is_valid_and_signed_by_its_department():
    paper, content = issued()
    finding = check_file(content)
    assert (finding.verdict, finding.paper) == ("good", paper)
    assert finding.signer == "示范市住房和城乡建设局电子印章"


@pytest.mark.parametrize("share", [0.3, 0.999])
def test_a_flipped_byte_makes_it_invalid(share):
    _, content = issued()
    flipped = bytearray(content)
    flipped[int(len(content) * share)] ^= 1
    finding = check_file(bytes(flipped))
    assert (finding.verdict, finding.is_valid, finding.paper) == ("altered", False, None)
    assert "被改动过" in finding.reason


def test_a_byte_flipped_in_the_signature_itself_makes_it_invalid():
    _, content = issued()
    padding = content.rfind(b"000000>")
    finding = check_file(content[:padding] + b"1" + content[padding + 1 :])
    assert (finding.is_valid, finding.paper) == (False, None)


def test_no_part_of_the_signed_file_is_left_unguarded():
    _, content = issued()
    root = authority.root_certificate().dump()
    assert probe.verify(content, root)["verdict"] == "good"
    end = content.rfind(b"/Contents <")
    for place in range(100, end, end // 25):
        flipped = content[:place] + bytes([content[place] ^ 32]) + content[place + 1 :]
        assert probe.verify(flipped, root)["verdict"] == "altered"


def test_appended_content_is_told_apart():
    _, content = issued()
    out = io.BytesIO(content)
    writer = pypdf.PdfWriter(io.BytesIO(content), incremental=True)
    writer.add_blank_page(595, 842)
    writer.write(out)
    assert check_file(out.getvalue()).verdict == "appended"
    assert not check_file(content + b"\n% more\n").is_valid


def test_a_file_signed_by_somebody_else_is_foreign(settings, tmp_path):
    paper = make_paper()
    settings.SIGNING_DIR = tmp_path / "theirs"
    forged = signing.sign(typeset(paper), department=paper.department, at=FRIDAY)
    settings.SIGNING_DIR = tmp_path / "ours"
    finding = check_file(forged)
    assert (finding.verdict, finding.signer) == ("foreign", "")


def test_a_good_signature_on_a_paper_nobody_issued_is_unknown():
    paper = make_paper()
    draft = signing.sign(typeset(paper), department=paper.department, at=FRIDAY)
    assert check_file(draft).verdict == "unknown"


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (files.make_pdf(), "unsigned"),
        (files.make_picture(), "not_pdf"),
        (b"%PDF-1.7 nothing", "damaged"),
        (b"", "not_pdf"),
    ],
)
def test_what_is_no_paper_of_ours_is_said_plainly(content, verdict):
    finding = check_file(content)
    assert (finding.verdict, finding.is_valid) == (verdict, False)
    assert finding.reason


def test_a_revoked_paper_is_invalid_with_its_reason():
    paper, content = issued()
    workflow.revoke(paper, reason="申请材料虚假", by=None, at=FRIDAY)
    finding = check_file(content)
    assert (finding.verdict, finding.is_valid) == ("revoked", False)
    assert "2026年9月18日撤销" in finding.reason and "申请材料虚假" in finding.reason


def test_a_certificate_past_its_date_is_said_to_be():
    paper, _ = issued("certificate", data=FULL["certificate"])
    assert standing(paper, date(2029, 9, 17)).word == "有效"
    assert standing(paper, date(2029, 9, 18)).word == "已过有效期"


def test_a_check_code_is_found_however_it_is_typed():
    paper = make_paper("receipt")
    code = paper.check_code
    for typed in (code, code.lower(), paper.check_code_label, f" {code[:4]} {code[4:]} "):
        assert find_paper(typed) == paper


def test_a_public_paper_is_found_by_its_number_and_a_private_one_is_not():
    grant, receipt = make_paper("grant"), make_paper("receipt")
    assert find_paper(grant.number.replace("〔", "[").replace("〕", "]")) == grant
    with pytest.raises(RuleBroken) as private:
        find_paper(receipt.number)
    with pytest.raises(RuleBroken) as absent:
        find_paper("示建收〔2026〕999号")
    assert str(private.value) == str(absent.value)


def test_a_certificate_is_found_by_a_number_of_its_own_shape():
    paper = make_paper("certificate", number="（示）JZ安许证字〔2026〕000123")
    assert find_paper("（示）JZ安许证字〔2026〕000123") == paper


def test_the_page_of_the_code_shows_what_anyone_may_know(client: Client):
    paper, _ = issued("grant", data={"applicant": "王小明", "applicant_kind": "natural"})
    page = client.get(reverse("papers:verify_key", args=[paper.key])).content.decode()
    for shown in (
        paper.title,
        paper.number,
        "王*明",
        "示范市住房和城乡建设局",
        "2026年9月18日",
        "有效",
        paper.sha256[:16],
    ):
        assert shown in page
    for hidden in ("王小明", paper.sha256, paper.data["case_number"], paper.check_code):
        assert hidden not in page
    assert 'name="robots" content="noindex"' in page


def test_an_unknown_key_is_not_found(client: Client):
    assert client.get("/verify/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_a_typed_code_leads_to_the_page_of_the_paper(client: Client):
    paper = make_paper()
    response = client.post("/verify/", {"number": paper.check_code_label})
    assert response["Location"] == reverse("papers:verify_key", args=[paper.key])


@pytest.mark.parametrize("typed", ["", "  ", "不存在", "x" * 500, "' OR 1=1 --", "\x00"])
def test_what_is_not_found_is_said_at_the_field(client: Client, typed):
    response = client.post("/verify/", {"number": typed})
    assert response.status_code == 422
    assert 'id="id_number_error"' in response.content.decode()


def test_an_uploaded_file_is_checked_and_not_kept(client: Client):
    paper, content = issued()
    before = Attachment.objects.count()

    page = client.post("/verify/", {"file": SimpleUploadedFile("许可.pdf", content)})
    assert page.status_code == 200
    assert "完全一致" in page.content.decode() and paper.number in page.content.decode()

    bad = client.post("/verify/", {"file": SimpleUploadedFile("许可.pdf", content.replace(b"0", b"1", 1))})
    assert "无效" in bad.content.decode() and "完全一致" not in bad.content.decode()
    assert Attachment.objects.count() == before


def test_an_upload_without_a_file_or_an_empty_one_is_said_at_the_field(client: Client):
    for data in ({}, {"file": SimpleUploadedFile("a.pdf", b"")}):
        response = client.post("/verify/", data)
        assert response.status_code == 422
        assert 'id="id_file_error"' in response.content.decode()


def test_asking_too_often_is_slowed_down(client: Client, monkeypatch):
    monkeypatch.setattr("portal.papers.views.LOOKUPS_A_MINUTE", 3)
    monkeypatch.setattr("portal.papers.views.UPLOADS_A_MINUTE", 2)
    answers = [client.post("/verify/", {"number": "不存在"}).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 429, 429]
    answers = [client.post("/verify/", {}).status_code for _ in range(3)]
    assert answers == [422, 422, 429]
    assert client.get("/verify/").status_code == 200
