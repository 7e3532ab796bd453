"""行政许可决定公示: what was granted, and what of it was taken back (行政许可法 第四十条)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from approvals.models import Case, Certificate, Decision, Result, Reversal
from portal.paging import NEWEST_KEY_FIRST, walk
from portal.papers.models import Paper
from portal.people.masking import mask_name
from portal.people.models import PartyKind

PAGE = 20
KINDS = {"grants": "准予的许可", "reversals": "撤回、撤销和注销的许可"}


@dataclass(frozen=True)
class Line:
    """One decision as the public reads it; ``word`` and ``tone`` say how the licence stands today."""

    case: Case
    number: str
    on: date
    paper: Paper | None
    certificate: Certificate | None
    word: str
    tone: str
    reversal: Reversal | None

    @property
    def holder(self) -> str:
        natural = self.case.party.kind == PartyKind.NATURAL
        return mask_name(self.case.party_name) if natural else self.case.party_name

    @property
    def code(self) -> str:
        """The credit code, which is public; of a person no number at all."""
        return "" if self.case.party.kind == PartyKind.NATURAL else str(self.case.party.id_number or "")


@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """Newest first; how each stands is read today from the decision that ended it, if one did."""
    kind = "reversals" if request.GET.get("kind") == "reversals" else "grants"
    q = "".join(request.GET.get("q", "").split())[:80]
    query = {name: value for name, value in (("kind", kind), ("q", q)) if value}
    found = (
        Reversal.objects.decided() if kind == "reversals" else Decision.objects.filter(result=Result.GRANT)
    )
    rows = _named(found, q).select_related(*RELATED).defer("case__answers").order_by("-pk")
    walked = walk(rows, NEWEST_KEY_FIRST, request.GET, size=PAGE, query=query)
    lines = _reversals(walked.rows) if kind == "reversals" else _grants(walked.rows, localdate())
    context = {
        "kinds": [(code, label, code == kind) for code, label in KINDS.items()],
        "kind": kind,
        "q": q,
        "lines": lines,
        "page": walked.links,
        "updated": lines[0].on if lines else None,
    }
    return render(request, "approvals/decisions.html", context)


RELATED = ("case__party", "case__item", "case__version", "case__department", "case__certificate", "paper")


def _named(rows: Any, q: str) -> Any:
    """Those of a document's number or a certificate's; each is one index look-up."""
    if not q:
        return rows
    cases = list(Certificate.objects.filter(number=q).values_list("case_id", flat=True))
    cases += Decision.objects.filter(number=q, result=Result.GRANT).values_list("case_id", flat=True)
    cases += Reversal.objects.decided().filter(number=q).values_list("case_id", flat=True)
    return rows.filter(case__in=cases)


def _certificate(case: Case) -> Certificate | None:
    found: Certificate | None = getattr(case, "certificate", None)
    return found


def _grants(rows: list[Decision], today: date) -> list[Line]:
    ended = {
        row.case_id: row for row in Reversal.objects.decided().filter(case__in=[row.case_id for row in rows])
    }
    lines = []
    for row in rows:
        certificate, reversal = _certificate(row.case), ended.get(row.case_id)
        word, tone = "有效", "ok"
        if reversal is not None:
            word, tone = f"已{reversal.get_kind_display()}", "alarm"
        elif certificate is not None and certificate.valid_to is not None and certificate.valid_to < today:
            word, tone = "已过有效期", "warn"
        on = localdate(row.decided_at)
        lines.append(Line(row.case, row.number, on, row.paper, certificate, word, tone, reversal))
    return lines


def _reversals(rows: list[Reversal]) -> list[Line]:
    return [
        Line(
            row.case, row.number, localdate(row.ended_at), row.paper, _certificate(row.case),
            f"已{row.get_kind_display()}", "alarm", row,
        )
        for row in rows
    ]  # fmt: skip
