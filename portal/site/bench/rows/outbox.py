"""The outbox: batches against one task a notice, through the same gateway and the same queue."""

from collections.abc import Sequence
from datetime import datetime

from celery import shared_task
from django.core.cache import caches
from django.db import connection, transaction
from django.utils import timezone

from portal.notices import gateways
from portal.notices import workflow as notices
from portal.notices.gateways import Answer, Inquiry, Message, Outcome
from portal.notices.models import Notice, NoticeState, Template
from portal.notices.recipients import Recipient
from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.sizes import Size

DRAIN = Row(
    "outbox", "通知发送", "one task a notice: a message through the broker, read under lock, send, save",
    "drain() in batches of 200", Sense.FASTER, 20,
)  # fmt: skip
QUEUE = "bench-outbox"


class Counting:
    """A gateway that takes everything at once and counts what it took, by reference."""

    name = "bench"
    by_template = False

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}

    def send_all(self, messages: Sequence[Message], until: float) -> list[Answer]:
        for message in messages:
            self.taken[message.reference] = self.taken.get(message.reference, 0) + 1
        return [Answer(Outcome.DELIVERED, "taken")] * len(messages)

    def ask_all(self, inquiries: Sequence[Inquiry]) -> list[Answer]:
        return [Answer(Outcome.NEVER_SEEN)] * len(inquiries)


@shared_task(name="bench.send_one")
def send_one(pk: int) -> None:
    """How it is written without an outbox."""
    with transaction.atomic():
        notice = Notice.objects.select_for_update().get(pk=pk)
        if notice.state != NoticeState.WAITING:
            return
        [answer] = gateways.for_channel(notice.channel).send_all(
            [Message(notice.reference, notice.address, notice.text)], 0
        )
        notice.state, notice.act_at, notice.code = NoticeState.DELIVERED, None, answer.code
        notice.sent_at = notice.finished_at = timezone.now()
        notice.save(update_fields=["state", "act_at", "code", "sent_at", "finished_at"])


def drain(places: Places, size: Size) -> Pair:
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    Notice.objects.filter(state=NoticeState.WAITING).update(
        state=NoticeState.EXPIRED, act_at=None, finished_at=noon
    )
    keys = _queued(size.notices, noon)
    gateway = gateways.for_channel("sms")
    assert isinstance(gateway, Counting)  # noqa: S101
    broker = caches["default"]._cache.get_client(write=True)  # type: ignore[attr-defined]

    def ready() -> None:
        gateway.taken.clear()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE notices_notice SET state = 'waiting', act_at = %s, sent_at = NULL, finished_at = NULL,"
                " claimed_at = NULL, attempts = 0, code = '' WHERE id = ANY(%s)",
                [noon, keys],
            )
            cursor.execute("VACUUM ANALYZE notices_notice" if not connection.in_atomic_block else "SELECT 1")

    def one_by_one() -> None:
        for pk in keys:
            broker.rpush(QUEUE, pk)
        while (pk := broker.lpop(QUEUE)) is not None:
            send_one.apply(args=[int(pk)], throw=True)

    def in_batches() -> None:
        while notices.drain(at=noon):
            pass

    def check() -> str:
        ready()
        in_batches()
        assert len(gateway.taken) == len(keys), "not everything was sent"  # noqa: S101
        assert set(gateway.taken.values()) == {1}, "something was sent twice"  # noqa: S101
        left = Notice.objects.filter(pk__in=keys).exclude(state=NoticeState.DELIVERED).count()
        assert not left, f"{left} not delivered"  # noqa: S101
        return f"{len(keys):,} notices, each sent once"

    return Pair(reference=one_by_one, candidate=in_batches, check=check, ready=ready)


def _queued(count: int, at: datetime) -> list[int]:
    names = Template.objects.coded("case_accepted")
    values = {
        "item": "夜间施工许可",
        "number": "20260918000017",
        "on": "2026年9月18日",
        "due_on": "2026年10月22日",
    }
    errands = [
        notices.Errand(
            Recipient("测试", phone=f"139{number:08d}"), f"bench-{number}", channels=("sms",), values=values
        )
        for number in range(count)
    ]
    return [notice.pk for notice in notices.queue_all(names.code, errands, at=at)]


ROWS = ((DRAIN, drain),)
