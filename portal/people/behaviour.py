"""How accounts are used, in words: the security administrator's log, read from the record.

It shows the entries of ``portal.audit.behaviour`` and of each only what is said here; the rest of
the record, its subjects and seals are the audit administrator's alone.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from portal.audit import behaviour
from portal.audit.models import Entry
from portal.audit.words import kind_of, words_for
from portal.people import recorded
from portal.people.models import AdminRole, Department, PostRole, User
from portal.people.workflow import UNMASKED_WORDS

PAGE = 50
COUNT_CAP = 1_000
NAMESAKES = 20
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sign_in": ("登录和退出", behaviour.SIGN_IN),
    "failure": ("登录失败", behaviour.FAILURE),
    "lockout": ("锁定和解锁", behaviour.LOCKOUT),
    "unmasking": ("查看完整信息", behaviour.UNMASKING),
    "grant": ("任免和授权", behaviour.GRANT),
}
KIND_OF = {action: kind for kind, (_, actions) in KINDS.items() for action in actions}
HOW, WHY = recorded.VALUES["how"], recorded.VALUES["why"]


@dataclass(frozen=True)
class Line:
    at: datetime
    person: str
    deed: str
    subject: str
    detail: str
    is_alarm: bool


@dataclass(frozen=True)
class Choice:
    label: str
    url: str
    count: str
    is_on: bool


@dataclass(frozen=True)
class Log:
    lines: list[Line]
    total: str
    kinds: list[Choice]
    next_url: str
    asked: dict[str, str]
    mistake: str  # why nothing could be looked for; empty when all is well

    @property
    def is_filtered(self) -> bool:
        return any(self.asked.values())


def read(query: QueryDict) -> Log:
    """One page under the filters of the address: kind, person (login name or full name), day."""
    asked = {key: query.get(key, "").strip().replace("\0", "") for key in ("kind", "person", "day")}
    if asked["kind"] not in KINDS:
        asked["kind"] = ""
    entries, mistake = _narrowed(asked)
    counted = _counts(entries)
    if asked["kind"]:
        entries = entries.filter(action__in=KINDS[asked["kind"]][1])
    page = list(_after(entries, query.get("after", "")).order_by("-at", "-pk")[: PAGE + 1])
    more, page = len(page) > PAGE, page[:PAGE]
    return Log(
        lines=_lines(page),
        total=_capped(counted[asked["kind"]] if asked["kind"] else counted.total()),
        kinds=_choices(asked, counted),
        next_url=_address({**asked, "after": f"{page[-1].at.isoformat()}~{page[-1].pk}"}) if more else "",
        asked=asked,
        mistake=mistake,
    )


def _narrowed(asked: dict[str, str]) -> tuple[QuerySet[Entry], str]:
    entries = Entry.objects.filter(action__in=behaviour.BEHAVIOUR)
    if asked["day"]:
        try:
            day = date.fromisoformat(asked["day"])
        except ValueError:
            return entries.none(), "日期请按2026-09-18的格式填写。"
        begins = timezone.make_aware(datetime.combine(day, time()))
        entries = entries.filter(at__gte=begins, at__lt=begins + timedelta(days=1))
    if asked["person"]:
        people = User.objects.filter(Q(username=asked["person"]) | Q(name=asked["person"]))
        keys = list(people.order_by("pk").values_list("pk", flat=True)[:NAMESAKES])
        if not keys:
            return entries.none(), "没有这个人员，请填写完整的登录名或者姓名。"
        concerned = Q(subject_type="people.user", subject_id__in=[str(key) for key in keys])
        entries = entries.filter(Q(actor__in=keys) | concerned)
    return entries, ""


def _counts(entries: QuerySet[Entry]) -> Counter[str]:
    """How many of each kind among the newest thousand: one query."""
    newest = entries.order_by("-at", "-pk")[: COUNT_CAP + 1].values_list("action", flat=True)
    return Counter(KIND_OF[action] for action in newest)


def _choices(asked: dict[str, str], counted: Counter[str]) -> list[Choice]:
    return [
        Choice(
            label,
            _address({**asked, "kind": "" if asked["kind"] == kind else kind}),
            _capped(counted[kind]),
            asked["kind"] == kind,
        )
        for kind, (label, _) in KINDS.items()
    ]


def _address(asked: dict[str, str]) -> str:
    return "?" + urlencode({key: value for key, value in asked.items() if value})


def _capped(count: int) -> str:
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else str(count)


def _after(entries: QuerySet[Entry], cursor: str) -> QuerySet[Entry]:
    """Keyset paging; a cursor that cannot be read starts at the first page."""
    moment, _, pk = cursor.rpartition("~")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return entries
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return entries
    if at.tzinfo is None:
        return entries
    return entries.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=int(pk)))


def _lines(page: list[Entry]) -> list[Line]:
    keys = {int(e.subject_id) for e in page if e.subject_type == "people.user"}
    keys |= {e.actor_id for e in page if e.actor_id}
    people = {user.pk: f"{user}（{user.username}）" if not user.is_citizen else str(user)
              for user in User.objects.filter(pk__in=keys)}  # fmt: skip
    codes = {e.facts["department"] for e in page if "department" in e.facts}
    offices = {row.code: str(row) for row in Department.objects.filter(code__in=codes)}
    return [_line(entry, people, offices) for entry in page]


def _line(entry: Entry, people: dict[int, str], offices: dict[str, str]) -> Line:
    own = entry.subject_type == "people.user"
    subject = people.get(int(entry.subject_id), "已删除的账号") if own else _thing(entry)
    # A failure is nobody's deed, but somebody's account.
    by_system = entry.actor_id is None and entry.action not in behaviour.GRANT
    person = subject if by_system else people.get(entry.actor_id or 0, entry.actor_label)
    return Line(
        at=entry.at,
        person=person,
        deed=words_for(entry.action),
        subject="" if by_system or (own and entry.subject_id == str(entry.actor_id)) else subject,
        detail=DETAILS[KIND_OF[entry.action]](entry.facts, offices),
        is_alarm=entry.action in (*behaviour.FAILURE, "people.user.locked"),
    )


def _thing(entry: Entry) -> str:
    """A party or a notice by its number only; a login name nobody has, as that."""
    if entry.subject_type == "people.login":
        return "没有账号的登录名" if entry.actor_id is None else "被锁定的登录名"
    return f"{kind_of(entry.subject_type)}第{entry.subject_id}号"


def _sign_in(facts: dict[str, Any], offices: dict[str, str]) -> str:
    if "why" in facts:
        return WHY.get(facts["why"], "")
    return "、".join(
        dict.fromkeys(HOW.get(how, "其他方式") for how in facts.get("how", "").split("+") if how)
    )


def _failure(facts: dict[str, Any], offices: dict[str, str]) -> str:
    return f"{HOW.get(facts.get('how', ''), '凭据')}不正确，连续第{facts.get('failures', 1)}次"


def _lockout(facts: dict[str, Any], offices: dict[str, str]) -> str:
    if "until" not in facts:
        return ""
    return f"锁定至{timezone.localtime(datetime.fromisoformat(facts['until'])):%H:%M}"


def _unmasking(facts: dict[str, Any], offices: dict[str, str]) -> str:
    what = UNMASKED_WORDS.get(facts.get("field", ""), "号码或邮箱")
    return f"{what}；原因：{facts.get('reason', '')}"


def _grant(facts: dict[str, Any], offices: dict[str, str]) -> str:
    if "after" in facts:
        roles = dict(AdminRole.choices)
        return f"由{roles.get(facts['before'], '无')}改为{roles.get(facts['after'], '无')}"
    post = offices.get(facts["department"], "") + dict(PostRole.choices).get(facts["role"], "")
    starts = f"自{facts['starts_on']}起" if facts.get("starts_on") else ""
    return f"{post}，{starts}{'至' + facts['ends_on'] + '止' if facts.get('ends_on') else ''}".rstrip("，")


DETAILS: dict[str, Callable[[dict[str, Any], dict[str, str]], str]] = {
    "sign_in": _sign_in,
    "failure": _failure,
    "lockout": _lockout,
    "unmasking": _unmasking,
    "grant": _grant,
}
