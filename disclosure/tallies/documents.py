"""第二十条第（一）项: rules and normative documents made, repealed and in force."""

from datetime import timedelta

from django.db.models import Count, DateField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least

from disclosure.models import AnnualReport, Document, DocumentLink, DocumentState, Genre, LinkKind
from disclosure.report.cells import FORM_OF_2021, Figures

_GENRES = {"rules": Genre.RULE, "normative": Genre.NORMATIVE}
_ENDING = (LinkKind.SUPERSEDES, LinkKind.REPEALS)


def documents_of(report: AnnualReport) -> "QuerySet[Document]":
    """Published rules and normative documents made by the end of the year, with ``made_on`` and ``ended_on``.

    A joint document counts for its lead. It ends on the day a published document supersedes or repeals it,
    or on the day after its own last one.
    """
    links = DocumentLink.objects.filter(
        target=OuterRef("pk"), kind__in=_ENDING, source__state=DocumentState.PUBLISHED
    )
    first_ending = links.order_by("source__published_on").values("source__published_on")[:1]
    after_last = ExpressionWrapper(F("expires_on") + timedelta(days=1), output_field=DateField())
    found = Document.objects.filter(
        state=DocumentState.PUBLISHED, current__genre__in=_GENRES.values()
    ).annotate(
        made_on=Coalesce("current__formed_on", "published_on"),
        ended_on=Least(Subquery(first_ending, output_field=DateField()), after_last),
    )
    found = found.filter(made_on__lte=report.period[1])
    return found if report.is_government else found.filter(publisher=report.department_id)


def _made(report: AnnualReport) -> Q:
    return Q(made_on__gte=report.period[0])


def _repealed(report: AnnualReport) -> Q:
    return Q(ended_on__range=report.period)


def _in_force(report: AnnualReport) -> Q:
    return Q(ended_on=None) | Q(ended_on__gt=report.period[1])


_RULES = {"made": _made, "repealed": _repealed, "in_force": _in_force}


def count_documents(report: AnnualReport) -> Figures:
    """本年制发, 本年废止 and 现行有效, in one query; the form before 2021 asked for other things."""
    if report.year < FORM_OF_2021:
        return {}
    counts = {f"n_{column}": Count("pk", filter=rule(report)) for column, rule in _RULES.items()}
    grouped = documents_of(report).values_list("current__genre").annotate(**counts).order_by()
    figures: Figures = {f"t2.{row}.{column}": 0 for row in _GENRES for column in _RULES}
    rows = {str(genre): row for row, genre in _GENRES.items()}
    for genre, *numbers in grouped:
        figures |= {
            f"t2.{rows[genre]}.{column}": number for column, number in zip(_RULES, numbers, strict=True)
        }
    return figures


def documents_behind(report: AnnualReport, row: str, column: str) -> "QuerySet[Document]":
    """The documents a cell counts."""
    return documents_of(report).filter(_RULES[column](report), current__genre=_GENRES[row])
