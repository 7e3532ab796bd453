"""Samples and blank forms: made from the form schema, downloaded from the guide, frozen with it."""

import pytest
from django.core.files.storage import default_storage
from django.db import InternalError, transaction
from django.urls import reverse

from approvals import workflow
from approvals.blank_forms import form_words, when_words
from approvals.models import Material
from portal.papers import workflow as papers
from portal.papers.models import Attachment
from portal.refusals import RuleBroken
from tests.approvals.makers import at, make_draft_version, make_upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def with_forms():
    version = make_draft_version()
    land = version.materials.get(code="land")
    workflow.draw_up_forms(land, answers={"project_name": "示范小学教学楼"}, by=None, at=at())
    return version


def test_the_guide_offers_the_blank_form_and_the_sample_as_pdf(client):
    version = workflow.publish(with_forms(), by=None, at=at())
    land = version.materials.get(code="land")
    page = client.get(reverse("approvals:guide", args=[version.item.code])).content.decode()

    for file in (land.blank_form, land.sample):
        url = reverse("approvals:guide_form", args=[version.item.code, file.key])
        assert url in page
        content = b"".join(client.get(url).streaming_content)
        assert content.startswith(b"%PDF-")
    assert land.sample.name == "建设用地批准手续（样本）.pdf"


def test_the_form_asks_what_the_schema_asks_and_says_when():
    words = form_words(make_draft_version(), "申请表", answers={"kind": "house", "situation": "first"})

    labels = [row["label"] for page in words["pages"] for row in page["rows"]]
    assert labels[-3:] == ["工程类别", "联系人", "联系电话"]
    ticked = [
        c["label"] for page in words["pages"] for row in page["rows"] for c in row["choices"] if c["on"]
    ]
    assert ticked == ["首次申请", "房屋建筑"]
    fields = {"kind": {"label": "类别", "type": "choice", "choices": [["a", "甲"]]}}
    assert when_words({"field": "kind", "eq": "a"}, fields, {}) == "类别为甲时填写"
    assert when_words({"situation": ["b", "a"]}, {}, {"a": "新办", "b": "变更"}) == "新办、变更时填写"
    assert when_words({"not": {"situation": "a"}}, {}, {"a": "新办"}) == "符合条件时填写"


def test_no_other_upload_can_be_fetched_through_a_guide(client):
    version = workflow.publish(with_forms(), by=None, at=at())
    secret = papers.store_upload(make_upload("身份证.png"), by=None, at=at())

    assert client.get(f"/guides/{version.item.code}/forms/{secret.key}/").status_code == 404


def test_the_forms_of_a_draft_and_of_a_retired_item_are_not_public(client):
    version = with_forms()
    url = f"/guides/{version.item.code}/forms/{version.materials.get(code='land').blank_form.key}/"
    assert client.get(url).status_code == 404

    workflow.publish(version, by=None, at=at())
    assert b"".join(client.get(url).streaming_content).startswith(b"%PDF-")
    workflow.retire(version.item, reason="国务院决定取消", by=None, at=at())
    assert client.get(url).status_code == 404


def test_a_replaced_form_is_thrown_away_unless_an_older_version_still_shows_it():
    version = with_forms()
    land = version.materials.get(code="land")
    first = land.sample
    workflow.attach_form(land, "sample", file=make_upload("新样本.png", 7), by=None, at=at())
    assert not Attachment.objects.filter(pk=first.pk).exists()

    workflow.publish(version, by=None, at=at())
    new = workflow.new_version(version.item, by=None, at=at())
    workflow.attach_form(new.materials.get(code="land"), "sample", file=None, by=None, at=at())

    assert new.materials.get(code="land").sample is None
    kept = version.materials.get(code="land").sample
    assert default_storage.exists(kept.stored_as)


def test_a_published_form_cannot_be_exchanged():
    version = workflow.publish(with_forms(), by=None, at=at())
    land = version.materials.get(code="land")

    with pytest.raises(RuleBroken, match="已经发布，不能修改"):
        workflow.attach_form(land, "sample", file=None, by=None, at=at())
    with pytest.raises(InternalError, match="frozen"), transaction.atomic():
        Material.objects.filter(pk=land.pk).update(sample=None)
