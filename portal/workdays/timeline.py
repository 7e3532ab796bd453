"""What happened to a subject, from its record, in the words of who reads it; its clocks among the rest."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Model

from portal.audit import workflow as audit
from portal.audit.models import Entry
from portal.days import spoken
from portal.workdays.models import ClockKind

Audience = Literal["citizen", "staff"]
Words = dict[str, Callable[[dict[str, Any]], tuple[str, str]]]
CLOCK_WORDS = {
    "started": "起算", "paused": "中止计时", "resumed": "恢复计时", "extended": "延长", "restarted": "重新起算",
}  # fmt: skip
INSIDE = ClockKind.CASE_STAGE.label  # a promise between colleagues, not to the applicant


@dataclass(frozen=True)
class Event:
    """One line of a timeline; the shape of the ``timeline`` component."""

    at: datetime
    title: str
    text: str = ""
    office: str = ""
    who: str = ""
    href: str = ""
    state: str = "done"


@dataclass(frozen=True)
class Telling:
    """How a kind of subject is told: the area of its audit actions, title and text of each by reader.

    What ``public`` does not name stays inside the office. ``own`` are the deeds of the applicant.
    """

    area: str
    public: Words
    staff: Words
    own: Collection[str]

    def timeline(self, subject: Model, audience: Audience, *, applicant: str, office: str) -> list[Event]:
        """Oldest first. The citizen reads no staff names and nothing said inside; the dates are the same."""
        words = self.public if audience == "citizen" else self.staff
        events = []
        for entry in audit.history(subject):
            area, _, verb = entry.action.rpartition(".")
            who = "" if audience == "citizen" else entry.actor_label
            if area == self.area and verb in words:
                title, text = words[verb](entry.facts)
                doer = "申请人" if audience == "citizen" else applicant
                doer = doer if verb in self.own else f"{office} {who}".strip()
                events.append(Event(entry.at, title, text, office=doer, who=who))
            elif area == "workdays.clock":
                events += _of_clock(entry, verb, audience, office=office, who=who)
        return events


def listed(items: list[str]) -> str:
    return "；".join(f"{n}. {text}" for n, text in enumerate(items, start=1))


def _of_clock(entry: Entry, verb: str, audience: Audience, *, office: str, who: str) -> list[Event]:
    facts = entry.facts
    if verb == "redated":  # a calendar notice moved dates: which, from when to when, by which paper
        moved = [m for m in facts["moved"] if audience == "staff" or m["clock"] != INSIDE]
        dates = "；".join(f"{m['clock']}由{spoken(m['old'])}改为{spoken(m['new'])}" for m in moved)
        text = f"因{facts['notice']}公布的放假安排，{dates}。"
        return [Event(entry.at, "日期调整", text, office=office, who=who)] if moved else []
    if audience == "citizen" or verb not in CLOCK_WORDS:
        return []
    before = f"（原为{facts['due_before']}）" if facts.get("due_before") else ""
    title = f"{facts['clock']}{CLOCK_WORDS[verb]}"
    return [Event(entry.at, title, f"到期日{facts['due_on']}{before}", who=who, state="minor")]
