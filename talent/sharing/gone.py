"""What stands at the address of a record that is off the register: when, why in one word, and which one stands."""

from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from portal.days import spoken
from talent.models import ArchiveGround, Enterprise, Person

HOPS = 10  # of records merged again and again


@dataclass(frozen=True)
class Gone:
    on: date
    ground: str
    survivor: Enterprise | Person | None

    @property
    def words(self) -> str:
        return str(ArchiveGround(self.ground).label)

    @property
    def sentence(self) -> str:
        day = spoken(self.on)
        if self.survivor is not None:
            return f"这条登记记录已于{day}与另一条记录合并，请查看保留的记录。"
        return f"这条登记记录已于{day}归档（{self.words}），不再对外提供。"


def gone(row: Enterprise | Person) -> Gone | None:
    """None while the record stands; the survivor is the one that is visible at the end of all merges."""
    if row.archived_at is None:
        return None
    standing: Enterprise | Person = row
    for _ in range(HOPS):
        if standing.merged_into is None:
            break
        standing = standing.merged_into
    survivor = standing if standing.pk != row.pk and standing.is_visible else None
    ground = row.archived_ground or ArchiveGround.OTHER
    return Gone(localdate(row.archived_at), ground, survivor)
