"""Documents taken over in bulk."""

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from disclosure import sweeps
from disclosure.models import BatchState, Document, DocumentLink, ImportBatch
from disclosure.workflow import batches, loading
from portal.audit.models import Entry
from portal.papers.batch_pages import faulty_table
from portal.people.models import PostRole
from portal.search import workflow as search
from tests.disclosure.batch_makers import HEADINGS, make_batch, make_row, make_table
from tests.disclosure.makers import BEIJING, at, make_column, make_published_document, make_publisher
from tests.papers.files import make_pdf
from tests.people.makers import make_clerk, make_department

pytestmark = pytest.mark.django_db


def run(batch: ImportBatch) -> ImportBatch:
    batch = batches.begin(batches.check(batch, at=at()), by=None, at=at())
    return loading.load(batch, at=at())


def faults(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return list(batch.faults.order_by("row", "pk").values_list("row", "field", "message"))


def test_a_table_in_the_encoding_of_a_spreadsheet_becomes_public_documents_that_are_found():
    batch = run(make_batch(make_row(), make_row("关于停水检修的公告"), encoding="gb18030"))

    assert (batch.state, batch.rows, batch.loaded, batch.faulty) == (BatchState.LOADED, 2, 2, 0)
    document = Document.objects.visible_to(None, at()).get(batch_row=2)
    assert document.current.title == "关于道路挖掘计划的公告"
    assert document.published_at.astimezone(BEIJING).isoformat() == "2024-06-14T09:00:00+08:00"
    assert document.index_no.endswith("/202406-00001")
    assert [hit.obj_id for hit in search.find("掘计").rows] == [str(document.key)]
    assert Entry.objects.filter(action="disclosure.document.imported").count() == 2


def test_the_dry_run_says_at_each_row_and_field_what_is_wrong_and_touches_nothing():
    batch = make_batch(
        make_row(),
        make_row("", 主题分类="天文", 发布日期="2024年6月"),
        make_row(正文="联系人电话13912345678", 发布机构="某局"),
        make_row(文号="示建发〔2024〕第7号", 成文日期="2024-06-15"),
        make_row(发布日期="2026-12-01"),
    )

    batch = batches.check(batch, at=at())

    assert (batch.rows, batch.faulty, Document.objects.count()) == (5, 4, 0)
    assert faults(batch) == [
        (3, "标题", "请填写标题。"),
        (3, "发布日期", "发布日期“2024年6月”不是日期，形如：2026-03-05。"),
        (3, "主题分类", "主题分类“天文”不在规定的分类中。"),
        (4, "发布机构", "发布机构“某局”：系统中没有。"),
        (4, "正文", "含有疑似个人信息139****5678，请遮盖后重新导入。"),
        (5, "成文日期", "成文日期不能晚于发布日期。"),
        (5, "文号", "文号的顺序号前不加“第”字，例如：示建许〔2026〕7号。"),
        (6, "发布日期", "发布日期不能晚于今天；待发布的文件请在工作台起草。"),
    ]


def test_the_good_rows_are_loaded_and_the_others_come_back_to_be_corrected_and_sent_again():
    batch = run(make_batch(make_row(), make_row("第二份", 主题分类="天文")))

    assert (batch.loaded, batch.faulty) == (1, 1)
    lines = list(faulty_table(batch, HEADINGS))
    assert lines[0][-2:] == ["行号", "问题"]
    assert lines[1][0] == "第二份" and lines[1][-1] == "主题分类：主题分类“天文”不在规定的分类中。"
    again = dict(zip(lines[0], lines[1], strict=True)) | {"主题分类": "其他"}
    corrected = run(make_batch({name: again[name] for name in HEADINGS}))
    assert (corrected.loaded, Document.objects.count()) == (1, 2)


def test_a_loader_that_dies_is_taken_up_where_it_stopped_and_loads_no_row_twice(monkeypatch):
    monkeypatch.setattr(loading, "STEP", 2)
    batch = make_batch(*(make_row(f"第{n}份文件") for n in range(5)))
    batch = batches.begin(batches.check(batch, at=at()), by=None, at=at())

    def die(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loading.load(batch, at=at(), progress=die)
    assert Document.objects.count() == 4
    batch = loading.load(batch, at=at())

    assert (batch.state, batch.loaded, batch.position) == (BatchState.LOADED, 5, 5)
    titles = Document.objects.order_by("batch_row").values_list("current__title", flat=True)
    assert list(titles) == [f"第{n}份文件" for n in range(5)]
    assert len(set(Document.objects.values_list("index_no", flat=True))) == 5
    assert loading.load(batch, at=at()).loaded == 5


def test_an_index_number_is_kept_and_never_given_twice():
    kept = "11990100000000009C/202001-00007"
    assert run(make_batch(make_row(索引号=kept))).loaded == 1
    batch = batches.check(
        make_batch(make_row(索引号=kept), make_row(索引号="7号"), make_row(), make_row()), at=at()
    )
    assert [(number, name) for number, name, _ in faults(batch)] == [(2, "索引号"), (3, "索引号")]


def test_a_publication_after_an_import_takes_the_number_behind_those_brought():
    make_publisher()
    given = "11990100000000009C/202603-00001", f"{make_publisher().uscc}/202603-00007"
    batch = run(make_batch(make_row(发布日期="2026-03-02"), *(make_row(索引号=number) for number in given)))

    assert (batch.loaded, batch.faulty) == (3, 0)
    assert Document.objects.get(batch_row=2).index_no.endswith("/202603-00008")
    assert make_published_document().index_no.endswith("/202603-00009")


def test_a_number_that_would_leave_none_for_others_is_asked_about():
    head = make_publisher().uscc
    rows = (make_row(索引号=f"{head}/{period}") for period in ("202603-99999", "202604-00001", "2025-99999"))
    batch = batches.check(make_batch(*rows), at=at())

    assert [(number, message[-16:]) for number, _, message in faults(batch)] == [
        (2, "，导入后本机构将无号可用，请核对。"[-16:]),
        (3, "-00001”的期间晚于今天，请核对。"[-16:]),
    ]


def test_a_policy_comes_with_its_interpretation_and_repeals_what_it_replaces():
    batch = run(
        make_batch(
            make_row(
                "旧办法", 体裁分类="行政规范性文件", 文号="示建规〔2019〕1号", 不配解读的理由="已有问答。"
            ),
            make_row("新办法", 体裁分类="行政规范性文件", 文号="示建规〔2024〕2号", 废止="示建规〔2019〕1号"),
            make_row("《新办法》解读", 体裁分类="政策解读", 解读="示建规〔2024〕2号"),
            make_row("没有解读的办法", 体裁分类="行政规范性文件", 文号="示建规〔2024〕3号"),
        )
    )

    assert (batch.loaded, [name for _, name, _ in faults(batch)]) == (3, ["不配解读的理由"])
    old = Document.objects.get(current__title="旧办法")
    assert old.get_validity_display() == "废止"
    links = {
        (link.kind, link.source.current.title, link.target.current.title)
        for link in DocumentLink.objects.all()
    }
    assert links == {("repeals", "新办法", "旧办法"), ("interprets", "《新办法》解读", "新办法")}


def test_files_come_in_an_archive_and_are_checked_like_any_upload():
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("附件/计划表.pdf", make_pdf())
        archive.writestr("附件/程序.pdf", b"MZ\x90\x00 not a document")
    batch = run(
        make_batch(
            make_row(附件="计划表.pdf"),
            make_row("第二份", 附件="程序.pdf"),
            make_row("第三份", 附件="没有的.pdf"),
            files=ContentFile(bundle.getvalue()),
        )
    )

    assert batch.loaded == 1
    document = Document.objects.get(batch=batch)
    assert [file.title for file in document.current.files.public()] == ["计划表"]
    assert [number for number, _, _ in faults(batch)] == [3, 4]


def test_the_office_uploads_a_table_reads_the_faults_and_lets_the_rest_in(client):
    make_publisher()
    make_column()
    client.force_login(make_clerk(PostRole.PUBLICITY, make_department("zwgk")))
    add = reverse("admin:disclosure_importbatch_add")

    refused = client.post(add, {"table": SimpleUploadedFile("x.csv", "标题,栏目\n".encode())})
    assert refused.status_code == 422 and "表格第一行缺少必需的栏：发布机构、" in refused.content.decode()
    table = make_table(make_row(), make_row("第二份", 主题分类="天文"))
    assert client.post(add, {"table": SimpleUploadedFile("旧站.csv", table.read())}).status_code == 302
    batch = ImportBatch.objects.get()
    assert sweeps.work_batches(at=at()) == 1
    page = client.get(reverse("admin:disclosure_importbatch_change", args=[batch.pk])).content.decode()
    assert "主题分类“天文”不在规定的分类中" in page and "开始导入" in page
    client.post(reverse("admin:disclosure_importbatch_deed", args=[batch.pk, "begin"]))
    assert sweeps.work_batches(at=at()) == 1 and sweeps.work_batches(at=at()) == 0

    batch.refresh_from_db()
    assert (batch.state, batch.loaded, batch.faulty) == (BatchState.LOADED, 1, 1)
    lines = client.get(reverse("admin:disclosure_importbatch_faults", args=[batch.pk])).getvalue().decode()
    assert lines.startswith("\ufeff标题,") and "第二份" in lines and "道路挖掘" not in lines
