"""Uploads of a form, kept while it is put right: shown beside their field, taken back by a button."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from disclosure.models import HeldFile
from disclosure.workflow import requests as workflow
from portal.people.models import User
from portal.refusals import RuleBroken


@dataclass(frozen=True)
class Uploads:
    """The file fields of one form and what each is for, under the form's own key (None: it was tampered with)."""

    key: UUID | None
    purposes: dict[str, str]

    def has(self, name: str) -> bool:
        held = HeldFile.objects.filter(purpose=self.purposes[name])
        return self.key is not None and held.filter(form_key=self.key).exists()

    def taken_back(self, request: HttpRequest, user: User | None) -> bool:
        """Whether the button pressed was that of one file rather than of the form."""
        wanted = request.POST.get("remove", "")
        if not wanted:
            return False
        if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19:
            row = HeldFile.objects.filter(form_key=self.key, pk=int(wanted)).first() if self.key else None
            if row:
                workflow.drop_file(row, by=user, at=timezone.now())
        return True

    def keep(self, request: HttpRequest, form: forms.Form, user: User | None) -> None:
        """Hold what was chosen now; what is wrong with a file is said at its field."""
        if self.key is None:
            return
        for name, purpose in self.purposes.items():
            for upload in request.FILES.getlist(name):
                try:
                    workflow.hold_file(self.key, upload, purpose=purpose, by=user, at=timezone.now())
                except RuleBroken as refusal:
                    form.add_error(name, str(refusal))

    def beside(
        self, fields: Iterable[forms.BoundField]
    ) -> list[tuple[forms.BoundField, list[dict[str, Any]]]]:
        """Each field with the files held for it, in the shape of the upload component."""
        held: dict[str, list[dict[str, Any]]] = {}
        rows = HeldFile.objects.filter(form_key=self.key).select_related("attachment") if self.key else ()
        for row in sorted(rows, key=lambda row: row.pk):
            file = {"name": row.attachment.name, "size": row.attachment.size, "remove_name": "remove"}
            held.setdefault(row.purpose, []).append(file | {"remove_value": row.pk})
        return [(field, held.get(self.purposes.get(field.name, ""), [])) for field in fields]
