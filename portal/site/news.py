"""What changed lately that the public should know, from the rows themselves."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from approvals.models import Case, ItemVersion
from disclosure.models import Document
from portal.audit.models import DayDigest
from portal.days import spoken
from portal.workdays.models import CalendarNotice

SHOWN = 6
OFTEN = timedelta(days=90)


@dataclass(frozen=True)
class Update:
    on: date
    title: str
    href: str


def latest() -> list[Update]:
    """Guides published, holiday schedules taken over, the last digest: newest first, five guides at most."""
    guides = ItemVersion.objects.current().select_related("item").order_by("-published_at", "item__code")[:5]
    found = [
        Update(
            localdate(guide.published_at),
            _guide_words(guide),
            reverse("approvals:guide", args=[guide.item.code]),
        )
        for guide in guides
        if guide.published_at
    ]
    notices = CalendarNotice.objects.filter(kind="official", published_at__isnull=False)
    for notice in notices.order_by("-published_at", "-year")[:2]:
        if notice.published_at:
            words = f"按《{notice.title}》调整{notice.year}年办理期限"
            found.append(Update(localdate(notice.published_at), words, reverse("workdays:deadline")))
    for digest in DayDigest.objects.order_by("-day")[:1]:
        words = f"{spoken(digest.day)}办理留痕摘要公示"
        found.append(Update(localdate(digest.made_at), words, reverse("audit:digests")))
    return sorted(found, key=lambda update: update.on, reverse=True)[:SHOWN]


def disclosed() -> list[Update]:
    """The newest documents that are public at this moment. Read anew for each page: what is withdrawn is gone."""
    rows = Document.objects.visible_to(None, timezone.now()).newest_first()
    return [
        Update(on, title, reverse("disclosure:document", args=[key]))
        for on, title, key in rows.values_list("published_on", "current__title", "key")[:SHOWN]
        if on
    ]


def disclosed_versions() -> tuple[tuple[UUID, int | None], ...]:
    """Which documents, in which version, the first page would show now."""
    rows = Document.objects.visible_to(None, timezone.now()).newest_first()
    return tuple(rows.values_list("key", "current_id")[:SHOWN])


def _guide_words(guide: ItemVersion) -> str:
    return f"《{guide.name}》办事指南{'发布' if guide.number == 1 else '更新'}"


def popular(on: date, count: int = 8) -> list[ItemVersion]:
    """Guides in force, those applied for most in the last ninety days first."""
    asked = dict(
        Case.objects.filter(received_on__gt=on - OFTEN)
        .values_list("item_id")
        .annotate(cases=Count("pk"))
        .order_by("-cases")[:count]
    )
    guides = ItemVersion.objects.current().select_related("item").order_by("item__code")
    return sorted(guides, key=lambda guide: (-asked.get(guide.item_id, 0), guide.item.code))[:count]
