"""What an applicant and a passer-by see of guides, drafts and cases."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from approvals import workflow
from approvals.models import Case, CaseStatus, Draft
from portal.papers.models import Paper
from portal.workdays.models import Clock
from tests.approvals.makers import (
    ANSWERS,
    make_applicant,
    make_case,
    make_draft,
    make_draft_version,
    make_item,
    make_staff,
    make_upload,
)
from tests.people.makers import make_party, make_user

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"approvals:{name}", args=args)


def text(response):
    return response.content.decode()


def test_a_guide_is_read_without_an_account(client):
    version = make_item()

    listed, page = client.get(url("guides")), client.get(url("guide", "construction-permit"))

    assert version.name in text(listed)
    for answer in ("能不能办", "要带什么", "多久办完", "多少钱", "怎么办", "办成了拿到什么", "依据"):
        assert answer in text(page)
    assert "第七条" in text(page)


def test_a_version_that_is_not_published_is_found_nowhere(client):
    version = make_draft_version()

    assert version.name not in text(client.get(url("guides")))
    assert client.get(url("guide", version.item.code)).status_code == 404


def test_a_basis_still_to_be_checked_is_not_shown_to_the_public(client):
    version = make_draft_version()
    version.legal_bases.update(is_certain=False)
    workflow.publish(version, by=None, at=timezone.now())

    assert "第七条" not in text(client.get(url("guide", version.item.code)))


def apply(client, version):
    """From the guide's button to the draft's first page."""
    _user, party = make_applicant()
    answer = client.post(url("apply", version.item.code), {"party": party.pk, "situation": "first"})
    return Draft.objects.get(), answer


def fill(client, draft):
    for number, page in enumerate(draft.version.form_pages, start=1):
        codes = {field["code"]: ANSWERS[field["code"]] for field in page["fields"]}
        client.post(url("draft_form", draft.key, number), codes)
    client.post(url("draft_materials", draft.key), {"file-land": make_upload(), "go": "1"})


def test_an_applicant_walks_from_the_guide_to_the_confirmation(client):
    version = make_item()
    make_staff(version.item.department)
    user, _party = make_applicant()
    client.force_login(user)
    draft, answer = apply(client, version)
    assert answer.url == url("draft_form", draft.key, 1)
    assert "尚未提交" in text(client.get(answer.url))
    fill(client, draft)

    assert "符合" in text(client.get(url("draft_precheck", draft.key)))
    assert "示范小学教学楼" in text(client.get(url("draft_check", draft.key)))
    done = client.post(url("draft_submit", draft.key), {"promise": "1"}, follow=True)

    case = Case.objects.get()
    assert case.number in text(done)
    assert case.query_code in text(done)
    receipt = Paper.objects.of(case).get(kind="receipt")
    assert url("case_paper", case.number, receipt.key) in text(done)


def test_a_replayed_submission_lands_on_the_same_case(client):
    version = make_item()
    make_staff(version.item.department)
    user, _party = make_applicant()
    client.force_login(user)
    draft, _ = apply(client, version)
    fill(client, draft)

    answers = [client.post(url("draft_submit", draft.key), {"promise": "1"}) for _ in range(3)]

    assert Case.objects.count() == 1
    assert {answer.url for answer in answers} == {url("submitted", Case.objects.get().number)}


def test_nothing_is_submitted_without_the_promise(client):
    draft = make_draft()
    client.force_login(draft.user)

    answer = client.post(url("draft_submit", draft.key))

    assert answer.status_code == 422
    assert "请先勾选承诺" in text(answer)
    assert not Case.objects.exists()


def test_a_wrong_answer_comes_back_at_its_field_with_nothing_lost(client):
    draft = make_draft(complete=False)
    client.force_login(draft.user)

    answer = client.post(
        url("draft_form", draft.key, 1), {"project_name": "示范桥", "area": "很大", "kind": "house"}
    )

    assert answer.status_code == 422
    assert "示范桥" in text(answer)
    assert answer.context["form"].errors["area"]
    draft.refresh_from_db()
    assert draft.answers == {}


def test_a_refused_file_says_why_and_keeps_the_others(client):
    draft = make_draft(complete=False)
    client.force_login(draft.user)
    bad = make_upload("脚本.html")
    bad.file.seek(0)
    bad.file.write(b"<script>alert(1)</script>")
    bad.file.seek(0)

    answer = client.post(
        url("draft_materials", draft.key), {"file-land": make_upload(), "file-contract": bad}
    )

    assert answer.status_code == 422
    assert list(draft.materials.values_list("material__code", flat=True)) == ["land"]


def test_a_draft_is_open_to_its_writer_only(client):
    draft = make_draft()
    stranger = make_user("stranger")
    make_party(stranger)
    client.force_login(stranger)

    for name in ("draft_materials", "draft_precheck", "draft_check", "draft_discard"):
        assert client.get(url(name, draft.key)).status_code == 404
    assert client.post(url("draft_submit", draft.key), {"promise": "1"}).status_code == 404


def test_number_and_code_open_the_progress_but_not_the_files(client):
    case = make_case(received_on=localdate())

    assert client.get(url("case", case.number)).status_code == 404
    answer = client.post(url("track"), {"number": case.number, "code": case.query_code}, follow=True)

    assert "等待受理" in text(answer)
    assert case.party.name not in text(answer)
    file = case.materials.get().attachment
    assert client.get(url("case_file", case.number, file.key)).status_code == 404


def test_a_wrong_code_tells_nothing_and_ten_of_them_close_the_door(client):
    case = make_case(received_on=localdate())

    refused = [client.post(url("track"), {"number": case.number, "code": "000"}) for _ in range(10)]
    late = client.post(url("track"), {"number": case.number, "code": case.query_code})

    assert {answer.status_code for answer in refused} == {422}
    assert "没有找到这个办件" in text(refused[0])
    assert "15分钟" in text(late)


def test_every_date_of_a_case_explains_itself(client):
    case = make_case(CaseStatus.ACCEPTED, received_on=localdate())
    client.force_login(case.applicant_user)

    for clock in Clock.objects.of(case):
        page = client.get(url("case_date", case.number, clock.public_key))
        assert page.status_code == 200
        assert f"{clock.due_on.year}年{clock.due_on.month}月{clock.due_on.day}日" in text(page)


def test_another_cases_clock_is_not_shown_under_this_number(client):
    case, other = make_case(received_on=localdate()), make_case(received_on=localdate())
    client.force_login(case.applicant_user)
    clock = Clock.objects.of(other).first()

    assert client.get(url("case_date", case.number, clock.public_key)).status_code == 404


def test_the_applicant_supplements_and_the_window_gets_the_case_back(client):
    case = make_case(CaseStatus.SUPPLEMENT, received_on=localdate())
    client.force_login(case.applicant_user)
    assert "施工合同缺少签字页" in text(client.get(url("supplement", case.number)))

    client.post(url("supplement", case.number), {"file-contract": make_upload("合同.png", 30), "send": "1"})

    case.refresh_from_db()
    assert case.status == CaseStatus.SUBMITTED


def test_withdrawing_asks_once_and_ends_the_case(client):
    case = make_case(received_on=localdate())
    client.force_login(case.applicant_user)
    assert "不能恢复" in text(client.get(url("withdraw", case.number)))

    client.post(url("withdraw", case.number), {"reason": "工程取消"})

    case.refresh_from_db()
    assert case.status == CaseStatus.WITHDRAWN


def test_staff_cannot_apply_with_their_work_account(client):
    version = make_item()
    client.force_login(make_staff(version.item.department)["clerk"])

    assert client.get(url("apply", version.item.code)).status_code == 403
