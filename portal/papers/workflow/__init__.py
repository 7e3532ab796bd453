"""Every change of an upload or an issued paper. Nothing else writes to them."""

from portal.papers.workflow.issuing import issue, produce, produce_due, revoke
from portal.papers.workflow.serving import serve, serve_paper
from portal.papers.workflow.uploads import discard, store_upload

__all__ = ["discard", "issue", "produce", "produce_due", "revoke", "serve", "serve_paper", "store_upload"]
