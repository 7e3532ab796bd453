"""What the case page lays before the person who decides: everything in one window."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.urls import reverse

from approvals import workflow
from approvals.forms import masked, shown_answers
from approvals.models import Case, CaseMaterial, Draw, Material
from approvals.timeline import timeline
from portal.notices.models import Notice
from portal.papers.models import Paper
from portal.people import workflow as people
from portal.people.masking import mask_id, mask_phone
from portal.people.models import User
from portal.workdays.models import Clock
from talent.reminding import Reminder, reminders

RECORD_LINES = 5
COMPARED = ("name", "id_number", "phone", "legal_representative")
UNMASKABLE = list(people.UNMASKED_WORDS.items())


class UnmaskForm(forms.Form):
    field = forms.ChoiceField(label="要查看的信息", choices=UNMASKABLE)
    reason = forms.CharField(
        label="查看原因", help_text="原因和查看人将留痕，并可由审计管理员查阅。", max_length=200
    )


def unmask(case: Case, *, field: str, reason: str, by: User, at: datetime) -> tuple[str, str]:
    """The label and the plain value of one item of the applicant's data. Raises RuleBroken."""
    value = people.unmask(case.party, field, f"办件{case.number}：{reason}", by=by, at=at)
    return dict(UNMASKABLE)[field], value or "（未登记）"


@dataclass(frozen=True)
class MaterialLine:
    material: Material
    files: list[dict[str, Any]]

    @property
    def is_missing(self) -> bool:
        return self.material.is_required and not self.files


@dataclass(frozen=True)
class Comparison:
    """What the applicant wrote beside what is on record."""

    label: str
    written: str
    recorded: str
    same: bool


def facts(case: Case, user: User, on: date) -> dict[str, Any]:
    """The context of the case page; a fixed number of queries whatever the case holds."""
    return {
        "materials": _materials(case),
        "answers": shown_answers(case.version, case.answers, case.situation_code, is_masked=True),
        "comparisons": _comparisons(case),
        "conditions": _conditions(case, on),
        "clocks": [
            (clock, reverse("approvals:case_date", args=[case.number, clock.public_key]))
            for clock in Clock.objects.of(case).with_light(on).order_by("pk")
        ],
        "papers": [
            (paper, reverse("approvals:case_paper", args=[case.number, paper.key]))
            for paper in Paper.objects.of(case)
        ],
        "draws": list(Draw.objects.filter(case=case).select_related("drawn").order_by("round")),
        "notices": list(
            Notice.objects.about("approvals.case", str(case.pk)).select_related("template").order_by("pk")
        ),
        "timeline": timeline(case, audience="staff"),
        "record": _record(case, user),
        "unchecked_bases": [
            basis for basis in case.version.legal_bases.select_related("article__act") if not basis.is_certain
        ],
        "reminders": [*_ban(case, on), *reminders(case.party, on)],
        "reversal": workflow.open_reversal(case),
        "reversed": workflow.standing_reversal(case),
        "party_id": mask_id(case.party.id_number or ""),
        "party_phone": mask_phone(case.party.phone or ""),
    }


def _ban(case: Case, on: date) -> list[Reminder]:
    until = workflow.banned_until(case.party, case.item_id, on)
    words = f"曾以不正当手段取得该许可被撤销，至{until}不得再次申请（《中华人民共和国行政许可法》第七十九条）"
    return [Reminder("限制申请", words, "alarm")] if until else []


def _materials(case: Case) -> list[MaterialLine]:
    files: dict[int, list[dict[str, Any]]] = {}
    rows = CaseMaterial.objects.filter(case=case).select_related("attachment").order_by("pk")
    for row in rows:
        files.setdefault(row.material_id, []).append(
            {
                "attachment": row.attachment,
                "is_supplement": row.supplement_id is not None,
                "url": reverse("approvals:case_file", args=[case.number, row.attachment.key]),
            }
        )
    return [MaterialLine(material, files.get(material.pk, [])) for material in case.asked_materials()]


def _conditions(case: Case, on: date) -> list[Any]:
    draft = getattr(case, "draft", None)
    return workflow.precheck(draft, on=on) if draft is not None else []


def _comparisons(case: Case) -> list[Comparison]:
    """Answers that repeat what is on record of the party, beside the record; numbers stay masked."""
    lines = []
    for spec in (spec for page in case.version.form_pages for spec in page["fields"]):
        written = str(case.answers.get(spec["code"]) or "")
        if not written or spec.get("prefill") not in COMPARED:
            continue
        recorded = str(getattr(case.party, spec["prefill"]) or "")
        shown = masked(spec, recorded) if recorded else "（未登记）"
        lines.append(Comparison(spec["label"], masked(spec, written), shown, written == recorded))
    return lines


def _record(case: Case, user: User) -> dict[str, Any]:
    """The applicant's other cases that this person may see."""
    others = Case.objects.visible_to(user).filter(party=case.party).exclude(pk=case.pk)
    last = list(others.select_related("item").order_by("-submitted_at")[: RECORD_LINES + 1])
    return {"last": last[:RECORD_LINES], "more": len(last) > RECORD_LINES}
