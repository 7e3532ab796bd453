"""The staff side of approvals: the workbench of cases and the editor of items."""

from approvals.admin.cases import CaseAdmin
from approvals.admin.conflicts import ConflictAdmin
from approvals.admin.items import ServiceItemAdmin

__all__ = ["CaseAdmin", "ConflictAdmin", "ServiceItemAdmin"]
