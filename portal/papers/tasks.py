"""What happens to papers by itself."""

from datetime import timedelta

from django.utils import timezone

from portal.audit.jobs import job
from portal.papers import workflow


@job("papers.produce_papers", every=timedelta(seconds=10))
def produce_papers() -> str:
    """Typeset and sign what was issued and has no file yet. Twice is harmless: the row is locked
    and a paper with a file is left alone."""
    return f"{workflow.produce_due(at=timezone.now())}份"
