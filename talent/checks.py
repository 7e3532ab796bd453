"""What the registries say to a condition of a service item: met, not met or cannot tell, with reason and cure.

A rule is data on the item: ``{check: staffing, category: {field: category}, grade: {field: grade}}``.
``check`` names one of CHECKS; each of its words is a plain value or the answer to a field of the form.
The same answer serves the applicant before submitting, the handler and the supervisor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.days import spoken
from portal.people.models import Party
from portal.refusals import RuleBroken
from talent import staffing
from talent.models import Enterprise, Grade, Person, QualificationCategory

MET, NOT_MET, CANNOT_TELL = "met", "not_met", "cannot_tell"
NOT_ON_FILE = "企业库中没有您的登记，请先在“我的企业”中登记，或者由窗口代为登记。"


@dataclass(frozen=True)
class Verdict:
    result: str
    reason: str
    cure: str = ""


def told(value: Any, answers: Mapping[str, Any]) -> Any:
    """A plain value, or what was answered to ``{"field": code}``."""
    return answers.get(value["field"]) if isinstance(value, dict) else value


def judge(rule: Mapping[str, Any], party: Party, answers: Mapping[str, Any], on: date) -> Verdict:
    """The registries' answer to a rule about this party, as of a day."""
    words, look = CHECKS[rule["check"]]
    values = {word: told(rule.get(word), answers) for word in words}
    if any(value in (None, "", []) for value in values.values()):
        return Verdict(CANNOT_TELL, "相关内容还没有填写，无法核验。")
    return look(party, on, **values)


def faults(rule: Any, where: str, fields: set[str]) -> list[str]:
    """What is wrong with a rule as written on an item."""
    if not isinstance(rule, dict) or rule.get("check") not in CHECKS:
        return [f"{where}的登记核验应写明check，为{'、'.join(CHECKS)}之一。"]
    words, _ = CHECKS[rule["check"]]
    found = [f"{where}的登记核验缺少{word}。" for word in words if word not in rule]
    found += [f"{where}的登记核验中有不认识的“{key}”。" for key in rule if key not in {"check", *words}]
    return found + unknown_fields(rule, where, fields)


def unknown_fields(rule: Mapping[str, Any], where: str, fields: set[str]) -> list[str]:
    named = {value.get("field") for value in rule.values() if isinstance(value, dict)}
    return [f"{where}引用了不存在的填报项“{code}”。" for code in sorted(map(str, named - fields))]


def category_of(code: str, on: date) -> QualificationCategory:
    """Raises RuleBroken for a category the standards do not have."""
    found = QualificationCategory.objects.filter(code=code).first()
    if found is None:
        raise RuleBroken("登记库中没有这个资质类别的标准，由工作人员审查。")
    return found


def _enterprise(party: Party) -> Enterprise | None:
    return Enterprise.objects.live().filter(party=party).first()


def _staffing(party: Party, on: date, *, category: str, grade: str) -> Verdict:
    """Every rule of the grade asked for; the reason names exactly who or what lacks."""
    enterprise = _enterprise(party)
    if enterprise is None:
        return Verdict(NOT_MET, NOT_ON_FILE, "登记企业和人员后再做预先检查。")
    try:
        lacks = staffing.missing_for(enterprise, category_of(category, on), grade, on)
    except RuleBroken as refusal:
        return Verdict(CANNOT_TELL, str(refusal))
    missing = [words for words, _ in staffing.said(lacks)]
    unknown = [each.words for each in lacks if each.is_met is None]
    if missing:
        reason = f"按登记库核对，距{Grade(grade).label}标准还{'；'.join(missing)}。"
        return Verdict(
            NOT_MET,
            reason,
            "请先招聘、登记所缺人员（在“我的企业”中邀请，由本人确认；建造师还须办理注册）或者更新登记，再做预先检查。",
        )
    if unknown or not lacks:
        return Verdict(
            CANNOT_TELL, "；".join(unknown) + "。" if unknown else "这个等级没有可以自动核对的标准。"
        )
    return Verdict(MET, f"按登记库核对，{len(lacks)}项人员、资产标准全部达到。")


def _qualification(party: Party, on: date) -> Verdict:
    enterprise = _enterprise(party)
    held = enterprise.qualifications.in_force(on).first() if enterprise else None
    if held is None:
        return Verdict(
            NOT_MET, "登记库中没有现行有效的资质证书。", "请先取得资质，或者核对资质证书是否已经登记。"
        )
    return Verdict(MET, f"登记有{held}（{held.certificate_no}），有效期至{_until(held.valid_to)}。")


def _safety_permit(party: Party, on: date) -> Verdict:
    enterprise = _enterprise(party)
    held = enterprise.safety_permits.in_force(on).first() if enterprise else None
    if held is None:
        return Verdict(NOT_MET, "登记库中没有现行有效的安全生产许可证。", "请先申请安全生产许可证。")
    return Verdict(MET, f"登记有安全生产许可证{held.number}，有效期至{_until(held.valid_to)}。")


def _free_to_register(party: Party, on: date, *, enterprise: str) -> Verdict:
    """One employer only: registered nowhere else, and the employer is on file."""
    firm = Enterprise.objects.live().filter(uscc=str(enterprise)).first()
    if firm is None:
        return Verdict(NOT_MET, "企业库中没有这个聘用单位。", "请聘用单位先在企业库登记。")
    person = Person.objects.live().filter(party=party).first()
    if person is None:
        return Verdict(CANNOT_TELL, "人才库中还没有您的登记，准予后自动建立。")
    held = person.registrations.in_force(on).exclude(enterprise=firm).select_related("enterprise").first()
    if held is not None:
        return Verdict(
            NOT_MET,
            f"您的{held}在{held.enterprise.name}注册至{_until(held.valid_to)}，同一时期只能在一个单位注册。",
            "请先办理注销注册或者变更注册。",
        )
    return Verdict(MET, "登记库中没有您在其他单位的注册。")


def _under_age(party: Party, on: date, *, years: int) -> Verdict:
    person = Person.objects.live().filter(party=party).first()
    age = person.age_on(on) if person else None
    if age is None:
        return Verdict(CANNOT_TELL, "人才库中没有您的出生日期，由工作人员审查。")
    if age >= int(years):
        return Verdict(NOT_MET, f"您已满{age}周岁，应当不满{years}周岁。", "年龄条件不能补正。")
    return Verdict(MET, f"您{age}周岁，不满{years}周岁。")


def _until(day: date | None) -> str:
    return "长期" if day is None else spoken(day)


# Name of a check → the words its rule must have, and who looks.
CHECKS: dict[str, tuple[tuple[str, ...], Callable[..., Verdict]]] = {
    "staffing": (("category", "grade"), _staffing),
    "qualification": ((), _qualification),
    "safety_permit": ((), _safety_permit),
    "free_to_register": (("enterprise",), _free_to_register),
    "under_age": (("years",), _under_age),
}
