"""The staff side of approvals: the workbench of cases and the editor of items."""

from approvals.admin.cases import CaseAdmin
from approvals.admin.items import ServiceItemAdmin

__all__ = ["CaseAdmin", "ServiceItemAdmin"]
