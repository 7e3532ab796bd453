from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from disclosure.models import Document
from portal.search import workflow as search
from portal.search.models import SearchRow
from portal.site import findable
from portal.site.seeding import documents
from portal.site.seeding.texts import text
from tests.disclosure.makers import make_column

pytestmark = pytest.mark.django_db


def seed(total: int) -> str:
    told = StringIO()
    call_command("seed", documents=total, stdout=told)
    return told.getvalue()


def test_seeded_documents_are_public_found_and_exactly_what_the_index_should_hold(monkeypatch):
    monkeypatch.setattr(documents, "BATCH", 20)
    make_column()

    assert seed(30) == "30 documents added, 30 in all.\n"
    assert seed(30) == "0 documents added, 30 in all.\n"
    before = dict(Document.objects.values_list("key", "index_no"))
    assert seed(50) == "20 documents added, 50 in all.\n"

    assert before.items() <= dict(Document.objects.values_list("key", "index_no")).items()
    assert Document.objects.visible_to(None, timezone.now()).count() == 50
    assert SearchRow.objects.filter(kind="document").count() == 50
    differences = findable.reconcile()["document"]
    assert (differences.checked, differences.mended) == (50, 0)
    search.put("document", "stray", title="不知从何而来", body="", url="/", on=text(0).on)
    assert findable.reconcile()["document"].removed == ["stray"]
    first = text(0)
    assert str(documents.key(0)) in [hit.obj_id for hit in search.find(first.body[:6]).rows]
    assert (first.title, first.body) == (text(0).title, text(0).body)
    assert 300 <= len(first.body) <= 900


def test_there_must_be_columns_to_hang_documents_on():
    with pytest.raises(CommandError, match="还没有栏目"):
        seed(10)
