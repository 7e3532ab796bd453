"""Inputs made from the columns they fill, so that a page asks what the register can hold."""

from typing import Any

from django import forms
from django.db import models


def box(model: type[models.Model], name: str) -> forms.Field:
    """The column's input, with the column's own limits and a date picker for a day."""
    column: Any = model._meta.get_field(name)
    field: forms.Field = column.formfield()
    if isinstance(field, forms.DateField):
        field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    if isinstance(field, forms.IntegerField) and not isinstance(field, forms.DecimalField):
        field.validators = [*field.validators, *column.validators]
    if isinstance(column, models.TextField):
        field = forms.CharField(
            label=column.verbose_name, required=not column.blank, max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
        )  # fmt: skip
    return field


def boxes(model: type[models.Model], names: Any) -> dict[str, forms.Field]:
    return {name: box(model, name) for name in names}


class FactsForm(forms.Form):
    """The columns ``names`` of a model, as plain inputs."""

    def __init__(self, *args: Any, model: type[models.Model], names: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(boxes(model, names))
