"""Insurance and penalties in tables: matched by number, told once, refused with what to mend."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from portal.audit.models import Entry
from portal.notices.models import Notice
from portal.refusals import RuleBroken
from talent import workflow
from talent.models import CreditRecord, Flag, FlagKind, Insurance, RegistryBatch
from talent.workflow import batches, loading
from tests.people.makers import make_clerk, make_department, valid_id_number, valid_uscc
from tests.talent.makers import DAY, at, make_builder, make_constructor, make_person
from tests.talent.test_batches import as_csv

pytestmark = pytest.mark.django_db


def take(kind: str, rows: list[dict[str, Any]]) -> RegistryBatch:
    batch = batches.receive(
        ContentFile(as_csv(rows)), kind=kind, source="市信用平台", name="表.csv", department=make_department(),
        by=None, at=at(),
    )  # fmt: skip
    batch = batches.check(batch, at=at())
    return loading.load(batches.begin(batch, by=None, at=at()), at=at())


def payment(
    number: str, month: str, *, payer: str = "示范市乙建筑有限公司", until: str = ""
) -> dict[str, str]:
    return {
        "证件号码": number, "缴费单位": payer, "统一社会信用代码": valid_uscc(88), "缴费月份": month,
        "缴费月份止": until,
    }  # fmt: skip


def penalty(**told: str) -> dict[str, str]:
    blank = dict.fromkeys(("统一社会信用代码", "证件号码", "行为编码", "罚款金额（万元）", "公示截止期"), "")
    return blank | {
        "行政相对人名称": "示范市第一建筑工程有限公司", "行政处罚决定书文号": "示应急罚〔2026〕3号", "违法事实": "未设置安全警示标志",
        "处罚类别": "警告、罚款", "处罚决定日期": "2026-03-02", "处罚机关": "示范市应急管理局",
    } | told  # fmt: skip


def test_insurance_paid_elsewhere_raises_the_suspicion_and_is_told_once():
    held = make_constructor(make_builder())
    number = held.person.party.id_number
    month = f"{DAY:%Y}年{DAY.month}月"
    start = date(DAY.year - 1, DAY.month, 1)

    first = take("insurance", [payment(number, f"{start:%Y%m}", until=month)])
    again = take("insurance", [payment(number, f"{DAY:%Y-%m}")])

    assert (first.loaded, Insurance.objects.count()) == (1, 13)
    assert (again.loaded, again.unchanged) == (0, 1)
    flag = Flag.objects.get(kind=FlagKind.INSURANCE)
    assert flag.person == held.person and "示范市乙建筑有限公司缴纳" in flag.sentence


def test_insurance_rows_are_refused_with_what_to_mend():
    make_person("李建国")
    rows = [
        payment(valid_id_number(700), "2026-01"),
        payment(make_person("王芳").party.id_number, "2026-13"),
        payment(make_person("赵敏").party.id_number, "2026-01", until="2025-12"),
    ]

    batch = batches.check(
        batches.receive(
            ContentFile(as_csv(rows)),
            kind="insurance",
            source="市社会保险经办机构",
            name="x",
            by=None,
            at=at(),
        ),
        at=at(),
    )
    assert {(fault.row, fault.field) for fault in batch.faults.all()} == {(3, "缴费月份"), (4, "缴费月份止")}
    batch = loading.load(batches.begin(batch, by=None, at=at()), at=at())
    assert (batch.loaded, batch.faulty, Insurance.objects.count()) == (0, 3, 0)
    assert "人才库中没有此人" in batch.faults.get(row=2).message


def test_penalties_are_credit_records_with_entry_notice_and_last_day():
    workflow.load_credit_items()
    firm, person = make_builder(), make_person("李建国")
    code, number = firm.uscc, person.party.id_number

    batch = take(
        "penalties",
        [
            penalty(统一社会信用代码=code, **{"罚款金额（万元）": "1.5"}),
            penalty(
                证件号码=number, 行政相对人名称="李建国", 行为编码="B411", 公示截止期="2028-03-01",
                行政处罚决定书文号="示应急罚〔2026〕4号",
            ),
        ],
    )  # fmt: skip

    assert (batch.loaded, batch.faulty) == (2, 0)
    record = CreditRecord.objects.get(enterprise=firm)
    assert (record.item.code, record.penalties, str(record.fine)) == ("B601", ["warning", "fine"], "1.500000")
    assert record.public_until > DAY and record.origin == batch.origin
    theirs = CreditRecord.objects.get(person=person)
    assert (theirs.item.code, theirs.public_until) == ("B411", date(2028, 3, 1))
    assert Entry.objects.filter(action="talent.credit.entered").count() == 2
    assert Notice.objects.filter(template__code="credit_entered").count() >= 1


def test_a_decision_is_entered_once_for_a_party_and_the_others_are_refused_row_by_row():
    workflow.load_credit_items()
    firm = make_builder()
    good = penalty(统一社会信用代码=firm.uscc)
    take("penalties", [good])

    rows = [
        good,
        penalty(统一社会信用代码=firm.uscc, 行政处罚决定书文号="示应急罚〔2026〕9号"),
        penalty(统一社会信用代码=firm.uscc, 行政处罚决定书文号="示应急罚〔2026〕9号"),
        penalty(统一社会信用代码=firm.uscc, 行政相对人名称="别的公司", 行政处罚决定书文号="示应急罚〔2026〕10号"),
        penalty(统一社会信用代码=valid_uscc(89), 行政处罚决定书文号="示应急罚〔2026〕11号"),
        penalty(行政处罚决定书文号="示应急罚〔2026〕12号"),
        penalty(统一社会信用代码=firm.uscc, 处罚类别="批评教育", 公示截止期="2035-01-01"),
        penalty(统一社会信用代码=firm.uscc, 行为编码="G101", 行政处罚决定书文号="示应急罚〔2026〕13号"),
    ]  # fmt: skip
    batch = take("penalties", rows)

    assert (batch.loaded, batch.faulty, CreditRecord.objects.count()) == (1, 7, 2)
    told = {fault.row: fault.message for fault in batch.faults.order_by("-pk")}
    assert "已经录入" in told[2] and "已经录入" in told[4]
    assert "名称与登记的不一致" in told[5] and "没有这个企业" in told[6]
    assert "只填一项" in told[7] and told[8] and "没有适用于当事人" in told[9]


def test_the_codes_of_double_publicity_are_headings_too_and_the_terminal_takes_them(tmp_path):
    workflow.load_credit_items()
    firm, department = make_builder(), make_department()
    table = tmp_path / "处罚.csv"
    row = {
        "CF_XDR_MC": firm.name, "CF_XDR_SHXYM": firm.uscc, "CF_WSH": "示建罚〔2026〕7号", "CF_SY": "违法分包",
        "CF_CFLB": "罚款", "CF_JDRQ": "2026/03/02", "CF_CFJG": "示范市住房和城乡建设局",
    }  # fmt: skip
    table.write_bytes(as_csv([row]))
    out = StringIO()

    call_command(
        "registry",
        "import",
        "penalties",
        str(table),
        source="市信用平台",
        department=department.code,
        stdout=out,
    )

    assert "1 rows, 1 loaded" in out.getvalue()
    assert CreditRecord.objects.get().decision_number == "示建罚〔2026〕7号"


def test_penalties_need_the_right_to_enter_credit_and_a_department_that_provides_them():
    content = ContentFile(as_csv([penalty()]))
    common = {"kind": "penalties", "source": "市信用平台", "name": "x.csv", "at": at()}
    with pytest.raises(RuleBroken, match="请选择提供部门"):
        batches.receive(content, by=None, **common)
    with pytest.raises(RuleBroken, match="导入登记数据的权限"):
        batches.receive(content, by=make_clerk("handler"), department=make_department(), **common)
