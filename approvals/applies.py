"""The small language in which items say when a thing applies and what must hold.

``when``: ``{}`` always; ``{"situation": ["first"]}``; a test on one answer, see ``holds``;
``{"all": [...]}``, ``{"any": [...]}``, ``{"not": {...}}``.
A test: ``{"field": code, "op": value}`` with op one of eq, ne, in, gte, lte, gt, lt, filled.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

OPERATORS = ("eq", "ne", "in", "gte", "lte", "gt", "lt", "filled")
JOINS = ("all", "any", "not")


def _comparable(value: Any) -> Any:
    """Numbers as numbers even when a form stored them as text; the rest as it is."""
    if isinstance(value, bool) or value is None:
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value)


def is_filled(value: Any) -> bool:
    return value not in (None, "", [], {})


def _passes(operator: str, wanted: Any, found: Any) -> bool | None:
    if operator == "filled":
        return is_filled(found) is bool(wanted)
    if not is_filled(found):
        return None
    if operator == "in":
        return str(found) in {str(each) for each in wanted}
    left, right = _comparable(found), _comparable(wanted)
    if operator in ("eq", "ne"):
        return (str(found) == str(wanted) or left == right) is (operator == "eq")
    if type(left) is not type(right):
        return None
    return {"gte": left >= right, "lte": left <= right, "gt": left > right, "lt": left < right}[operator]


def holds(rule: dict[str, Any], situation: str, answers: dict[str, Any]) -> bool | None:
    """True, False, or None when what it asks about has not been answered."""
    verdicts: list[bool | None] = []
    if "situation" in rule:
        wanted = rule["situation"]
        verdicts.append(situation in ([wanted] if isinstance(wanted, str) else wanted))
    if "field" in rule:
        found = answers.get(rule["field"])
        verdicts += [_passes(op, rule[op], found) for op in OPERATORS if op in rule]
    if "all" in rule:
        verdicts += [holds(each, situation, answers) for each in rule["all"]]
    if "any" in rule:
        parts = [holds(each, situation, answers) for each in rule["any"]]
        verdicts.append(True if True in parts else None if None in parts else False)
    if "not" in rule:
        inner = holds(rule["not"], situation, answers)
        verdicts.append(None if inner is None else not inner)
    if False in verdicts:
        return False
    return None if None in verdicts else True


def applies(when: dict[str, Any], situation: str, answers: dict[str, Any]) -> bool:
    """Whether a conditional material, field or condition is asked for; unanswered means not yet."""
    return holds(when, situation, answers) is True


def fields_in(rule: dict[str, Any]) -> set[str]:
    """Codes of all answers a rule reads."""
    found = {rule["field"]} if "field" in rule else set()
    for each in (*rule.get("all", []), *rule.get("any", [])):
        found |= fields_in(each)
    return found | (fields_in(rule["not"]) if "not" in rule else set())


def situations_in(rule: dict[str, Any]) -> set[str]:
    """Codes of all situations a rule names."""
    wanted = rule.get("situation", [])
    found = {wanted} if isinstance(wanted, str) else set(wanted)
    for each in (*rule.get("all", []), *rule.get("any", [])):
        found |= situations_in(each)
    return found | (situations_in(rule["not"]) if "not" in rule else set())
