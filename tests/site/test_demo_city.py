"""The demo city: loaded once, and its accounts work as printed."""

import re

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from approvals.draw_check import verify_day
from approvals.models import Case, CaseStatus, DutySeed
from disclosure.models import BatchState, Column, Document, DocumentState, DocumentVersion, ImportBatch
from disclosure.models.codes import FROZEN_VERSIONS, OPEN_VERSIONS
from portal.audit import workflow as audit
from portal.audit.models import Entry
from portal.audit.verification import verify
from portal.audit.words import fact_words, kind_of, labels
from portal.notices.models import FollowUp, Notice
from portal.people.models import Department, Party, Post, User
from portal.site.demo.accounts import PASSWORD, shown_accounts, totp_secret
from portal.site.demo.load import load_city
from portal.site.management.commands.demo import introduction

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    """Loaded once for this file, and gone after it."""
    said: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic():
        load_city(said.append)
        yield said
        transaction.set_rollback(True)


def current_code(username: str, capsys: pytest.CaptureFixture[str]) -> str:
    call_command("code", username)
    return capsys.readouterr().out.strip()


def test_loading_the_city_twice_adds_nothing(city: list[str]):
    assert {line.split(":")[0] for line in city} >= {"departments", "citizens", "enterprises", "cases"}
    counted = [model.objects.count() for model in (Department, User, Post, Party)]
    again: list[str] = []
    load_city(again.append)
    assert again == []
    assert [model.objects.count() for model in (Department, User, Post, Party)] == counted


def test_every_entry_and_every_notice_of_the_city_reads_in_words(city: list[str]):
    assert not [
        code for code in Entry.objects.values_list("action", flat=True).distinct() if code not in labels()
    ]
    kinds = {kind_of(kind) for kind in Entry.objects.values_list("subject_type", flat=True).distinct()}
    kinds |= {notice.business for notice in Notice.objects.select_related("template")}
    assert not [words for words in kinds if ":" in words or "." in words or words.isascii()]


def test_every_printed_account_signs_in_as_printed(city: list[str], capsys: pytest.CaptureFixture[str]):
    for account in shown_accounts():
        client = Client()
        page = client.post("/accounts/login/", {"login": account.sign_in, "password": account.password})
        assert page.status_code == 302, (account, page.content.decode())
        if account.totp_secret:
            assert page["Location"].startswith("/accounts/2fa/authenticate/"), account
            page = client.post(page["Location"], {"code": current_code(account.sign_in, capsys)})
        assert "_auth_user_id" in client.session, account
        landed = client.get(page["Location"], follow=True)
        assert landed.status_code == 200, account
        inside = "/admin/" if account.totp_secret else "/my/"
        assert landed.request["PATH_INFO"].startswith(inside), account


def test_the_people_of_the_city_hold_what_their_work_needs(city: list[str]):
    """Clerk, handler, reviewer and approver are different people; the agent acts for enterprises."""
    holders = [
        set(Post.objects.filter(role=role).values_list("user", flat=True))
        for role in ("clerk", "handler", "reviewer", "approver")
    ]
    assert all(holders)
    assert sum(len(people) for people in holders) == len(set.union(*holders))

    agent = User.objects.signing_in_with("13900000002").get()
    names = {party.name for party in Party.objects.actable_by(agent, on=timezone.localdate())}
    assert names == {"李建国", "示范市第一建筑工程有限公司", "示范市宏远房地产开发有限公司"}

    made = audit.history(User.objects.get(username="window")).values_list("action", flat=True)
    assert "people.user.created" in set(made)


def test_the_city_has_a_case_in_every_state_and_its_record_holds(city: list[str]):
    assert set(Case.objects.values_list("status", flat=True)) == set(CaseStatus.values)
    assert Case.objects.filter(is_deemed_accepted=True).exists()
    assert Case.objects.filter(is_deemed_withdrawn=True).exists()
    assert [str(fault) for fault in verify()] == []
    for seed in DutySeed.objects.all():
        assert verify_day(seed.day).faults == []
    assert not FollowUp.objects.exists()


def test_the_publishing_desk_of_the_city_holds_work_for_everyone(city: list[str]):
    today = timezone.localdate()
    versions = DocumentVersion.objects
    assert set(versions.values_list("status", flat=True)) >= {*OPEN_VERSIONS, *FROZEN_VERSIONS}
    for username in ("reviewer", "secrecy", "approver", "secrecy2", "approver2"):
        assert versions.waiting_for(User.objects.get(username=username), today).exists(), username
    assert any(version.awaits_ratification for version in versions.filter(is_urgent=True))
    assert versions.open().filter(findings__overridden_at=None, findings__isnull=False).count() >= 2
    assert versions.filter(status="draft", steps__verdict="returned").exists()
    assert set(Document.objects.values_list("state", flat=True)) == set(DocumentState.values)
    assert Document.objects.filter(takedown_clock__closed_on=None, takedown_clock__isnull=False).exists()
    assert ImportBatch.objects.filter(state=BatchState.CHECKED, faulty=2).exists()
    assert 280 <= Document.objects.visible_to(None, timezone.now()).count() <= 340
    shown = Document.objects.visible_to(None, timezone.now()).values("column")
    assert not Column.objects.active().filter(parent__slug="statutory").exclude(pk__in=shown).exists()


def test_the_introduction_names_each_account_with_its_secrets(tmp_path):
    text = introduction(shown_accounts(), tmp_path)
    assert all(account.sign_in in text and account.password in text for account in shown_accounts())
    assert totp_secret("window") in text and PASSWORD in text


def test_every_fact_in_the_record_of_the_city_is_read_in_chinese(city):
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT action, subject_type, jsonb_object_keys(facts) FROM audit_entry")
        told = cursor.fetchall()
    unworded = {
        f"{action}: {name}"
        for action, subject_type, name in told
        if not re.search("[一-鿿]", fact_words(name, action, subject_type))
    }
    assert len(told) > 100
    assert not unworded
