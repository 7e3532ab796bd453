"""What there is to share, and the files anyone may take: the public part, whole, and nothing else."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, now

from talent import workflow
from talent.models import Scope
from talent.sharing import open_data, resources, tables
from talent.sharing.open_data import DATASETS
from tests.approvals.makers import make_upload
from tests.people.makers import make_department
from tests.talent.makers import (
    at,
    make_builder,
    make_constructor,
    make_decision,
    make_person,
    make_qualification,
)

pytestmark = pytest.mark.django_db
FAR = date(2099, 1, 1)


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()


def read(client, code: str, form: str = "json"):
    answer = client.get(reverse(f"talent:open_{form}", args=[code]))
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return json.loads(text) if form == "json" else list(csv.reader(io.StringIO(text)))


def make_town():
    """A person and an enterprise on the register, others off it, and a record of each."""
    firm = make_builder("示范市宏远建筑工程有限公司", contact_phone="0990-7654321", address="=一路1号")
    gone = make_builder("示范市旧人建筑有限公司")
    held = make_constructor(firm, make_person("欧阳建国"), expires_on=FAR)
    make_person("欧阳建军")
    left = make_constructor(gone, make_person("司徒旧人"), expires_on=FAR)
    for one in (firm, gone):
        make_qualification(one, origin=make_decision(), valid_to=FAR)
    workflow.load_credit_items()
    day = localdate() - timedelta(days=60)
    for row, code in ((firm, "B103"), (held.person, None), (gone, "B103"), (left.person, None)):
        items = workflow.items_on(day)
        item = items.get(code=code) if code else items.filter(subject_type="person", is_good=False).first()
        workflow.enter_credit(
            row, item, decision_number=f"示建罚〔2026〕{row.pk}号", decided_on=day, organ="示范市住房和城乡建设局",
            facts="出借证书", department=make_department(), penalties=["fine"],
            evidence=make_upload(), by=None, at=now(),
        )  # fmt: skip
    for row in (gone, left.person):
        workflow.archive_record(row, reason="已经注销", by=None, at=at())
    return firm, held


def test_the_files_hold_what_is_public_and_nothing_else(client):
    firm, held = make_town()

    files = {code: read(client, code) for code in DATASETS}

    everything = json.dumps(files, ensure_ascii=False)
    assert {code: len(file["rows"]) for code, file in files.items()} == {
        "enterprises": 1, "qualifications": 1, "people": 1, "credit": 2,
    }  # fmt: skip
    for hidden in ("欧阳建国", "欧阳建军", "旧人", "7654321", held.person.party.id_number):
        assert hidden not in everything, hidden
    assert files["people"]["rows"][0]["name"] == "欧**国"
    assert {row["subject"] for row in files["credit"]["rows"]} == {firm.name, "欧某"}
    assert files["qualifications"]["rows"][0]["decision_number"] == "示建许〔2026〕1号"
    assert files["enterprises"]["licence"] and files["enterprises"]["date"] == localdate().isoformat()


def test_a_repaired_record_is_out_of_the_file_the_same_minute(client):
    firm, _ = make_town()
    assert len(read(client, "credit")["rows"]) == 2

    workflow.revoke_credit(firm.creditrecords.get(), reason="决定已被撤销", by=None, at=now())

    assert [row["subject_type"] for row in read(client, "credit")["rows"]] == ["人员"]


def test_the_table_says_what_its_schema_says_and_no_cell_is_a_formula(client):
    make_town()

    for code, dataset in DATASETS.items():
        table, rows = read(client, code, "csv"), read(client, code)["rows"]
        told = client.get(reverse("talent:open_schema", args=[code])).json()
        assert table[0] == [field["title"] for field in told["fields"]] == dataset.headings
        assert [field["name"] for field in told["fields"]] == list(rows[0])
    assert read(client, "enterprises", "csv")[1][4] == "'=一路1号"
    assert [tables.safe(value) for value in ("-1", "@x", "\tx", -5, None, "一")] == [
        "'-1",
        "'@x",
        "'\tx",
        -5,
        "",
        "一",
    ]


def test_a_file_is_read_in_portions_whatever_its_size(monkeypatch):
    monkeypatch.setattr(open_data, "A_READING", 3)
    for n in range(7):
        make_builder(f"示范市第{n}建筑有限公司")

    with CaptureQueriesContext(connection) as asked:
        rows = list(DATASETS["enterprises"].read(localdate()))

    assert (len(rows), len(asked)) == (7, 4)
    assert all("LIMIT 3" in query["sql"] for query in asked)


def test_the_catalogue_tells_each_field_its_condition_and_its_age(client):
    make_constructor(make_builder(), expires_on=FAR)

    page = client.get(reverse("talent:resources")).content.decode()

    for words in (
        "无条件共享",
        "有条件共享",
        "不予共享",
        "统一社会信用代码",
        "健康状况",
        "数据共享密钥",
        "不得用于识别特定自然人",
    ):
        assert words in page, words
    today = localdate()
    assert f"{today.year}年{today.month}月{today.day}日" in page
    assert (
        set(resources.CLASSES) == set(Scope) == {scope for one in resources.RESOURCES for scope in one.scopes}
    )


def test_taking_files_in_a_row_is_answered_in_chinese(client):
    address = reverse("talent:open_csv", args=["enterprises"])
    for _ in range(10):
        list(client.get(address).streaming_content)
    refused = client.get(address)
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "操作太频繁" in refused.content.decode()
