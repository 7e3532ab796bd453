"""Papers and uploads in a known state. No random data; ``at`` is passed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse

from portal.papers import workflow
from portal.papers.models import Paper
from portal.people.models import Department
from tests.people.makers import make_department, make_enterprise

MONDAY = datetime(2026, 9, 14, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
FRIDAY = datetime(2026, 9, 18, 16, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

_CASE = {
    "applicant": "示范市第一建筑工程有限公司",
    "applicant_kind": "enterprise",
    "item": "建筑施工企业安全生产许可证核发",
    "case_number": "20260914000017",
}

_REQUEST = {
    "applicant": "示范市第一建筑工程有限公司",
    "applicant_kind": "enterprise",
    "item": "湖滨路道路改造工程规划许可文件",
    "request_number": "YSQ-zjj-2026-00001",
    "received_on": "2026-09-14",
}
_REPLY = _REQUEST | {
    "reasons": ["该信息属于行政机关内部工作流程。"],
    "remedies": "如不服本答复，应当先申请行政复议。",
}

DATA: dict[str, dict[str, Any]] = {
    "receipt": _CASE
    | {
        "received_on": "2026-09-14",
        "materials": [
            {"name": "建筑施工企业安全生产许可证申请表", "form": "电子件", "copies": 1},
            {"name": "企业法人营业执照", "form": "电子件", "copies": 1},
        ],
    },
    "supplement_notice": _CASE
    | {
        "received_on": "2026-09-14",
        "missing": [{"name": "特种作业人员操作资格证书", "reason": "所附证书已过有效期"}],
        "due_on": "2026-10-12",
    },
    "acceptance": _CASE
    | {"received_on": "2026-09-14", "accepted_on": "2026-09-18", "promised_on": "2026-10-22"},
    "not_accepted": _CASE | {"received_on": "2026-09-14", "reasons": ["申请事项依法不属于本机关职权范围。"]},
    "grant": _CASE | {"accepted_on": "2026-09-18", "content": "准予核发建筑施工企业安全生产许可证。"},
    "refusal": _CASE | {"accepted_on": "2026-09-18", "reasons": ["专职安全生产管理人员数量不符合要求。"]},
    "reversal_notice": _CASE
    | {
        "granted_on": "2026-09-18",
        "grant_number": "示建许〔2026〕7号",
        "act": "撤销",
        "reasons": ["申请时提交的三份劳动合同系伪造。"],
        "basis": "《中华人民共和国行政许可法》第六十九条第二款",
        "due_on": "2026-09-28",
    },
    "reversal": _CASE
    | {
        "granted_on": "2026-09-18",
        "grant_number": "示建许〔2026〕7号",
        "act": "撤销",
        "reasons": ["申请时提交的三份劳动合同系伪造。"],
        "basis": "《中华人民共和国行政许可法》第六十九条第二款",
        "effective_on": "2026-10-12",
    },
    "delivery": _CASE
    | {
        "documents": [{"name": "准予行政许可决定书", "number": "示建许〔2026〕7号", "copies": 1}],
        "method": "窗口领取",
    },
    "certificate": {key: _CASE[key] for key in ("applicant", "applicant_kind", "item")}
    | {"lines": [{"label": "许可范围", "value": "建筑施工"}]},
    "foi_receipt": _REQUEST | {"channel": "网上提交", "way": "在网上下载（电子）"},
    "foi_correction": _REQUEST | {"missing": ["请写明工程名称"], "due_on": "2026-10-12"},
    "foi_extension": _REQUEST
    | {"reasons": ["需要检索大量档案。"], "days": "20个工作日", "due_on": "2026-11-13"},
    "foi_reasons": _REQUEST | {"content": ["本年内提出申请43件。"], "due_on": "2026-09-29"},
    "foi_delay": _REQUEST | {"reasons": ["涉及43件档案。"], "days": "30个工作日", "due_on": "2026-12-04"},
    "foi_consult": _REQUEST | {"content": ["是否同意公开工程合同？"], "days": "15个工作日"},
    "foi_third_party": _REQUEST | {"content": ["工程合同。"], "reasons": ["涉及公共安全。"]},
    "foi_fee": _REQUEST
    | {
        "method": "按量计收",
        "standard": "30页以下不收费；31至100页每页10元",
        "quantity": "57页",
        "amount": "270元",
        "pay_way": "到代收银行网点缴纳",
        "due_on": "2026-10-14",
    },
    "foi_disclosure": _REQUEST | {"content": ["见所附文件。"], "remedies": "可以申请行政复议。"},
    "foi_denial": _REPLY,
    "foi_not_held": _REPLY,
    "foi_not_ours": _REPLY | {"agency": "示范市水务局，电话0990-6540000"},
    "foi_not_processed": _REPLY,
    "foi_repeated": _REPLY | {"earlier": "YSQ-zjj-2026-00000"},
    "foi_withdrawal": _REQUEST | {"withdrawn_on": "2026-09-17"},
}

# The same papers with everything their templates can print.
FULL: dict[str, dict[str, Any]] = {
    "receipt": {
        "situation": "首次申请",
        "query_code": "739204",
        "agent": "王小明",
        "next_step": "窗口将于2026年9月21日前告知是否受理，结果同时以短信告知。",
        "materials": [
            {"name": name, "form": form, "copies": 1}
            for name, form in (
                ("建筑施工企业安全生产许可证申请表", "电子件"),
                ("企业法人营业执照", "电子证照"),
                ("各级安全生产责任制和安全生产规章制度目录及文件，以及操作规程目录", "电子件"),
                ("保证安全生产投入的证明文件", "电子件"),
                ("主要负责人、项目负责人、专职安全生产管理人员安全生产考核合格证书", "电子证照"),
                ("特种作业人员操作资格证书", "电子件"),
                ("本企业管理人员和作业人员年度安全培训教育材料", "电子件"),
                ("从业人员参加工伤保险的证明", "电子件"),
            )
        ],
    },
    "supplement_notice": {
        "due_days": "5个工作日",
        "missing": [
            {"name": "特种作业人员操作资格证书", "reason": "所附3人证书已过有效期，请提交在有效期内的证书。"},
            {"name": "保证安全生产投入的证明文件", "reason": "缺少本年度安全生产费用提取和使用明细。"},
        ],
    },
    "acceptance": {
        "promise": "20个工作日",
        "statutory_on": "2026-11-26",
        "statute": "《安全生产许可证条例》第七条",
    },
    "not_accepted": {
        "reasons": [
            "申请事项为房地产开发企业资质核定，依法不属于本机关职权范围。",
            "申请表未经法定代表人签名。",
        ],
        "basis": ["《中华人民共和国行政许可法》第三十二条第一款第二项"],
        "competent_authority": "示范市行政审批局",
    },
    "grant": {
        "content": ["准予核发建筑施工企业安全生产许可证。", "许可范围：建筑施工。"],
        "basis": ["《中华人民共和国行政许可法》第三十八条第一款", "《安全生产许可证条例》第七条"],
        "certificate_name": "安全生产许可证",
        "certificate_number": "（示）JZ安许证字〔2026〕000123",
        "valid_from": "2026-09-18",
        "valid_until": "2029-09-17",
    },
    "refusal": {
        "reasons": [
            "专职安全生产管理人员共2人，少于该等级企业应当配备的人数。",
            "经补正后提交的特种作业人员操作资格证书仍有2人不在有效期内。",
        ],
        "basis": ["《中华人民共和国行政许可法》第三十八条第二款", "《安全生产许可证条例》第六条"],
    },
    "delivery": {
        "documents": [
            {"name": "准予行政许可决定书", "number": "示建许〔2026〕7号", "copies": 1},
            {"name": "安全生产许可证", "number": "（示）JZ安许证字〔2026〕000123", "copies": 1},
        ],
        "place": "政务服务中心二楼6号窗口",
        "recipient": "王小明",
    },
    "certificate": {
        "applicant_code": "91990100MA0000001N",
        "lines": [
            {"label": "法定代表人", "value": "赵敏"},
            {"label": "单位地址", "value": "示范市示东区建设路18号"},
            {"label": "经济类型", "value": "有限责任公司"},
            {"label": "许可范围", "value": "建筑施工"},
        ],
        "valid_from": "2026-09-18",
        "valid_until": "2029-09-17",
    },
    "foi_receipt": {"query_code": "73920418", "due_on": "2026-10-16"},
    "foi_correction": {"due_days": "10个工作日"},
    "foi_extension": {"reasons": ["需要检索大量档案。", "涉及多个年度。"]},
    "foi_reasons": {"due_days": "7个工作日"},
    "foi_delay": {"reasons": ["涉及43件档案。", "需要逐件核对。"]},
    "foi_consult": {"basis": "《中华人民共和国政府信息公开条例》第三十四条"},
    "foi_third_party": {"remedies": "可以自收到之日起六十日内申请行政复议。"},
    "foi_fee": {"pay_way": "到代收银行网点或者网上非税缴费页面缴纳"},
    "foi_disclosure": {
        "withheld": ["第三页的个人信息。"],
        "reasons": ["涉及个人隐私。"],
        "materials": [{"name": "规划许可证.pdf", "form": "电子件", "copies": 1}],
    },
    "foi_denial": {"law": ["《中华人民共和国统计法》第二十五条"], "route": ["请到不动产登记中心查询。"]},
    "foi_not_held": {"finding": "该申请经补正后内容仍不明确"},
    "foi_not_ours": {"reasons": ["由水务局制作。", "本机关未保存。"]},
    "foi_not_processed": {"finding": "该申请属于信访、投诉、举报等活动", "route": ["请向信访部门提出。"]},
    "foi_repeated": {"reasons": ["与此前申请完全相同。"]},
    "foi_withdrawal": {"withdrawn_on": "2026-09-18"},
}


# The same words in the short shapes a caller may use.
SHORT: dict[str, dict[str, Any]] = {
    "receipt": {"materials": ["申请表", "营业执照"], "next_step": "逾期不告知的，自收到材料之日起即为受理。"},
    "supplement_notice": {"missing": ["营业执照：未盖章", "缺少授权委托书"], "due_days": 5},
    "acceptance": {"promise": "即时办结"},
    "not_accepted": {"reasons": "不属于本机关职权范围。\n申请表未签名。"},
    "grant": {"content": "准予许可。"},
    "refusal": {"reasons": "人员不足。", "basis": "《安全生产许可证条例》第六条"},
    "delivery": {"documents": ["准予行政许可决定书（示建许〔2026〕7号）"]},
    "certificate": {"lines": [["持证人", _CASE["applicant"]], ["许可内容", "建筑施工"]]},
    "foi_receipt": {"way": "邮寄（纸质）"},
    "foi_correction": {"missing": ["工程名称：请写全称"], "due_days": 10},
    "foi_extension": {"reasons": "需要检索大量档案。"},
    "foi_reasons": {"content": "本年内提出申请43件。", "due_days": 7},
    "foi_delay": {"reasons": "涉及43件档案。"},
    "foi_consult": {"content": "是否同意公开？"},
    "foi_third_party": {"content": "工程合同。", "reasons": "涉及公共安全。"},
    "foi_fee": {"method": "按件计收"},
    "foi_disclosure": {"content": "见所附文件。\n共两页。", "materials": ["规划许可证.pdf"]},
    "foi_denial": {"reasons": "属于国家秘密。", "law": "《中华人民共和国统计法》第二十五条"},
    "foi_not_held": {"reasons": "经检索没有该信息。"},
    "foi_not_ours": {"reasons": "由水务局制作。"},
    "foi_not_processed": {"reasons": "属于信访。", "route": "请向信访部门提出。"},
    "foi_repeated": {"reasons": "内容相同。"},
    "foi_withdrawal": {},
}


def make_paper(
    kind: str = "acceptance",
    *,
    department: Department | None = None,
    at: datetime = FRIDAY,
    data: dict[str, Any] | None = None,
    **fields: Any,
) -> Paper:
    """A paper just issued, its file still due, about an enterprise."""
    return workflow.issue(
        kind,
        subject=make_enterprise(),
        department=department or make_department(),
        data=DATA[kind] | (data or {}),
        by=None,
        at=at,
        **fields,
    )


def make_file(content: bytes, name: str = "材料.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@contextmanager
def handed_out(response: FileResponse) -> Iterator[FileResponse]:
    """A download whose file is closed after; closing the response would close the connection too."""
    try:
        yield response
    finally:
        response.file_to_stream.close()
