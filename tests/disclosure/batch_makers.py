"""Tables of documents to be taken over."""

import csv
import io

from django.core.files.base import ContentFile

from disclosure.models import ImportBatch
from disclosure.workflow import batches
from tests.disclosure.makers import at, make_column, make_publisher

HEADINGS = [
    "标题", "栏目", "发布机构", "发布日期", "成文日期", "文号", "主题分类", "体裁分类", "法定主动公开内容", "正文", "索引号",
    "不配解读的理由", "解读", "废止", "附件",
]  # fmt: skip


def make_row(title: str = "关于道路挖掘计划的公告", **cells: str) -> dict[str, str]:
    return {
        "标题": title,
        "栏目": "通知公告",
        "发布机构": "示范市住房和城乡建设局",
        "发布日期": "2024-06-14",
        "主题分类": "城乡建设、环境保护",
        "体裁分类": "公告",
        "法定主动公开内容": "20-15",
        "正文": "现将有关事项公告如下。",
        **cells,
    }


def make_table(*rows: dict[str, str], encoding: str = "utf-8-sig") -> ContentFile:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS)
    writer.writeheader()
    writer.writerows(rows)
    return ContentFile(text.getvalue().encode(encoding))


def make_batch(
    *rows: dict[str, str], files: ContentFile | None = None, encoding: str = "utf-8-sig"
) -> ImportBatch:
    make_publisher()
    make_column()
    return batches.receive(
        make_table(*rows, encoding=encoding), name="旧站.csv", by=None, at=at(), files=files
    )
