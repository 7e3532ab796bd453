"""A Django form for one page of an item's application form."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from approvals.applies import applies, is_filled
from approvals.forms.fields import make_field
from approvals.forms.schema import all_fields
from approvals.models import Draft, ItemVersion
from portal.days import spoken
from portal.people.masking import mask_id, mask_phone
from portal.people.models import Party


class PageForm(forms.Form):
    """Fields of one page. What does not apply is neither required nor kept."""

    def __init__(
        self,
        data: Any = None,
        *,
        specs: list[dict[str, Any]],
        situation: str = "",
        answers: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.specs, self.situation, self.answers = specs, situation, answers or {}
        for spec in specs:
            self.fields[spec["code"]] = make_field(spec)
            if spec.get("when"):
                self.fields[spec["code"]].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        known = {**self.answers, **{code: storable(value) for code, value in cleaned.items()}}
        for spec in self.specs:
            code, when = spec["code"], spec.get("when")
            if not when:
                continue
            if not applies(when, self.situation, known):
                cleaned.pop(code, None)
                self.errors.pop(code, None)
            elif spec.get("required", True) and code not in self.errors and not is_filled(cleaned.get(code)):
                self.add_error(code, self.fields[code].error_messages["required"])
        return cleaned

    def stored(self) -> dict[str, Any]:
        """The page's answers as JSON keeps them; an empty answer is left out."""
        values = {spec["code"]: storable(self.cleaned_data.get(spec["code"])) for spec in self.specs}
        return {code: value for code, value in values.items() if is_filled(value)}


def storable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value


def page_form(
    version: ItemVersion,
    page: int,
    data: Any = None,
    *,
    situation: str = "",
    answers: dict[str, Any] | None = None,
    initial: dict[str, Any] | None = None,
) -> PageForm:
    """The form of page ``page`` (from 1). Raises IndexError beyond the last."""
    specs = version.form_pages[page - 1]["fields"] if page >= 1 else [][page]
    return PageForm(data, specs=specs, situation=situation, answers=answers, initial=initial)


def prefilled(version: ItemVersion, page: int, party: Party) -> dict[str, Any]:
    """What the form can know from the applicant, by field code."""
    specs = version.form_pages[page - 1]["fields"]
    return {
        s["code"]: getattr(party, s["prefill"])
        for s in specs
        if s.get("prefill") and getattr(party, s["prefill"])
    }


def draft_page_form(draft: Draft, page: int, data: Any = None) -> PageForm:
    """The form of a draft's page with what was saved, or else what the applicant's record says."""
    specs = draft.version.form_pages[page - 1]["fields"] if page >= 1 else [][page]
    saved = {spec["code"]: draft.answers[spec["code"]] for spec in specs if spec["code"] in draft.answers}
    initial = prefilled(draft.version, page, draft.party) | saved
    return page_form(
        draft.version, page, data, situation=draft.situation_code, answers=draft.answers, initial=initial
    )


def page_faults(draft: Draft) -> dict[int, dict[str, list[str]]]:
    """Page by page, what is missing or wrong in the saved answers; empty when the form is complete."""
    found: dict[int, dict[str, list[str]]] = {}
    for number, page in enumerate(draft.version.form_pages, start=1):
        codes = {spec["code"] for spec in page["fields"]}
        form = draft_page_form(draft, number, {c: v for c, v in draft.answers.items() if c in codes})
        if not form.is_valid():
            found[number] = {code: [str(error) for error in errors] for code, errors in form.errors.items()}
    return found


def shown_answers(
    version: ItemVersion, answers: dict[str, Any], situation: str = "", *, is_masked: bool = False
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Page title with (label, value in words), for the check page, the case page and papers."""
    words = masked if is_masked else in_words
    pages = []
    for page in version.form_pages:
        lines = [
            (spec["label"], words(spec, answers.get(spec["code"])))
            for spec in page["fields"]
            if applies(spec.get("when", {}), situation, answers)
        ]
        pages.append((page["title"], lines))
    return pages


def masked(spec: dict[str, Any], value: Any) -> str:
    """As ``in_words``, with the middle of identity and phone numbers hidden (staff pages)."""
    if is_filled(value) and spec["type"] in ("id_number", "phone", "mobile"):
        return mask_id(str(value)) if spec["type"] == "id_number" else mask_phone(str(value))
    return in_words(spec, value)


def in_words(spec: dict[str, Any], value: Any) -> str:
    """A stored answer as a person reads it."""
    if not is_filled(value):
        return "未填写"
    if spec["type"] == "boolean":
        return {"yes": "是", "no": "否"}.get(str(value), str(value))
    if spec["type"] in ("choice", "choices"):
        names = {str(c[0]): str(c[1]) for c in spec["choices"] if isinstance(c, list | tuple)}
        return "、".join(names.get(str(v), str(v)) for v in (value if isinstance(value, list) else [value]))
    if spec["type"] == "date":
        return spoken(value)
    unit = spec.get("unit") or {"money": "万元", "area": "平方米"}.get(spec["type"], "")
    return f"{value}{unit}"


def field_of(version: ItemVersion, code: str) -> dict[str, Any] | None:
    return next((spec for spec in all_fields(version.form_schema) if spec["code"] == code), None)
