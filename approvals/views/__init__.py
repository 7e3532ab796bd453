"""The public pages of approvals: guides, applying, following a case."""
