"""Application forms: data in the item, Django forms on the page."""

from approvals.forms.pages import (
    PageForm,
    draft_page_form,
    masked,
    page_faults,
    page_form,
    prefilled,
    shown_answers,
)

__all__ = ["PageForm", "draft_page_form", "masked", "page_faults", "page_form", "prefilled", "shown_answers"]
