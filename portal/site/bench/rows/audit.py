"""The record of deeds: four writers who each commit every entry, chained against plainly inserted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from django.db import connection, transaction
from django.utils import timezone

from portal.audit import sealing
from portal.audit import workflow as audit
from portal.audit.models import Chain, Entry
from portal.site.bench.measuring import Pair, Row, Sense
from portal.site.bench.places import Places
from portal.site.bench.sizes import Size

APPEND = Row(
    "audit", "留痕追加，四人同时写", "the same entries plainly inserted, a transaction each", "audit.record, a transaction each",
    Sense.FASTER, 0.5,
)  # fmt: skip
WRITERS = 4
CHAINS = 8  # subjects a writer writes about in turn
CHAINED, PLAIN = "bench.chained", "bench.plain"


def append(places: Places, size: Size) -> Pair:
    turn = count(1)
    at = timezone.now()

    def all_at_once(write: Callable[[int, int, int], None]) -> None:
        number = next(turn)

        def writer(which: int) -> None:
            try:
                for entry in range(size.entries):
                    with transaction.atomic():
                        write(number, which, entry)
            finally:
                connection.close()

        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(writer, range(WRITERS)))

    def chained(number: int, which: int, entry: int) -> None:
        subject = (CHAINED, f"{number}-{which}-{entry % CHAINS}")
        audit.record("bench.entry.written", subject=subject, actor=None, at=at, entry=entry)

    def plain(number: int, which: int, entry: int) -> None:
        Entry.objects.create(
            subject_type=PLAIN, subject_id=f"{number}-{which}", seq=entry + 1, action="bench.entry.written",
            actor=None, actor_label="系统", at=at, facts={"entry": entry},
            prev_hash=sealing.NOTHING_BEFORE, hash=sealing.NOTHING_BEFORE,
        )  # fmt: skip

    def check() -> str:
        entries = Entry.objects.filter(subject_type=CHAINED).order_by("subject_id", "seq")
        heads: dict[str, tuple[int, str]] = {}
        for entry in entries:
            seq, head = heads.get(entry.subject_id, (0, sealing.NOTHING_BEFORE))
            assert (entry.seq, entry.prev_hash) == (seq + 1, head), str(entry)  # noqa: S101
            assert entry.hash == sealing.entry_hash(head, entry.seq, entry.payload), str(entry)  # noqa: S101
            heads[entry.subject_id] = (entry.seq, entry.hash)
        written = sum(seq for seq, _ in heads.values())
        assert written and written % (WRITERS * size.entries) == 0, f"{written} entries"  # noqa: S101
        kept = Chain.objects.filter(subject_type=CHAINED).values_list("subject_id", "seq", "hash")
        assert {ident: (seq, head) for ident, seq, head in kept} == heads, "a head differs"  # noqa: S101
        return f"{written:,} entries in {len(heads)} chains verify"

    return Pair(reference=lambda: all_at_once(plain), candidate=lambda: all_at_once(chained), check=check)


ROWS = ((APPEND, append),)
