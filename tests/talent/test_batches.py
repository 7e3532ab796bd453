"""Tables taken into the registries: checked without effect, matched by identity, provenance kept, resumable."""

import csv
import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from portal.papers.batches import BatchState
from portal.refusals import RuleBroken
from portal.search import workflow as search
from talent import sweeps, workflow
from talent.models import Employment, Enterprise, OriginKind, Person, RegistryBatch
from talent.workflow import batches, loading
from tests.people.makers import make_clerk, valid_id_number, valid_uscc
from tests.talent.makers import at, make_builder, make_constructor, make_decision, make_person

pytestmark = pytest.mark.django_db


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[dict[str, Any]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    book.save(out)
    return out.getvalue()


def receive(kind: str, content: bytes) -> RegistryBatch:
    return batches.receive(
        ContentFile(content), kind=kind, source="省住房和城乡建设厅", name="名单.csv", by=None, at=at()
    )


def take(kind: str, rows: list[dict[str, Any]], *, write: Any = as_csv) -> RegistryBatch:
    """Received, checked and loaded."""
    batch = batches.check(receive(kind, write(rows)), at=at())
    return loading.load(batches.begin(batch, by=None, at=at()), at=at())


def people(count: int, first: int = 500) -> list[dict[str, Any]]:
    return [
        {"姓名": f"人员{n}", "证件号码": valid_id_number(n), "学历": "大学本科", "职称": "中级"}
        for n in range(first, first + count)
    ]


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_people_come_in_once_whatever_the_table_is_written_in(write):
    rows = people(3)

    first, again = take("people", rows, write=write), take("people", rows, write=write)

    assert (first.loaded, first.unchanged, first.faulty) == (3, 0, 0)
    assert (again.loaded, again.unchanged, again.faulty) == (0, 3, 0)
    person = Person.objects.get(name="人员500")
    assert (person.education, person.title, str(person.born_on), person.sex) == (
        "bachelor",
        2,
        "1990-01-01",
        "f",
    )
    assert person.origin.kind == OriginKind.IMPORT and person.party.id_number == valid_id_number(500)
    assert person.row_versions.count() == 1


def test_a_check_touches_nothing_and_names_each_fault_by_row_and_column():
    rows = [*people(2), {"姓名": "", "证件号码": "11010519491231002Y", "学历": "博士后", "职称": ""}]

    batch = batches.check(receive("people", as_csv(rows)), at=at())

    assert (batch.state, batch.rows, batch.faulty) == (BatchState.CHECKED, 3, 1)
    assert not Person.objects.exists()
    assert {(fault.row, fault.field) for fault in batch.faults.all()} == {
        (4, "姓名"), (4, "证件号码"), (4, "学历"),
    }  # fmt: skip
    assert "末位为数字或字母X" in batch.faults.get(field="证件号码").message


def test_a_stronger_origin_keeps_its_field_and_the_rest_is_updated():
    enterprise = make_builder(legal_representative="赵敏")
    workflow.state(enterprise, {"legal_representative": "钱宏"}, origin=make_decision())

    batch = take(
        "enterprises",
        [
            {
                "统一社会信用代码": enterprise.uscc,
                "企业名称": enterprise.name,
                "法定代表人": "孙丽",
                "注册地址": "滨河路2号",
            }
        ],
    )

    enterprise.refresh_from_db()
    assert (enterprise.legal_representative, enterprise.address) == ("钱宏", "滨河路2号")
    assert (batch.loaded, batch.withheld, batch.faulty) == (1, 1, 0)
    assert "不能改动" in batch.faults.get(field="法定代表人").message


def test_an_enterprise_new_to_the_registry_comes_in_with_its_party_and_is_found():
    code = valid_uscc(77)
    batch = take(
        "enterprises",
        [
            {
                "统一社会信用代码": code,
                "企业名称": "示范市滨河建筑有限公司",
                "法定代表人": "孙丽\t二",
                "注册地址": "",
            }
        ],
    )

    enterprise = Enterprise.objects.get(uscc=code)
    assert (batch.loaded, enterprise.region_code) == (1, code[2:8])
    assert (enterprise.party.id_number, enterprise.party.legal_representative) == (code, "孙丽\t二")
    assert enterprise.row_versions.count() == 1
    assert search.find("滨河建筑").count == 1


def test_what_a_table_leaves_empty_its_party_may_say_and_what_it_says_stands():
    take(
        "people", [*people(1), {"姓名": "赵敏", "证件号码": valid_id_number(900), "学历": "", "职称": "高级"}]
    )
    person = Person.objects.get(name="赵敏")
    assert {fact.field for fact in person.own_facts() if fact.is_open} == set(Person.own_fields) - {"title"}

    workflow.declare(person, {"education": "bachelor", "school": "示范大学"}, by=None, at=at())
    with pytest.raises(RuleBroken, match="“职称”不能自行修改"):
        workflow.declare(person, {"title": 0}, by=None, at=at())

    again = take(
        "people", [{"姓名": "赵敏", "证件号码": valid_id_number(900), "学历": "硕士研究生", "职称": ""}]
    )
    person.refresh_from_db()
    assert (again.loaded, person.education, person.school) == (1, "master", "示范大学")
    with pytest.raises(RuleBroken, match="“学历”不能自行修改"):
        workflow.declare(person, {"education": "doctor"}, by=None, at=at())


def test_a_thousand_rows_cost_no_more_statements_than_ten():
    take("people", people(10))
    changed = [row | {"职称": "高级"} for row in people(10)]
    with CaptureQueriesContext(connection) as few:
        take("people", changed)
    take("people", people(300, first=600))
    with CaptureQueriesContext(connection) as many:
        assert take("people", [row | {"职称": "高级"} for row in people(300, first=600)]).loaded == 300
    assert len(many) <= len(few)


def test_a_known_number_under_another_name_is_not_taken():
    person = make_person("李建国")

    batch = take("people", [{"姓名": "李建军", "证件号码": person.party.id_number, "学历": "", "职称": ""}])

    assert (batch.loaded, batch.faulty) == (0, 1)
    assert "李建国" not in batch.faults.get().message  # the table's owner is not told whose it is
    person.refresh_from_db()
    assert person.name == "李建国"


def test_an_interrupted_load_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr(batches, "STEP", 2)
    monkeypatch.setattr(loading, "STEP", 2)
    batch = batches.begin(batches.check(receive("people", as_csv(people(5))), at=at()), by=None, at=at())

    class Killed(Exception):
        pass

    def die(done: int, total: int) -> None:
        if done == 4:
            raise Killed

    with pytest.raises(Killed):
        loading.load(batch, at=at(), progress=die)
    assert Person.objects.count() == 4

    batch = loading.load(batch, at=at())
    assert (batch.state, batch.loaded, Person.objects.count()) == (BatchState.LOADED, 5, 5)
    assert loading.load(batch, at=at()).loaded == 5


def test_posts_join_people_and_enterprises_and_never_overlap():
    firm, other = make_builder(), make_builder("示范市乙建筑有限公司")
    take("people", people(2))
    rows = [
        {
            "证件号码": valid_id_number(500),
            "统一社会信用代码": firm.uscc,
            "岗位": "技术工人",
            "入职日期": "2026年1月5日",
            "离职日期": "",
        },
        {
            "证件号码": valid_id_number(500),
            "统一社会信用代码": other.uscc,
            "岗位": "技术工人",
            "入职日期": "2026/2/1",
            "离职日期": "",
        },
        {
            "证件号码": valid_id_number(499),
            "统一社会信用代码": firm.uscc,
            "岗位": "技术工人",
            "入职日期": "2026-01-05",
            "离职日期": "",
        },
        {
            "证件号码": valid_id_number(501),
            "统一社会信用代码": valid_uscc(999),
            "岗位": "技术工人",
            "入职日期": "2026-01-05",
            "离职日期": "",
        },
    ]

    batch = take("employments", rows)

    assert (batch.loaded, batch.faulty) == (1, 3)
    assert [fault.row for fault in batch.faults.order_by("row")] == [3, 4, 5]
    assert "尚未离职" in batch.faults.get(row=3).message
    rows[0]["离职日期"] = "2026-02-28"
    assert take("employments", rows[:1]).loaded == 1
    assert str(Employment.objects.get().valid_to) == "2026-02-28"


def test_registrations_keep_the_rule_of_one_enterprise():
    firm = make_builder()
    held = make_constructor(firm)
    take("people", people(1))
    common = {
        "注册类别": "注册建造师",
        "级别": "二级",
        "注册专业": "建筑工程、机电工程",
        "发证日期": "2026-01-01",
        "有效期至": "2028-12-31",
    }
    elsewhere = make_builder("示范市乙建筑有限公司")

    batch = take(
        "registrations",
        [
            {
                "证件号码": valid_id_number(500),
                "统一社会信用代码": firm.uscc,
                "注册证书编号": "示二9001",
                **common,
            },
            {
                "证件号码": held.person.party.id_number,
                "统一社会信用代码": elsewhere.uscc,
                "注册证书编号": "示二9002",
                **common,
            },
        ],
    )

    assert (batch.loaded, batch.faulty) == (1, 1)
    assert "示范市第一建筑工程有限公司注册至2028-12-31" in batch.faults.get().message
    assert Person.objects.get(name="人员500").is_professional


def test_what_is_no_such_table_is_refused_with_what_it_lacks():
    with pytest.raises(RuleBroken, match="第一行缺少证件号码"):
        receive("people", "姓名,学历\n张三,大学本科\n".encode())
    with pytest.raises(RuleBroken, match="不是CSV或者XLSX"):
        receive("people", b"PK\x03\x04 not a workbook")
    assert not RegistryBatch.objects.exists()


def test_the_head_uploads_a_table_on_its_page_and_mends_what_was_wrong(client):
    head = make_clerk("head")
    client.force_login(head)
    upload = SimpleUploadedFile(
        "人员.csv", as_csv([*people(1), {"姓名": "李建国", "证件号码": "123", "学历": "", "职称": ""}])
    )

    posted = {"kind": "people", "source": "省住房和城乡建设厅", "department": "", "table": upload}
    answer = client.post("/admin/talent/registrybatch/add/", posted)

    assert answer.status_code == 302
    assert sweeps.work_batches(at=at()) == 1
    batch = RegistryBatch.objects.get()
    page = client.get(f"/admin/talent/registrybatch/{batch.pk}/change/").content.decode()
    assert "第3行 证件号码：公民身份号码应为18位，现为3位。" in page
    faults = client.get(f"/admin/talent/registrybatch/{batch.pk}/faults.csv")
    assert "李建国,123,,,3,证件号码：" in b"".join(faults.streaming_content).decode()
    client.post(f"/admin/talent/registrybatch/{batch.pk}/deeds/begin/")
    assert sweeps.work_batches(at=at()) == 1 and sweeps.work_batches(at=at()) == 0
    assert Person.objects.get().name == "人员500"


def test_only_who_keeps_the_registries_may_bring_a_table():
    with pytest.raises(RuleBroken, match="没有导入登记数据的权限"):
        batches.receive(
            ContentFile(b"x"), kind="people", source="某处", name="x.csv", by=make_clerk("clerk"), at=at()
        )
