"""Which fields each scope discloses, and what each means. Pure: the interface, its answers and the catalogue read it."""

from collections.abc import Iterable
from dataclasses import dataclass

from talent.models import Scope


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    meaning: str = ""


FIELDS: dict[Scope, tuple[Field, ...]] = {
    Scope.ENTERPRISE_BASIC: (
        Field("uscc", "统一社会信用代码", "GB 32100-2015，18位"),
        Field("name", "企业名称"),
        Field("kind", "企业类型"),
        Field("region_code", "所在区划", "行政区划代码，6位"),
        Field("address", "注册地址"),
        Field("legal_representative", "法定代表人"),
        Field("founded_on", "成立日期"),
        Field("capital", "注册资本", "万元"),
        Field("scope", "经营范围"),
        Field("status", "登记状态", "存续、吊销或者注销"),
        Field("registered_on", "入库日期"),
        Field("provenance", "数据来源", "这条记录首次入库的来源"),
    ),
    Scope.ENTERPRISE_CONTACTS: (Field("contact", "联系人"), Field("contact_phone", "联系电话")),
    Scope.ENTERPRISE_QUALIFICATIONS: (
        Field("qualifications", "资质", "类别、等级、证书编号、有效期，每项注明来源"),
        Field("safety_permits", "安全生产许可证", "编号、有效期，每项注明来源"),
    ),
    Scope.ENTERPRISE_STAFFING: (
        Field("staffing", "资质条件状态", "是否达标、缺什么、自哪一天起，随人员变动即时更新"),
    ),
    Scope.ENTERPRISE_STAFF: (
        Field("registered_staff", "注册人员数", "按注册类别和级别"),
        Field("registered_people", "注册人员", "姓名隐去部分，至多100人"),
        Field("registered_people_more", "是否还有更多注册人员"),
    ),
    Scope.ENTERPRISE_CREDIT: (
        Field("credit_score", "信用分"),
        Field("credit_grade", "信用等级", "AAA至C"),
        Field("credit_records", "诚信记录", "公示期内的优良和不良行为"),
        Field("blacklisted", "是否在黑名单中", "列入文号和截止日期；不在的为空"),
    ),
    Scope.PERSON_BASIC: (
        Field("id", "人员标识", "不含个人信息的标识"),
        Field("name", "姓名"),
        Field("masked_number", "证件号码（隐去部分）", "保留前4位和后4位"),
        Field("id_type", "证件类型"),
        Field("title", "职称"),
        Field("registered_on", "入库日期"),
    ),
    Scope.PERSON_IDENTITY: (Field("id_number", "证件号码", "只在按完整号码查询并且完全一致时返回"),),
    Scope.PERSON_REGISTRATIONS: (
        Field("registrations", "注册", "类别、级别、专业、证书编号、注册单位、有效期，每项注明来源"),
        Field("safety_certificates", "安全生产考核合格证", "类别、证书编号、单位、有效期"),
    ),
    Scope.PERSON_CREDIT: (
        Field("credit_score", "信用分"),
        Field("credit_grade", "信用等级"),
        Field("credit_records", "诚信记录", "公示期内的优良和不良行为"),
        Field("blacklisted", "是否在黑名单中"),
    ),
}


def scopes_of(noun: str) -> list[Scope]:
    return [scope for scope in Scope if scope.noun == noun]


def given(noun: str, scopes: Iterable[str]) -> list[Scope]:
    """Of a key's scopes those about this noun, in the order of the table."""
    held = set(scopes)
    return [scope for scope in scopes_of(noun) if scope in held]


def withheld(noun: str, scopes: Iterable[str]) -> list[str]:
    """The names of the fields of this noun that the scopes do not disclose."""
    held = set(given(noun, scopes))
    return [field.name for scope in scopes_of(noun) if scope not in held for field in FIELDS[scope]]
