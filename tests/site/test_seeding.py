from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from disclosure.models import Document
from disclosure.workflow import counts
from portal.people.crypto import keyed_hash
from portal.people.identity import check_id_number, check_uscc
from portal.search import workflow as search
from portal.search.models import SearchRow
from portal.site import findable
from portal.site.seeding import documents, registries
from portal.site.seeding.texts import text
from talent.models import Enterprise, Person, Registration
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


def test_a_run_that_was_interrupted_goes_on_where_it_ended(monkeypatch):
    monkeypatch.setattr(documents, "BATCH", 20)
    make_column()

    def stop_at_forty(done: int) -> None:
        if done == 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        documents.seed_documents(60, progress=stop_at_forty)
    assert documents.have(60) == 40
    told: list[int] = []
    assert documents.seed_documents(60, progress=told.append) == 20

    assert told == [40, 60]
    assert Document.objects.count() == SearchRow.objects.count() == 60
    assert counts.reconcile() == 0
    assert findable.reconcile()["document"].mended == 0
    assert search.find(text(59).body[:6]).rows


def test_there_must_be_columns_to_hang_documents_on():
    with pytest.raises(CommandError, match="还没有栏目"):
        seed(10)


def test_seeded_registries_go_on_where_they_ended_and_keep_every_rule(monkeypatch):
    monkeypatch.setattr(registries, "BATCH", 40)
    call_command("seed", enterprises=5, people=60, stdout=StringIO())
    first = Person.objects.order_by("pk").values_list("party__id_hash", flat=True)[:60]
    before = list(first)

    call_command("seed", enterprises=8, people=100, stdout=StringIO())

    assert Enterprise.objects.count() == 8 and Person.objects.count() == 100
    assert list(first) == before
    for person in Person.objects.select_related("party")[:5]:
        assert check_id_number(person.party.id_number, today=date(2026, 11, 25))
        assert person.party.id_hash == keyed_hash("id_number", person.party.id_number)
    assert all(check_uscc(firm.uscc) == firm.uscc for firm in Enterprise.objects.all())
    held = Registration.objects.all()
    assert held and not held.exclude(person__is_professional=True).exists()
    with connection.cursor() as cursor:  # the versions of real rows are kept again
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone()[0] == 0


def test_people_are_not_seeded_without_enterprises():
    with pytest.raises(CommandError, match="请先生成企业"):
        call_command("seed", people=5, stdout=StringIO())
