"""Every change of the law library: acts, articles, and which text takes the place of which."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model, Q
from django.utils.timezone import localdate

from disclosure.models import Act, ActFile, ActStatus, Article, Succession
from disclosure.workflow import citations
from portal.audit import workflow as audit
from portal.papers import workflow as papers
from portal.people.models import User
from portal.people.rights import require
from portal.refusals import RuleBroken
from portal.search import workflow as search

KIND = "article"
UNDATED = date(1949, 10, 1)  # an act that bears no date is found as the oldest
MOST_FILES = 20
# What a search narrows by and ranks with; a text that a newer one has replaced stands behind it.
VALIDITY = {
    ActStatus.IN_FORCE: "有效",
    ActStatus.NOT_YET: "尚未生效",
    ActStatus.AMENDED: "已修改",
    ActStatus.REPEALED: "废止",
}
REFUSAL = "法规标准库由政务公开机构维护，您没有修改的权限。"


@transaction.atomic
def keep_act(act: Act, *, by: User | None, at: datetime) -> Act:
    """Save an act as edited; one that did not change leaves no entry. Raises RuleBroken for what is wrong with it."""
    require(by, "disclosure.change_act" if act.pk else "disclosure.add_act", REFUSAL)
    before = Act.objects.locked(act) if act.pk else None
    _check(act, f"法规《{act.title}》")
    facts = _differences(before, act)
    if before and not facts:
        return act
    act.save()
    deed = "changed" if before else "entered"
    audit.record(f"disclosure.act.{deed}", subject=act, actor=by, at=at, **facts)
    show(act)
    return act


@transaction.atomic
def keep_article(article: Article, *, by: User | None, at: datetime) -> Article:
    """Save an article as edited; the act's own history tells of it."""
    require(by, "disclosure.change_article" if article.pk else "disclosure.add_article", REFUSAL)
    article.act = Act.objects.locked(article.act)
    before = Article.objects.select_for_update().get(pk=article.pk) if article.pk else None
    _check(article, str(article))
    facts = _differences(before, article)
    if before and not facts:
        return article
    article.save()
    deed = "changed" if before else "entered"
    audit.record(
        f"disclosure.article.{deed}",
        subject=article.act,
        actor=by,
        at=at,
        **{"article": article.number} | facts,
    )
    show(article.act)
    citations.cite_article(article)
    if article.number and (before is None or "number" in facts):
        citations.find_citing(article)
    return article


@transaction.atomic
def attach(act: Act, *, file: UploadedFile, title: str = "", by: User | None, at: datetime) -> ActFile:
    """Add a file to an act; every visitor of a public act may have it."""
    require(by, "disclosure.change_act", REFUSAL)
    act = Act.objects.locked(act)
    if act.files.count() >= MOST_FILES:
        raise RuleBroken(f"一部法规最多{MOST_FILES}个附件。", field="file")
    attachment = papers.store_upload(file, by=by, at=at)
    row = ActFile.objects.create(
        act=act, attachment=attachment, title=(title.strip() or attachment.name)[:120]
    )
    audit.record(
        "disclosure.act.file_attached",
        subject=act,
        actor=by,
        at=at,
        title=row.title,
        sha256=attachment.sha256,
    )
    return row


@transaction.atomic
def detach(row: ActFile, *, by: User | None, at: datetime) -> Act:
    """Take a file off an act; the record keeps its name and digest."""
    require(by, "disclosure.change_act", REFUSAL)
    act = Act.objects.locked(row.act)
    digest = row.attachment.sha256
    if not ActFile.objects.filter(pk=row.pk).delete()[0]:
        raise RuleBroken("这个附件已经移除。")
    audit.record("disclosure.act.file_detached", subject=act, actor=by, at=at, title=row.title, sha256=digest)
    return act


@transaction.atomic
def supersede(
    earlier: Act,
    *,
    later: Act,
    kind: str,
    by: User | None,
    at: datetime,
    on: date | None = None,
    basis: str = "",
) -> Succession:
    """``later`` revises or replaces ``earlier`` from ``on``: when not given, the day it takes effect."""
    require(by, "disclosure.change_act", REFUSAL)
    locked = {
        act.pk: act
        for act in Act.objects.select_for_update().filter(pk__in=[earlier.pk, later.pk]).order_by("pk")
    }
    earlier, later = locked[earlier.pk], locked[later.pk]
    on = on or later.effective_on
    if on is None:
        raise RuleBroken(f"{later}没有施行日期，请填写取代生效的日期。", field="on")
    if earlier.pk == later.pk or earlier.pk in _followers(later):
        raise RuleBroken(f"{later}在沿革上早于{earlier}，不能反过来取代它。", field="later")
    if earlier.effective_on and on < earlier.effective_on:
        raise RuleBroken("取代的日期不能早于原文件的施行日期。", field="on")
    if Succession.objects.filter(earlier=earlier, later=later).exists():
        raise RuleBroken(f"{later}取代{earlier}已经登记过。", field="later")
    link = Succession.objects.create(earlier=earlier, later=later, kind=kind, on=on, basis=basis)
    _settle(earlier)
    facts = {"earlier": str(earlier), "later": str(later), "kind": kind, "on": on.isoformat(), "basis": basis}
    for act in (earlier, later):
        audit.record("disclosure.act.superseded", subject=act, actor=by, at=at, **facts)
    show(earlier)
    return link


