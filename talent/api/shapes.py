"""What the answers of the sharing interface hold. A field outside the key's scopes is absent."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field


class Provenance(Schema):
    kind: Literal["declared", "imported", "decided"] = Field(
        description="declared 自行申报，imported 数据导入，decided 批后自动入库"
    )
    words: str = Field(description="来源的说明")
    department: str = Field(description="作出决定或者提供数据的部门，没有时为空")
    decision_number: str = Field(description="决定文号，没有时为空")
    on: date = Field(description="写入日期")


class QualificationOut(Schema):
    name: str = Field(description="资质名称")
    series: str = Field(description="序列")
    category: str = Field(description="类别")
    grade: str = Field(description="等级")
    certificate_no: str = Field(description="证书编号")
    issuer: str = Field(description="发证机关")
    issued_on: date = Field(description="发证日期")
    valid_from: date = Field(description="有效期起")
    valid_to: date | None = Field(description="有效期至")
    in_force: bool = Field(description="今天是否有效")
    provenance: Provenance


class SafetyPermitOut(Schema):
    number: str = Field(description="许可证编号")
    issuer: str = Field(description="发证机关")
    valid_from: date = Field(description="有效期起")
    valid_to: date = Field(description="有效期至")
    in_force: bool = Field(description="今天是否有效")
    provenance: Provenance


class StaffingOut(Schema):
    state: Literal["met", "broken", "unknown"] = Field(
        description="met 达标，broken 不达标，unknown 没有需要核对的条件"
    )
    words: str = Field(description="状态的中文")
    lacks: list[str] = Field(description="缺什么，达标时为空")
    since: date | None = Field(description="自哪一天起不达标")


class StaffCount(Schema):
    kind: str = Field(description="注册类别和级别")
    count: int = Field(description="人数")


class StaffPerson(Schema):
    id: UUID = Field(description="人员标识")
    name: str = Field(description="姓名，隐去部分")
    registration: str = Field(description="注册类别和级别")
    specialities: str = Field(description="注册专业")
    certificate_no: str = Field(description="注册证书编号")
    valid_to: date = Field(description="在本单位注册至")


class CreditOut(Schema):
    item: str = Field(description="行为的编码和名称")
    is_good: bool = Field(description="是否优良行为")
    points: int = Field(description="分值")
    decision_number: str = Field(description="决定书文号")
    organ: str = Field(description="决定机关")
    decided_on: date = Field(description="决定日期")
    public_until: date | None = Field(description="公示截止期")


class BlacklistedOut(Schema):
    decision_number: str = Field(description="列入文号")
    until: date = Field(description="截止日期")


class CreditPart(Schema):
    credit_score: int = Field(0, description="信用分")
    credit_grade: str = Field("", description="信用等级")
    credit_records: list[CreditOut] = Field([], description="公示期内的诚信记录")
    blacklisted: BlacklistedOut | None = Field(None, description="在黑名单中时的文号和截止日期")


class EnterpriseOut(CreditPart):
    uscc: str = Field("", description="统一社会信用代码")
    name: str = Field("", description="企业名称")
    kind: str = Field("", description="企业类型")
    region_code: str = Field("", description="所在区划代码")
    address: str = Field("", description="注册地址")
    legal_representative: str = Field("", description="法定代表人")
    founded_on: date | None = Field(None, description="成立日期")
    capital: Decimal | None = Field(None, description="注册资本，万元")
    scope: str = Field("", description="经营范围")
    status: str = Field("", description="登记状态")
    registered_on: date | None = Field(None, description="入库日期")
    provenance: Provenance | None = Field(None, description="首次入库的来源")
    contact: str = Field("", description="联系人")
    contact_phone: str = Field("", description="联系电话")
    qualifications: list[QualificationOut] = Field([], description="资质")
    safety_permits: list[SafetyPermitOut] = Field([], description="安全生产许可证")
    staffing: StaffingOut | None = Field(None, description="资质条件状态")
    registered_staff: list[StaffCount] = Field([], description="注册人员数")
    registered_people: list[StaffPerson] = Field([], description="注册人员，至多100人")
    registered_people_more: bool = Field(False, description="是否还有更多注册人员")
    withheld: list[str] = Field(description="不在共享范围内、因此没有返回的字段名")


class HeldAt(Schema):
    uscc: str = Field(description="统一社会信用代码")
    name: str = Field(description="企业名称")


class RegistrationOut(Schema):
    name: str = Field(description="注册名称")
    kind: str = Field(description="类别")
    grade: str = Field(description="级别，不分级的为空")
    specialities: str = Field(description="专业")
    certificate_no: str = Field(description="注册证书编号")
    enterprise: HeldAt = Field(description="注册单位")
    expires_on: date = Field(description="证书有效期至")
    valid_from: date = Field(description="在该单位注册起")
    valid_to: date = Field(description="在该单位注册至")
    in_force: bool = Field(description="今天是否有效")
    provenance: Provenance


class SafetyCertificateOut(Schema):
    safety_class: str = Field(description="类别")
    certificate_no: str = Field(description="证书编号")
    enterprise: HeldAt = Field(description="所在企业")
    valid_from: date = Field(description="有效期起")
    valid_to: date = Field(description="有效期至")
    in_force: bool = Field(description="今天是否有效")


class PersonOut(CreditPart):
    id: UUID | None = Field(None, description="人员标识")
    name: str = Field("", description="姓名")
    masked_number: str = Field("", description="证件号码，隐去部分")
    id_type: str = Field("", description="证件类型")
    title: str = Field("", description="职称")
    registered_on: date | None = Field(None, description="入库日期")
    id_number: str = Field("", description="证件号码；只在按完整号码查询时返回")
    registrations: list[RegistrationOut] = Field([], description="注册")
    safety_certificates: list[SafetyCertificateOut] = Field([], description="安全生产考核合格证")
    withheld: list[str] = Field(description="不在共享范围内、因此没有返回的字段名")


class ChangeOut(Schema):
    kind: Literal["enterprise", "person"] = Field(description="enterprise 企业，person 人员")
    id: str = Field(description="企业为统一社会信用代码，人员为人员标识")
    scopes: list[str] = Field(description="变动涉及的共享范围")
    at: datetime = Field(description="最近一次变动的时间")
    state: Literal["standing", "merged", "archived"] = Field(
        description="standing 在册，merged 已合并，archived 已归档"
    )
    on: date | None = Field(description="合并或者归档的日期，在册的为空")
    ground: str = Field(description="归档类别，在册的为空")
    into: str | None = Field(description="合并后保留的记录，没有时为空")


class ChangesOut(Schema):
    changes: list[ChangeOut]
    next: int = Field(description="下一次的since")
    more: bool = Field(description="是否还有更多变动")


class EnterprisesOut(Schema):
    enterprises: list[EnterpriseOut]
    gone: list[ChangeOut] = Field(description="已合并、已归档的企业")
    next: int = Field(description="下一次的since")
    more: bool = Field(description="是否还有更多")


class PeopleOut(Schema):
    people: list[PersonOut] = Field(description="查到的人员；一个证书编号通常只对应一人")


class GoneOut(Schema):
    field: str
    message: str
    ground: str = Field(description="归档类别")
    on: date = Field(description="归档日期")
    into: str | None = Field(description="合并后保留的记录的代码或者标识，没有时为空")


class Gone(Schema):
    detail: list[GoneOut]
