"""资源目录: what there is to share, field by field, under which condition, and how old it is. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.timezone import localdate

from talent.models import Change, Scope
from talent.sharing.fields import FIELDS, Field
from talent.sharing.open_data import DATASETS, Dataset


class Disclosure(StrEnum):
    """共享类型, as the national rules of government data name them (政务数据共享条例)."""

    FREE = "无条件共享"
    CONDITIONAL = "有条件共享"
    NONE = "不予共享"


CLASSES: dict[Scope, Disclosure] = {
    Scope.ENTERPRISE_BASIC: Disclosure.FREE,
    Scope.ENTERPRISE_CONTACTS: Disclosure.CONDITIONAL,
    Scope.ENTERPRISE_QUALIFICATIONS: Disclosure.FREE,
    Scope.ENTERPRISE_STAFFING: Disclosure.FREE,
    Scope.ENTERPRISE_STAFF: Disclosure.CONDITIONAL,
    Scope.ENTERPRISE_CREDIT: Disclosure.FREE,
    Scope.PERSON_BASIC: Disclosure.CONDITIONAL,
    Scope.PERSON_IDENTITY: Disclosure.CONDITIONAL,
    Scope.PERSON_REGISTRATIONS: Disclosure.CONDITIONAL,
    Scope.PERSON_CREDIT: Disclosure.CONDITIONAL,
}
# 个人信息保护法 第二十八条: health and where one lives are sensitive; no purpose of another department needs them here.
KEPT = tuple(
    Field(name, label, meaning)
    for name, label, meaning in (
        ("health", "健康状况", "敏感个人信息，《中华人民共和国个人信息保护法》第二十八条"),
        ("phone", "个人联系电话", "与共享目的无关，《中华人民共和国个人信息保护法》第六条"),
        ("home", "个人住址", "与共享目的无关，《中华人民共和国个人信息保护法》第六条"),
        ("support_class", "就业援助类别", "只用于就业服务，《中华人民共和国个人信息保护法》第六条"),
    )
)


@dataclass(frozen=True)
class Part:
    label: str
    disclosure: Disclosure
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Resource:
    code: str
    title: str
    summary: str
    source: str
    rhythm: str
    scopes: tuple[Scope, ...] = ()
    dataset: Dataset | None = None
    kept: tuple[Field, ...] = ()

    @property
    def parts(self) -> list[Part]:
        told = [Part(str(scope.label), CLASSES[scope], FIELDS[scope]) for scope in self.scopes]
        return [*told, *([Part(self.title, Disclosure.NONE, self.kept)] if self.kept else [])]


AT_ONCE = "实时，写入后立即可查"
RESOURCES = (
    Resource(
        "enterprise", "企业基本信息", "在本市从事建设活动的企业的登记信息。", "企业自行申报、部门数据导入、批后自动入库",
        AT_ONCE, (Scope.ENTERPRISE_BASIC, Scope.ENTERPRISE_CONTACTS), DATASETS["enterprises"],
    ),
    Resource(
        "qualification", "企业资质和资质条件", "企业资质、安全生产许可证，以及人员配备是否达到资质标准。",
        "批后自动入库、部门数据导入；资质条件由系统按登记的人员计算", f"{AT_ONCE}；资质条件随人员变动即时更新",
        (Scope.ENTERPRISE_QUALIFICATIONS, Scope.ENTERPRISE_STAFFING, Scope.ENTERPRISE_STAFF), DATASETS["qualifications"],
    ),
    Resource(
        "person", "注册人员和证书", "注册执业人员、安全生产考核合格人员的证书和所在单位。", "批后自动入库、部门数据导入、企业和个人申报",
        AT_ONCE, (Scope.PERSON_BASIC, Scope.PERSON_IDENTITY, Scope.PERSON_REGISTRATIONS), DATASETS["people"],
    ),
    Resource(
        "credit", "诚信记录", "公示期内的优良和不良行为、信用分和黑名单；公示期满和已修复的不再提供。", "作出决定的部门录入",
        "自决定之日起7个工作日内录入", (Scope.ENTERPRISE_CREDIT, Scope.PERSON_CREDIT), DATASETS["credit"],
    ),
    Resource(
        "labour", "劳动力资源", "街道、乡镇登记的居民就业信息，只用于本市的就业服务。", "街道、乡镇登记", "随登记更新", kept=KEPT,
    ),
)  # fmt: skip


def changed_at(scopes: Iterable[Scope]) -> datetime | None:
    """When anything of these last changed: one short walk along an index for each."""
    found = (
        Change.objects.filter(scope=scope).order_by("-id").values_list("at", flat=True).first()
        for scope in scopes
    )
    return max((at for at in found if at is not None), default=None)


def listed() -> list[tuple[Resource, date | None]]:
    """Each resource with the date of its last change."""
    told = []
    for resource in RESOURCES:
        at = changed_at(resource.scopes)
        told.append((resource, localdate(at) if at else None))
    return told
