import io
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.db import connection

from portal.audit import workflow as audit
from portal.audit.models import Heartbeat
from portal.papers import authority, tasks, workflow
from portal.papers.kinds import PaperKind
from portal.papers.models import Paper
from portal.papers.typesetting import typeset, verify_url
from tests.papers.makers import FRIDAY, FULL, SHORT, handed_out, make_paper
from tests.people.makers import make_department

pytestmark = pytest.mark.django_db


def read(paper: Paper) -> bytes:
    with default_storage.open(paper.file, "rb") as file:
        return file.read()


def words(pdf: bytes) -> str:
    return (
        "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
        .replace("\n", "")
        .replace(" ", "")
    )


def embedded_fonts(pdf: bytes) -> dict[str, bool]:
    """Every font of the file and whether its outlines are inside."""
    fonts = {}
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            described = inner["/FontDescriptor"].get_object()
            fonts[str(inner["/BaseFont"])] = any(key.startswith("/FontFile") for key in described)
    return fonts


@pytest.mark.parametrize("kind", PaperKind.values)
@pytest.mark.parametrize("more", [{}, SHORT, FULL], ids=["least", "short", "full"])
def test_every_kind_is_one_archival_page_with_its_fonts_inside(kind, more):
    paper = make_paper(kind, data=more.get(kind))
    pdf = typeset(paper)

    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    fonts = embedded_fonts(pdf)
    assert fonts and all(fonts.values())
    assert all("NotoSerifSC" in name or "NotoSansSC" in name for name in fonts)
    about = pypdf.PdfReader(io.BytesIO(pdf)).xmp_metadata
    assert (about.pdfaid_part, about.pdfaid_conformance) == ("2", "B")
    text = words(pdf)
    assert paper.number in text
    assert paper.data["applicant"] in text
    assert paper.check_code_label in text
    assert "不具有法律效力" in text


def test_a_refusal_says_why_on_what_law_and_where_to_go():
    text = words(typeset(make_paper("refusal", data=FULL["refusal"])))
    for part in (*FULL["refusal"]["reasons"], *FULL["refusal"]["basis"]):
        assert part in text
    assert "收到本决定书之日起六十日内向示范市人民政府申请行政复议" in text
    assert "收到本决定书之日起六个月内直接向示范市人民法院提起行政诉讼" in text


def test_short_words_are_set_in_full():
    supplement = words(typeset(make_paper("supplement_notice", data=SHORT["supplement_notice"])))
    assert "营业执照未盖章" in supplement and "（5个工作日内）" in supplement
    refusal = words(typeset(make_paper("not_accepted", data=SHORT["not_accepted"])))
    assert "（一）不属于本机关职权范围。" in refusal and "（二）申请表未签名。" in refusal
    certificate = words(typeset(make_paper("certificate", data=SHORT["certificate"])))
    assert certificate.count("示范市第一建筑工程有限公司") == 1
    receipt = words(typeset(make_paper("receipt", data=SHORT["receipt"])))
    assert receipt.count("逾期不告知") == 1


def test_an_acceptance_states_the_promised_day():
    assert "承诺于2026年10月22日前" in words(typeset(make_paper("acceptance")))


def test_a_long_paper_runs_on_and_its_seal_never_stands_alone():
    reasons = [
        f"第{n}项理由：申请材料所载内容与登记信息不一致，经两次核对仍未能说明差异的原因。" for n in range(40)
    ]
    pages = pypdf.PdfReader(io.BytesIO(typeset(make_paper("refusal", data={"reasons": reasons})))).pages
    assert len(pages) > 1
    assert "申请行政复议" in pages[-1].extract_text().replace("\n", "")


def test_what_an_applicant_types_is_text_and_never_markup():
    nasty = '#panic("x")*粗*$x$\\"<b>#sys.inputs《》'
    assert '#panic("x")*粗*$x$\\"<b>#sys.inputs《》' in words(
        typeset(make_paper("grant", data={"applicant": nasty}))
    )


def test_a_query_code_is_printed_and_nowhere_kept_readable():
    paper = make_paper("receipt", data=FULL["receipt"])
    assert "739204" in words(typeset(paper))
    assert "739204" not in str(Paper.objects.values_list("data", flat=True).get(pk=paper.pk))


def test_the_same_row_gives_the_same_page():
    paper = make_paper("grant")
    assert typeset(paper) == typeset(Paper.objects.get(pk=paper.pk))


def test_a_produced_paper_is_stored_hashed_and_on_record(settings):
    paper = workflow.produce(make_paper("grant"), at=FRIDAY)

    assert paper.state == "issued"
    assert (paper.produced_at, paper.size) == (FRIDAY, len(read(paper)))
    path = Path(default_storage.path(paper.file))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert str(paper.key) in verify_url(paper)
    entry = audit.history(paper).last()
    assert entry.action == "papers.paper.produced"
    assert (entry.facts["sha256"], len(entry.facts["sm3"])) == (paper.sha256, 64)


