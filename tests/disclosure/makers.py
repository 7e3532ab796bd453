"""Columns and documents in a known state, made through the workflows. ``at`` is passed in."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from disclosure.models import (
    SECRECY_CHECKLIST,
    Column,
    Document,
    DocumentLink,
    DocumentVersion,
    ReadingPoint,
)
from disclosure.workflow import documents, publishing, review
from portal.people.models import Department, PostRole, User
from tests.people.makers import make_clerk, make_department, valid_uscc

BEIJING = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 3, 9)
CHECKED = dict.fromkeys(SECRECY_CHECKLIST, True)
BODY = (
    "各区人民政府，市政府各部门：\n为规范施工许可管理，现将有关事项通知如下。\n一、本通知自印发之日起施行。"
)


def at(day: date = MONDAY, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BEIJING)


def make_publisher(code: str = "zjj") -> Department:
    """A department that can number its documents."""
    department = make_department(code)
    if not department.uscc:
        department.uscc = valid_uscc(9000 + Department.objects.count())
        department.save(update_fields=["uscc"])
    return department


def make_column(slug: str = "tongzhi", name: str = "通知公告", **fields: Any) -> Column:
    """The column of that slug, made once."""
    found = Column.objects.filter(slug=slug).first()
    if found:
        return found
    fields.setdefault("department", make_publisher())
    fields.setdefault("description", f"{name}栏目")
    fields.setdefault("keywords", name)
    return Column.objects.create(slug=slug, name=name, **fields)


def make_staff(role: str, department: Department | None = None) -> User:
    """The department's one person in that post, made once."""
    department = department or make_publisher()
    found = User.objects.filter(posts__role=role, posts__department=department).order_by("pk").first()
    return found or make_clerk(role, department)


def make_draft(
    title: str = "关于规范施工许可管理的通知",
    *,
    moment: datetime | None = None,
    column: Column | None = None,
    publisher: Department | None = None,
    **content: Any,
) -> DocumentVersion:
    """A complete draft, not handed in."""
    moment = moment or at()
    publisher = publisher or make_publisher()
    content = {
        "body": BODY,
        "formed_on": moment.date() - timedelta(days=3),
        "topic": "10",
        "genre": "notice",
        "statutory_item": "20-5",
        **content,
    }
    return documents.draft(
        column=column or make_column(), publisher=publisher, title=title,
        by=make_staff(PostRole.EDITOR, publisher), at=moment, **content,
    )  # fmt: skip


def make_submitted(title: str = "关于规范施工许可管理的通知", **given: Any) -> DocumentVersion:
    """Waiting for the department's review."""
    moment = given.get("moment") or at()
    version = make_draft(title, **given)
    return review.submit(version, by=version.author, at=moment)


def make_ready(title: str = "关于规范施工许可管理的通知", **given: Any) -> DocumentVersion:
    """Reviewed and cleared: waiting for approval."""
    return clear(make_submitted(title, **given), moment=given.get("moment"))


def clear(version: DocumentVersion, *, moment: datetime | None = None) -> DocumentVersion:
    """Bring what was handed in through both reviews."""
    moment, publisher = moment or at(), version.document.publisher
    version = review.review(
        version, opinion="内容属实，同意。", by=make_staff(PostRole.REVIEWER, publisher), at=moment
    )
    return review.secrecy_review(
        version, checklist=CHECKED, opinion="不涉密，可以公开。",
        by=make_staff(PostRole.SECRECY, publisher), at=moment,
    )  # fmt: skip


def approve(version: DocumentVersion, **given: Any) -> DocumentVersion:
    moment = given.pop("moment", None) or at()
    approver = make_staff(PostRole.APPROVER, version.document.publisher)
    return review.approve(version, opinion="同意发布。", by=approver, at=moment, **given)


def make_published_document(title: str = "关于规范施工许可管理的通知", **given: Any) -> Document:
    """Public from ``moment`` on (Monday, 9 March 2026, ten o'clock)."""
    moment = given.get("moment") or at()
    return approve(make_ready(title, **given), moment=moment).document


def make_scheduled(
    title: str = "关于规范施工许可管理的通知", *, publish_at: datetime, **given: Any
) -> DocumentVersion:
    """Approved, to be published at that time."""
    moment = given.get("moment") or at()
    return approve(make_ready(title, **given), moment=moment, publish_at=publish_at)


def make_withdrawn_document(
    title: str = "关于规范施工许可管理的通知", *, reason: str = "内容有误，更正后重新公开。", **given: Any
) -> Document:
    """Published, and taken down a day later."""
    moment = given.get("moment") or at()
    document = make_published_document(title, **given)
    approver = make_staff(PostRole.APPROVER, document.publisher)
    return documents.withdraw(document, reason=reason, by=approver, at=moment + timedelta(days=1))


def make_policy(title: str = "示范市施工许可管理办法", **given: Any) -> Document:
    """A published normative document that states why it has no interpretation."""
    given = {"genre": "normative", "no_interpretation_reason": "内容简明，无需解读。", **given}
    return make_published_document(title, **given)


def make_link(
    kind: str, source: Document, target: Document, *, moment: datetime | None = None
) -> DocumentLink:
    return DocumentLink.objects.create(kind=kind, source=source, target=target, at=moment or at())


@transaction.atomic
def make_many_published(count: int, *, column: Column | None = None) -> list[Document]:
    """Documents of one column, a minute apart, for the counting of queries; rows, not deeds."""
    first = make_published_document("第0号文件", column=column)
    version = first.current
    made = [first]
    for n in range(1, count):
        document = Document.objects.get(pk=first.pk)
        document.pk, document._state.adding = None, True
        other = DocumentVersion.objects.get(pk=version.pk)
        document.key, document.index_no = None, None
        document.state, document.current, document.publication_clock = "unpublished", None, None
        moment, day = first.published_at, first.published_on
        document.published_at = document.published_on = None
        document.key = Document._meta.get_field("key").get_default()
        document.save()
        other.pk, other._state.adding = None, True
        other.document, other.title = document, f"第{n}号文件"
        other.save()
        document.index_no = publishing.take_index_no(document, day)
        document.state, document.current = "published", other
        document.published_at, document.published_on = moment + timedelta(minutes=n), day
        document.save()
        made.append(document)
    return made


def make_point(name: str = "示范市图书馆政府信息查阅处", **fields: Any) -> ReadingPoint:
    """An open reading point without counts."""
    fields.setdefault("department", make_publisher())
    place = {
        "kind": "library",
        "address": "文化路1号一楼",
        "phone": "0990-6540000",
        "hours": "每日9:00—17:00",
    }
    return ReadingPoint.objects.create(name=name, **{**place, **fields})
