"""From draft to tombstone."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.utils import InternalError

from disclosure import sweeps
from disclosure.models import (
    Document,
    DocumentState,
    DocumentVersion,
    LinkKind,
    Validity,
    Verdict,
    VersionStatus,
)
from disclosure.workflow import documents, review
from portal.audit.models import Entry
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from portal.search.models import SearchRow
from tests.disclosure import makers
from tests.disclosure.makers import CHECKED, at
from tests.people.makers import make_clerk, make_department, make_post, make_user

pytestmark = pytest.mark.django_db


def found(document: Document) -> bool:
    return SearchRow.objects.filter(kind="document", obj_id=str(document.key)).exists()


def test_a_document_comes_through_the_chain_and_is_public_from_then_on():
    version = makers.make_ready()
    document = version.document
    assert not Document.objects.visible_to(None, at(hour=23)).exists()
    assert not found(document)

    version = makers.approve(version)

    document = Document.objects.get()
    assert document.index_no == f"{document.publisher.uscc}/202603-00001"
    assert document.current == version
    assert document.published_on == date(2026, 3, 9)
    assert list(Document.objects.visible_to(None, at())) == [document]
    assert document.is_visible_to(None, at())
    assert not document.is_visible_to(None, at() - timedelta(seconds=1))
    assert found(document)
    assert document.publication_clock.was_kept
    assert [step.verdict for step in version.steps.order_by("pk")] == [Verdict.PASSED] * 4
    actions = list(Entry.objects.of(document).values_list("action", flat=True))
    assert [action for action in actions if action.startswith("disclosure.")] == [
        "disclosure.document.drafted",
        "disclosure.document.submission_passed",
        "disclosure.document.department_passed",
        "disclosure.document.secrecy_passed",
        "disclosure.document.approval_passed",
        "disclosure.document.published",
    ]


def test_author_reviewers_and_approver_are_different_people():
    version = makers.make_submitted()
    author = version.author
    for role in (PostRole.REVIEWER, PostRole.SECRECY, PostRole.APPROVER):
        make_post(author, role, version.document.publisher)
    reviewer = makers.make_staff(PostRole.HEAD, version.document.publisher)

    with pytest.raises(RuleBroken, match="起草人"):
        review.review(version, opinion="同意", by=author, at=at())
    version = review.review(version, opinion="同意", by=reviewer, at=at())
    with pytest.raises(RuleBroken, match="起草人"):
        review.secrecy_review(version, checklist=CHECKED, opinion="同意", by=author, at=at())
    secrecy = make_clerk(PostRole.SECRECY, version.document.publisher)
    version = review.secrecy_review(version, checklist=CHECKED, opinion="同意", by=secrecy, at=at())
    with pytest.raises(RuleBroken, match="部门审核人"):
        review.approve(version, opinion="同意", by=reviewer, at=at())
    with pytest.raises(DatabaseError), transaction.atomic():
        DocumentVersion.objects.filter(pk=version.pk).update(approver=author)


def test_nobody_acts_for_a_department_in_which_they_hold_no_post():
    version = makers.make_submitted()
    stranger = make_clerk(PostRole.REVIEWER, make_department("jtj"))

    with pytest.raises(RuleBroken, match="审核、负责人岗位"):
        review.review(version, opinion="同意", by=stranger, at=at())
    assert not DocumentVersion.objects.visible_to(stranger, at().date()).exists()
    assert not DocumentVersion.objects.visible_to(make_user(), at().date()).exists()
    assert DocumentVersion.objects.visible_to(version.author, at().date()).get() == version


def test_the_disclosure_office_clears_and_approves_for_every_department():
    version = makers.make_submitted()
    office = make_department("zwgk", name="示范市政务公开办公室")
    secrecy, approver = (make_clerk(role, office) for role in (PostRole.SECRECY, PostRole.APPROVER))
    version = review.review(version, opinion="同意", by=makers.make_staff(PostRole.REVIEWER), at=at())

    version = review.secrecy_review(version, checklist=CHECKED, opinion="不涉密", by=secrecy, at=at())
    version = review.approve(version, opinion="同意发布", by=approver, at=at())

    assert version.status == VersionStatus.PUBLISHED


def test_every_word_on_a_document_has_an_opinion_and_secrecy_every_answer():
    version = makers.make_submitted()
    reviewer = makers.make_staff(PostRole.REVIEWER)
    with pytest.raises(RuleBroken, match="请填写意见"):
        review.review(version, opinion="  ", by=reviewer, at=at())
    version = review.review(version, opinion="同意", by=reviewer, at=at())

    with pytest.raises(RuleBroken) as refusal:
        review.secrecy_review(
            version, checklist={**CHECKED, "safety": False}, opinion="同意",
            by=makers.make_staff(PostRole.SECRECY), at=at(),
        )  # fmt: skip
    assert refusal.value.field == "checklist"

    version = review.secrecy_review(
        version, checklist=CHECKED, opinion="同意", by=makers.make_staff(PostRole.SECRECY), at=at()
    )
    assert version.steps.get(stage="secrecy").checklist == CHECKED


def test_what_is_returned_carries_the_reason_and_goes_round_again():
    version = makers.make_ready()
    approver = makers.make_staff(PostRole.APPROVER)

    version = review.return_to_author(version, reason="第二条引用有误。", by=approver, at=at())
    assert version.status == VersionStatus.DRAFT
    assert version.steps.order_by("-pk")[0].opinion == "第二条引用有误。"
    version = documents.edit(version, by=version.author, at=at(), title="关于规范施工许可管理的补充通知")
    version = review.submit(version, by=version.author, at=at())

    assert version.department_reviewer is None
    assert version.status == VersionStatus.DEPARTMENT_REVIEW
    with pytest.raises(RuleBroken, match="收回或者退回后才能修改"):
        documents.edit(version, by=version.author, at=at(), title="另一个标题")


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"body": ""}, "body"),
        ({"formed_on": None}, "formed_on"),
        ({"formed_on": date(2026, 4, 1)}, "formed_on"),
        ({"topic": ""}, "topic"),
        ({"statutory_item": ""}, "statutory_item"),
        ({"attribute": "on_request"}, "attribute"),
    ],
)
def test_an_incomplete_draft_is_refused_at_its_field(missing, field):
    version = makers.make_draft(**missing)
    with pytest.raises(RuleBroken) as refusal:
        review.submit(version, by=version.author, at=at())
    assert refusal.value.field == field


def test_a_document_is_owed_within_twenty_working_days_of_its_forming():
    """政府信息公开条例 第二十六条."""
    version = makers.make_draft(formed_on=date(2026, 3, 6))
    clock = version.document.publication_clock
    assert clock.due_on == date(2026, 4, 3)

    version = documents.edit(version, by=version.author, at=at(), formed_on=date(2026, 3, 9))

    clock.refresh_from_db()
    version.document.refresh_from_db()
    assert clock.outcome == "更正成文日期"
    assert version.document.publication_clock.started_on == date(2026, 3, 9)


def test_what_is_scheduled_comes_out_at_its_hour_and_once():
    version = makers.make_scheduled(publish_at=at(hour=18))
    assert version.status == VersionStatus.SCHEDULED
    assert sweeps.publish_due(at=at(hour=17, minute=59)) == 0
    assert not Document.objects.visible_to(None, at(hour=17, minute=59)).exists()

    assert sweeps.publish_due(at=at(hour=18, minute=1)) == 1
    assert sweeps.publish_due(at=at(hour=18, minute=2)) == 0

    document = Document.objects.visible_to(None, at(hour=18, minute=1)).get()
    assert document.published_at == at(hour=18, minute=1)
    assert found(document)


def test_a_time_that_has_passed_schedules_nothing():
    version = makers.make_ready()
    with pytest.raises(RuleBroken) as refusal:
        makers.approve(version, publish_at=at(hour=9))
    assert refusal.value.field == "publish_at"


def test_an_emergency_goes_out_at_once_and_is_approved_after():
    version = makers.make_draft("关于暴雨红色预警的通告")
    head = makers.make_staff(PostRole.HEAD)

    version = review.publish_urgently(
        version, reason="暴雨红色预警，须立即公告。", checklist=CHECKED, by=head, at=at()
    )

    assert version.document.is_visible_to(None, at())
    assert version.awaits_ratification
    assert version.ratification_clock.due_on == date(2026, 3, 12)
    with pytest.raises(RuleBroken, match="须由不同人员担任"):
        review.ratify(version, opinion="同意", by=head, at=at())
    version = review.ratify(version, opinion="补批同意。", by=makers.make_staff(PostRole.APPROVER), at=at())
    assert not version.awaits_ratification
    version.ratification_clock.refresh_from_db()
    assert version.ratification_clock.was_kept


def test_a_policy_waits_for_its_interpretation_or_says_why_there_is_none():
    policy = makers.make_ready("示范市施工许可管理办法", genre="normative")
    with pytest.raises(RuleBroken) as refusal:
        makers.approve(policy)
    assert refusal.value.field == "no_interpretation_reason"

    reading = makers.make_submitted("《示范市施工许可管理办法》解读", genre="interpretation")
    makers.make_link(LinkKind.INTERPRETS, reading.document, policy.document)
    with pytest.raises(RuleBroken, match="同步发布"):
        makers.approve(policy)
    reading = review.review(reading, opinion="同意", by=makers.make_staff(PostRole.REVIEWER), at=at())
    review.secrecy_review(
        reading, checklist=CHECKED, opinion="同意", by=makers.make_staff(PostRole.SECRECY), at=at()
    )

    published = makers.approve(policy)
    assert published.document.validity == Validity.IN_FORCE
    assert makers.make_policy("另一办法").validity == Validity.IN_FORCE


def test_what_a_new_document_supersedes_repeals_or_amends_says_so():
    old = {kind: makers.make_policy(f"旧办法{kind}") for kind in ("supersedes", "repeals", "amends")}
    new = makers.make_ready("新办法", genre="normative", no_interpretation_reason="内容简明。")
    for kind, target in old.items():
        makers.make_link(kind, new.document, target)
    assert all(
        each.validity == Validity.IN_FORCE
        for each in Document.objects.filter(pk__in=[d.pk for d in old.values()])
    )

    makers.approve(new)

    said = {kind: Document.objects.get(pk=each.pk).validity_on(at().date()) for kind, each in old.items()}
    assert said == {"supersedes": "失效", "repeals": "废止", "amends": "已修改"}


def test_what_is_taken_down_is_gone_from_search_at_once_and_its_record_stays():
    document = makers.make_published_document()
    assert found(document)

    document = documents.withdraw(
        document, reason="处罚决定已被撤销。", by=makers.make_staff(PostRole.APPROVER), at=at(hour=11)
    )

    assert document.state == DocumentState.WITHDRAWN
    assert not found(document)
    assert not Document.objects.visible_to(None, at(hour=12)).exists()
    assert not document.is_visible_to(None, at(hour=12))
    assert Document.objects.withdrawn().get().withdrawn_reason == "处罚决定已被撤销。"
    assert Entry.objects.of(document).filter(action="disclosure.document.withdrawn").exists()


def test_a_new_version_waiting_for_its_hour_does_not_put_up_again_what_was_taken_down():
    document = makers.make_published_document()
    draft = documents.revise(document, by=makers.make_staff(PostRole.EDITOR), at=at(), change_note="更正。")
    scheduled = makers.approve(
        makers.clear(review.submit(draft, by=draft.author, at=at())), publish_at=at(hour=15)
    )

    documents.withdraw(document, reason="内容有误。", by=makers.make_staff(PostRole.APPROVER), at=at(hour=11))

    assert sweeps.publish_due(at=at(hour=16)) == 0
    assert Document.objects.get().state == DocumentState.WITHDRAWN
    scheduled.refresh_from_db()
    assert (scheduled.status, scheduled.publish_at) == (VersionStatus.DRAFT, None)
    last = scheduled.steps.order_by("pk").last()
    assert last.verdict == Verdict.RETURNED and last.opinion.startswith("文件已撤下，定时发布取消")


def test_an_emergency_that_is_taken_down_is_not_approved_any_more():
    head, approver = makers.make_staff(PostRole.HEAD), makers.make_staff(PostRole.APPROVER)
    version = review.publish_urgently(
        makers.make_draft(), reason="暴雨红色预警。", checklist=CHECKED, by=head, at=at()
    )
    waiting = DocumentVersion.objects.waiting_for(approver, at().date())
    assert waiting.get() == version

    documents.withdraw(version.document, reason="不同意补批。", by=approver, at=at(hour=11))

    version.ratification_clock.refresh_from_db()
    assert version.ratification_clock.is_closed and not waiting.all().exists()
    with pytest.raises(RuleBroken, match="不需要补办审批"):
        review.ratify(version, opinion="同意", by=approver, at=at(hour=12))


def test_a_change_that_is_thrown_away_is_owed_no_more():
    document = makers.make_published_document()
    draft = documents.revise(document, by=makers.make_staff(PostRole.EDITOR), at=at(), change_note="更正。")

    documents.discard(draft, by=draft.author, at=at())

    document = Document.objects.get(pk=document.pk)
    assert document.publication_clock.is_closed and document.publication_clock.outcome == "不再修改"


def test_taking_down_needs_a_reason_and_the_post():
    document = makers.make_published_document()
    with pytest.raises(RuleBroken) as refusal:
        documents.withdraw(document, reason=" ", by=makers.make_staff(PostRole.APPROVER), at=at())
    assert refusal.value.field == "reason"
    with pytest.raises(RuleBroken, match="批准、负责人岗位"):
        documents.withdraw(document, reason="更正", by=makers.make_staff(PostRole.EDITOR), at=at())


def test_a_revoked_penalty_is_owed_a_take_down_in_three_working_days():
    """行政处罚法 第四十八条."""
    document = makers.make_published_document()
    for day, words in ((date(2026, 3, 10), "晚于今天"), (date(2026, 3, 5), "早于成文日期")):
        with pytest.raises(RuleBroken, match=words) as refusal:
            documents.order_takedown(
                document,
                reason="处罚决定被撤销。",
                changed_on=day,
                by=makers.make_staff(PostRole.EDITOR),
                at=at(),
            )
        assert refusal.value.field == "changed_on"
    document = documents.order_takedown(
        document, reason="处罚决定被撤销。", changed_on=date(2026, 3, 6),
        by=makers.make_staff(PostRole.EDITOR), at=at(),
    )  # fmt: skip
    assert document.takedown_clock.due_on == date(2026, 3, 11)

    document = documents.withdraw(
        document, reason="处罚决定被撤销。", by=makers.make_staff(PostRole.APPROVER), at=at(date(2026, 3, 10))
    )
    assert document.takedown_clock.was_kept


def test_a_limited_publication_ends_by_itself():
    document = makers.make_published_document(public_until=date(2026, 3, 20))
    assert document.is_visible_to(None, at(date(2026, 3, 20), hour=23))
    assert not document.is_visible_to(None, at(date(2026, 3, 21), hour=0))
    assert not Document.objects.visible_to(None, at(date(2026, 3, 21), hour=0)).exists()


def test_a_new_version_replaces_the_old_one_under_the_same_number():
    document = makers.make_published_document()
    editor = makers.make_staff(PostRole.EDITOR)
    version = documents.revise(document, by=editor, at=at(hour=11), change_note="更正第一条。")
    assert documents.revise(document, by=editor, at=at(hour=11)) == version
    version = documents.edit(version, by=editor, at=at(hour=11), title="关于规范施工许可管理的通知（修订）")
    former = document.current
    assert Document.objects.get().current == former

    for step in (
        lambda v: review.submit(v, by=editor, at=at(hour=11)),
        lambda v: review.review(v, opinion="同意", by=makers.make_staff(PostRole.REVIEWER), at=at(hour=11)),
        lambda v: review.secrecy_review(
            v, checklist=CHECKED, opinion="同意", by=makers.make_staff(PostRole.SECRECY), at=at(hour=11)
        ),
        lambda v: makers.approve(v, moment=at(hour=12)),
    ):
        version = step(version)

    after = Document.objects.get()
    former.refresh_from_db()
    assert after.current == version
    assert after.index_no == document.index_no
    assert after.published_at == at()
    assert former.status == VersionStatus.SUPERSEDED


def test_number_and_published_text_cannot_be_changed_below_the_workflow():
    document = makers.make_published_document()
    for change in (
        lambda: Document.objects.filter(pk=document.pk).update(index_no="000014349/2017-00110"),
        lambda: Document.objects.filter(pk=document.pk).delete(),
        lambda: DocumentVersion.objects.filter(document=document).update(title="改过的标题"),
        lambda: document.current.steps.update(opinion="改过的意见"),
    ):
        with pytest.raises((InternalError, DatabaseError)), transaction.atomic():
            change()
    assert Document.objects.get().index_no == document.index_no


def test_approval_speaks_once_and_takes_one_number():
    version = makers.approve(makers.make_ready())
    with pytest.raises(RuleBroken, match="不在批准环节"):
        makers.approve(version)
    assert Document.objects.get().index_no.endswith("-00001")
