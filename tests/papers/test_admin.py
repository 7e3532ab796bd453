import pytest
from django.test import Client
from django.urls import reverse

from portal.papers import workflow
from portal.papers.models import Paper
from portal.people.models import PostRole, User
from tests.papers.makers import FRIDAY, make_paper
from tests.people.makers import make_clerk, make_department

pytestmark = pytest.mark.django_db


def desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def deed(paper: Paper) -> str:
    return reverse("admin:papers_paper_deed", args=[paper.pk, "revoke"])


def test_staff_see_the_papers_of_their_own_department():
    ours, theirs = make_paper(), make_paper(department=make_department("spj"))
    client = desk(make_clerk(PostRole.HANDLER))
    page = client.get(reverse("admin:papers_paper_changelist")).content.decode()
    assert ours.number in page and theirs.number not in page
    assert client.get(reverse("admin:papers_paper_file", args=[theirs.pk])).status_code == 404


def test_a_supervisor_sees_every_department_s():
    papers = [make_paper(), make_paper(department=make_department("spj"))]
    page = (
        desk(make_clerk(PostRole.SUPERVISOR)).get(reverse("admin:papers_paper_changelist")).content.decode()
    )
    assert all(paper.number in page for paper in papers)


def test_the_original_is_handed_out_at_the_desk():
    paper = make_paper()
    response = desk(make_clerk(PostRole.CLERK)).get(reverse("admin:papers_paper_file", args=[paper.pk]))
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert Paper.objects.get(pk=paper.pk).state == "issued"


def test_a_head_revokes_with_a_reason_and_a_clerk_cannot():
    paper = workflow.produce(make_paper("grant"), at=FRIDAY)
    assert desk(make_clerk(PostRole.CLERK)).post(deed(paper), {"reason": "误发"}).status_code == 403

    head = desk(make_clerk(PostRole.HEAD))
    assert "不能恢复" in head.get(deed(paper)).content.decode()
    assert head.post(deed(paper), {"reason": " "}).status_code == 422
    assert head.post(deed(paper), {"reason": "误发"}).status_code == 302
    assert Paper.objects.get(pk=paper.pk).revoked_reason == "误发"
    assert head.post(deed(paper), {"reason": "再次"}).status_code == 422


def test_the_page_of_a_paper_lists_its_papers_with_a_steady_number_of_queries(django_assert_max_num_queries):
    client = desk(make_clerk(PostRole.HANDLER))
    for _ in range(3):
        make_paper()
    with django_assert_max_num_queries(25):
        client.get(reverse("admin:papers_paper_changelist"))
    for _ in range(12):
        make_paper()
    with django_assert_max_num_queries(25):
        client.get(reverse("admin:papers_paper_changelist"))
