"""What changed in the registries, written below the ORM, for others to keep in step."""

import pgtrigger
from django.db import models
from django.db.models import Q

from talent.models.credit import Blacklisting, CreditRecord
from talent.models.enterprises import Enterprise, Qualification, SafetyPermit
from talent.models.people import Person, Registration, SafetyCertificate
from talent.models.sharing import Scope
from talent.models.staffing import StaffingState


class Change(models.Model):
    """Something of a scope changed of a record.

    ``seq`` is given once the change is committed, never before: whoever has read up to one number
    misses nothing that a slower transaction writes (see ``workflow.changes``).
    """

    scope = models.CharField("内容", max_length=30, choices=Scope)
    record = models.BigIntegerField("记录")
    at = models.DateTimeField("时间")
    seq = models.BigIntegerField(null=True, unique=True)

    class Meta:
        verbose_name = "登记变动"
        verbose_name_plural = "登记变动"
        indexes = [
            models.Index(fields=["id"], name="change_not_yet_numbered", condition=Q(seq=None)),
            models.Index(fields=["scope", "-id"], name="change_of_scope_newest"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.record}"


# Of each table: which scope of which record a row speaks of, by the column that names the record.
SPEAKS: dict[type[models.Model], tuple[tuple[Scope, str], ...]] = {
    Enterprise: ((Scope.ENTERPRISE_BASIC, "id"),),
    Qualification: ((Scope.ENTERPRISE_QUALIFICATIONS, "enterprise_id"),),
    SafetyPermit: ((Scope.ENTERPRISE_QUALIFICATIONS, "enterprise_id"),),
    StaffingState: ((Scope.ENTERPRISE_STAFFING, "enterprise_id"),),
    Person: ((Scope.PERSON_BASIC, "id"),),
    Registration: ((Scope.PERSON_REGISTRATIONS, "person_id"), (Scope.ENTERPRISE_STAFF, "enterprise_id")),
    SafetyCertificate: ((Scope.PERSON_REGISTRATIONS, "person_id"),),
    CreditRecord: ((Scope.ENTERPRISE_CREDIT, "enterprise_id"), (Scope.PERSON_CREDIT, "person_id")),
    Blacklisting: ((Scope.ENTERPRISE_CREDIT, "enterprise_id"), (Scope.PERSON_CREDIT, "person_id")),
}
TOLD = """
INSERT INTO talent_change (scope, record, at)
SELECT '{scope}', {column}, now() FROM ({rows}) AS told WHERE {column} IS NOT NULL GROUP BY {column};
"""
# Of an update: rows as they were and as they are, without those that stayed the same.
CHANGED = "(SELECT * FROM new_rows EXCEPT SELECT * FROM old_rows) UNION ALL (SELECT * FROM old_rows EXCEPT SELECT * FROM new_rows)"
WAYS = (
    ("insert", pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), "SELECT * FROM new_rows"),
    ("update", pgtrigger.Update, pgtrigger.Referencing(old="old_rows", new="new_rows"), CHANGED),
    ("delete", pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), "SELECT * FROM old_rows"),
)


def triggers(speaks: tuple[tuple[Scope, str], ...]) -> list[pgtrigger.Trigger]:
    """One for each kind of statement, so that half a million rows in one cost one more statement."""
    return [
        pgtrigger.Trigger(
            name=f"tell_of_{way}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing,
            func="".join(TOLD.format(scope=scope.value, column=column, rows=rows) for scope, column in speaks)
            + "RETURN NULL;",
        )
        for way, operation, referencing, rows in WAYS
    ]


for model, speaks in SPEAKS.items():
    pgtrigger.register(*triggers(speaks))(model)
