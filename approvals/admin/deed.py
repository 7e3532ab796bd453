"""A deed: one act on a case, with what it asks, its verb and its article of law."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from approvals.models import Case, Step
from portal.people.models import User


class DeedForm(forms.Form):
    """Plain input of one deed; the workflow judges it."""

    def __init__(self, *args: Any, case: Case, step: Step | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.step = case, step


def long_box(label: str, hint: str = "", *, required: bool = True, rows: int = 4) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=hint, required=required, max_length=2000, widget=widget)


@dataclass(frozen=True)
class Deed:
    """``law`` names the article the page shows beside the button."""

    code: str
    label: str
    form: type[DeedForm]
    do: Callable[..., Case]
    law: str
    tone: str = "primary"
    asks: str = ""  # a binding act says once what will happen

    def perform(self, case: Case, cleaned: dict[str, Any], *, by: User, at: datetime) -> Case:
        return self.do(case, by=by, at=at, **cleaned)