def test_signing_keeps_the_file_archival():
    pdf = pypdf.PdfReader(io.BytesIO(read(workflow.produce(make_paper("grant"), at=FRIDAY))))
    assert (pdf.xmp_metadata.pdfaid_part, pdf.xmp_metadata.pdfaid_conformance) == ("2", "B")
    assert pdf.trailer["/ID"] and not pdf.is_encrypted
    (widget,) = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
    printed, hidden = 4, 2
    assert widget["/F"] & printed and not widget["/F"] & hidden
    assert widget["/V"]["/SubFilter"] == "/ETSI.CAdES.detached"
    assert widget["/V"]["/Name"] == "示范市住房和城乡建设局"
    assert widget["/V"]["/Reference"][0]["/TransformParams"]["/P"] == 1  # no change allowed


def test_producing_twice_makes_one_file():
    paper = workflow.produce(make_paper("grant"), at=FRIDAY)
    again = workflow.produce(paper, at=FRIDAY + timedelta(days=1))
    assert (again.sha256, again.produced_at) == (paper.sha256, FRIDAY)
    assert audit.history(paper).filter(action="papers.paper.produced").count() == 1


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_ten_downloads_at_once_get_the_same_file():
    paper = make_paper("grant")

    def download(_: int) -> bytes:
        try:
            with handed_out(workflow.serve_paper(paper, at=FRIDAY)) as response:
                return b"".join(response.streaming_content)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        copies = set(pool.map(download, range(10)))

    assert len(copies) == 1
    assert audit.history(paper).filter(action="papers.paper.produced").count() == 1


def test_a_paper_revoked_before_it_was_made_is_never_made():
    paper = workflow.revoke(make_paper("grant"), reason="误发", by=None, at=FRIDAY)
    assert workflow.produce(paper, at=FRIDAY).file == ""
    assert workflow.produce_due(at=FRIDAY) == 0


def test_the_sweep_makes_what_is_due_and_leaves_a_heartbeat():
    papers = [make_paper("grant"), make_paper("receipt")]
    tasks.produce_papers()
    assert {Paper.objects.get(pk=paper.pk).state for paper in papers} == {"issued"}
    assert Heartbeat.objects.get(name="papers.produce_papers").note == "2份"
    assert workflow.produce_due(at=FRIDAY) == 0


def test_one_paper_that_cannot_be_made_does_not_hold_up_the_others(monkeypatch):
    broken, fine = make_paper("grant"), make_paper("receipt")
    real = typeset
    monkeypatch.setattr(
        "portal.papers.typesetting.typeset",
        lambda paper: real(paper) if paper.pk != broken.pk else (_ for _ in ()).throw(OSError("磁盘已满")),
    )
    with pytest.raises(OSError, match="磁盘已满"):
        workflow.produce_due(at=FRIDAY)
    assert Paper.objects.get(pk=fine.pk).state == "issued"
    assert Paper.objects.get(pk=broken.pk).state == "due"


def test_the_keys_are_readable_by_the_portal_only(settings, tmp_path):
    settings.SIGNING_DIR = tmp_path / "ca"
    workflow.produce(make_paper("grant"), at=FRIDAY)
    assert stat.S_IMODE((tmp_path / "ca").stat().st_mode) == 0o700
    keys = sorted(path.name for path in (tmp_path / "ca").glob("*.key"))
    assert keys == ["root.key", "zjj.key"]
    for path in (tmp_path / "ca").glob("*.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_in_production_no_key_is_made(settings, tmp_path):
    settings.SIGNING_DIR, settings.SIGNING_MAKES_KEYS = tmp_path / "ca", False
    paper = make_paper("grant")
    with pytest.raises(ImproperlyConfigured, match=r"root\.pem is missing"):
        workflow.produce(paper, at=FRIDAY)
    assert Paper.objects.get(pk=paper.pk).state == "due"
    assert not (tmp_path / "ca").exists()


def test_a_key_can_be_locked_with_a_passphrase(settings, tmp_path):
    settings.SIGNING_DIR, settings.SIGNING_PASSPHRASE = tmp_path / "ca", "示范口令"
    authority.signing_pair("zjj", make_department().name)
    assert b"ENCRYPTED PRIVATE KEY" in (tmp_path / "ca" / "zjj.key").read_bytes()


def test_two_processes_starting_at_once_make_one_root(settings, tmp_path):
    settings.SIGNING_DIR = tmp_path / "ca"
    with ThreadPoolExecutor(4) as pool:
        roots = {
            certificate.dump() for certificate in pool.map(lambda _: authority.root_certificate(), range(4))
        }
    assert len(roots) == 1


def test_the_download_carries_a_chinese_name_and_runs_nothing():
    paper = make_paper("acceptance")
    with handed_out(workflow.serve_paper(paper, at=FRIDAY)) as response:
        assert "%E5%8F%97%E7%90%86%E9%80%9A%E7%9F%A5%E4%B9%A6" in response["Content-Disposition"]
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert response["Cache-Control"] == "private, no-store"
