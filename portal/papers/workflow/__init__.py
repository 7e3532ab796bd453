"""Every change of an upload or an issued paper. Nothing else writes to them."""

from portal.papers.workflow.issuing import issue, preview, produce, produce_due, revoke
from portal.papers.workflow.serving import serve, serve_paper, serve_preview
from portal.papers.workflow.uploads import discard, store_upload

__all__ = [
    "discard",
    "issue",
    "preview",
    "produce",
    "produce_due",
    "revoke",
    "serve",
    "serve_paper",
    "serve_preview",
    "store_upload",
]
