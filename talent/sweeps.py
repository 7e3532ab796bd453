"""What the periodic jobs do, each over all that is due."""

from datetime import datetime

from portal.papers.batches import BatchState
from talent.models import RegistryBatch
from talent.workflow import batches, loading


def work_batches(*, at: datetime) -> int:
    """Check what was received and load what was begun; how many batches were worked on."""
    waiting = RegistryBatch.objects.filter(state__in=(BatchState.RECEIVED, BatchState.LOADING)).order_by("pk")
    for batch in waiting:
        if batch.state == BatchState.RECEIVED:
            batches.check(batch, at=at)
        else:
            loading.load(batch, at=at)
    return len(waiting)