@transaction.atomic
def repeal(act: Act, *, on: date, basis: str, by: User | None, at: datetime) -> Act:
    """Declare an act void from ``on`` without another in its place."""
    require(by, "disclosure.change_act", REFUSAL)
    act = Act.objects.locked(act)
    if not basis.strip():
        raise RuleBroken("请写明废止的依据，例如作出废止决定的文件。", field="basis")
    if act.repealed_on:
        raise RuleBroken(f"{act}已登记自{act.repealed_on:%Y-%m-%d}起废止。", field="on")
    if act.issued_on and on < act.issued_on:
        raise RuleBroken("废止的日期不能早于公布日期。", field="on")
    act.repealed_on, act.repeal_basis = on, basis.strip()
    act.save(update_fields=["repealed_on", "repeal_basis"])
    audit.record(
        "disclosure.act.repealed", subject=act, actor=by, at=at, on=on.isoformat(), basis=act.repeal_basis
    )
    show(act)
    return act


@transaction.atomic
def restore(act: Act, *, reason: str, by: User | None, at: datetime) -> Act:
    """Take back a repeal or a succession that was registered by mistake."""
    require(by, "disclosure.change_act", REFUSAL)
    act = Act.objects.locked(act)
    if not reason.strip():
        raise RuleBroken("请写明更正的理由。", field="reason")
    taken_back = [str(link) for link in act.successions.select_related("earlier", "later")]
    if not taken_back and not act.repealed_on:
        raise RuleBroken(f"{act}没有登记过废止或者被取代。")
    act.successions.all().delete()
    act.superseded_on, act.repealed_on, act.repeal_basis = None, None, ""
    act.save(update_fields=["superseded_on", "repealed_on", "repeal_basis"])
    audit.record(
        "disclosure.act.restored", subject=act, actor=by, at=at, reason=reason.strip(), taken_back=taken_back
    )
    show(act)
    return act


def show(act: Act) -> None:
    """Make the act and its articles findable as they now stand; what is 待核 is not found."""
    wanted = {row.obj_id: row for row in findable(act)}
    for article in act.articles.all():
        if _key(article) not in wanted:
            search.remove(KIND, _key(article))
    if str(act.pk) not in wanted:
        search.remove(KIND, act.pk)
    for row in wanted.values():
        search.show(KIND, row)


def findable(act: Act) -> list[search.Wanted]:
    """What a search may find of an act: itself and each article, once compared with the original.

    Its validity is that of today; a day that changes it is made up for by the nightly reconcile.
    """
    if not act.is_certain:
        return []
    on, level = act.issued_on or act.effective_on or UNDATED, str(act.get_level_display())
    status = act.status_on(localdate())
    labels: Any = {
        "genre": level,
        "validity": VALIDITY[status],
        "is_replaced": status == ActStatus.AMENDED,
    }
    head = "\n".join(part for part in (act.doc_no, act.issuer, act.text) if part)
    rows = [search.Wanted(str(act.pk), act.title, head, act.address, on, **labels)]
    for article in act.articles.all():
        if article.is_certain:
            rows.append(
                search.Wanted(
                    _key(article),
                    f"{act}{article.number}",
                    article.text,
                    article.address,
                    on,
                    **labels,
                )
            )
    return rows


def _key(article: Article) -> str:
    return f"{article.act_id}-{article.pk}"


def _settle(act: Act) -> None:
    """The dates on which an act stops being in force, as its successions tell."""
    links = list(act.successions.all())
    revised = [link.on for link in links if link.kind == Succession.Kind.REVISES]
    replaced = [link.on for link in links if link.kind == Succession.Kind.REPLACES]
    act.superseded_on = min(revised, default=None)
    act.repealed_on = min([*replaced, *([act.repealed_on] if act.repealed_on else [])], default=None)
    act.save(update_fields=["superseded_on", "repealed_on"])


def _followers(act: Act) -> set[int]:
    """Everything that takes the place of the act, however far down."""
    found: set[int] = set()
    todo = {act.pk}
    while todo:
        found |= todo
        todo = set(Succession.objects.filter(earlier_id__in=todo).values_list("later_id", flat=True)) - found
    return found


def _check(row: Model, named: str) -> None:
    try:
        row.full_clean()
    except ValidationError as fault:
        field = next(iter(fault.message_dict), "")
        raise RuleBroken(f"{named}：{'；'.join(fault.messages)}", field=field) from fault


def _differences(before: Model | None, after: Model) -> dict[str, Any]:
    """Each column that differs, as [before, after]; of a new row what it holds."""
    found: dict[str, Any] = {}
    for column in after._meta.concrete_fields:
        now = getattr(after, column.attname)
        had = getattr(before, column.attname) if before else column.get_default()
        if column.name != "id" and now != had:
            found[column.name] = [_plain(had), _plain(now)] if before else _plain(now)
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def first_named(title: str, doc_no: str = "") -> Act | None:
    """The act of that full title; of several texts the one with the number, else the newest."""
    acts = Act.objects.filter(title=title)
    return acts.filter(Q(doc_no=doc_no) if doc_no else Q()).newest_first().first()
