"""Nothing leaks: every public address × every state a document can be in, walked from the URL map."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from disclosure import sweeps
from disclosure.catalogue.shelf import shelf
from disclosure.models import DocumentFile, DocumentVersion
from disclosure.workflow import documents, review
from portal.papers import workflow as papers
from portal.people.models import PostRole
from portal.search import workflow as search
from tests import urlmap
from tests.disclosure.makers import (
    approve,
    at,
    clear,
    make_column,
    make_draft,
    make_published_document,
    make_publisher,
    make_staff,
)
from tests.papers.files import make_pdf

pytestmark = pytest.mark.django_db

ASKED, REST = "天枢桥面", "加固方案的通知"
SECRETS = (REST, "示天发〔2026〕7号", "沥青铺装层更换", "承重计算书")
PUBLISHER = "天枢公路管理处"  # no secret by itself: whoever asks for information picks an office by name
REASON = "测算有误，更正后重新公开。"


def make(**more: object) -> DocumentVersion:
    """A draft whose every word is found nowhere else, with two files for the public and one kept inside."""
    column = make_column("qiaoliang", "桥梁养护")
    publisher = make_publisher("tianshu")
    publisher.name = PUBLISHER
    publisher.save(update_fields=["name"])
    version = make_draft(
        f"{ASKED}{REST}", column=column, publisher=publisher, doc_no=SECRETS[1], topic="07",
        body=f"<p>{SECRETS[2]}。</p>", summary=f"{SECRETS[2]}的安排", statutory_item="20-10", **more,
    )  # fmt: skip
    for pages, is_public in ((1, True), (2, True), (3, False)):
        upload = SimpleUploadedFile(f"{SECRETS[3]}{pages}.pdf", make_pdf(pages=pages))
        attachment = papers.store_upload(upload, by=version.author, at=at())
        DocumentFile.objects.create(
            version=version, title=f"{SECRETS[3]}{pages}", attachment=attachment, is_public_copy=is_public
        )
    return version


def submitted(**more: object) -> DocumentVersion:
    version = make(**more)
    return review.submit(version, by=version.author, at=at())


def reviewed(**more: object) -> DocumentVersion:
    version = submitted(**more)
    by = make_staff(PostRole.REVIEWER, version.document.publisher)
    return review.review(version, opinion="同意。", by=by, at=at())


def cleared(**more: object) -> DocumentVersion:
    return clear(submitted(**more))


def scheduled() -> DocumentVersion:
    return approve(cleared(), publish_at=timezone.now() + timedelta(days=3))


def published(**more: object) -> DocumentVersion:
    return approve(cleared(**more))


def withdrawn() -> DocumentVersion:
    version = published()
    by = make_staff(PostRole.APPROVER, version.document.publisher)
    documents.withdraw(version.document, reason=REASON, by=by, at=at(date(2026, 3, 10)))
    return version


def expired() -> DocumentVersion:
    """Its last day has passed; the sweep, which takes it out of the index, has been there."""
    version = published(public_until=date(2026, 3, 31))
    sweeps.end_limited(at=at(date(2026, 4, 1), hour=0, minute=1))
    return version


def discarded() -> DocumentVersion:
    version = make()
    return documents.discard(version, by=version.author, at=at())


HIDDEN: dict[str, Callable[[], DocumentVersion]] = {
    "draft": make,
    "waiting for the department": submitted,
    "waiting for the secrecy review": reviewed,
    "waiting for approval": cleared,
    "scheduled": scheduled,
    "expired": expired,
    "withdrawn": withdrawn,
    "thrown away": discarded,
    "for applicants only": lambda: make(attribute="on_request"),
    "withheld": lambda: make(attribute="withheld", withheld_reason="涉及商业秘密"),
}
GONE = {"expired": "期满", "withdrawn": REASON}

# Where a published document shows; every other address is walked too and must stay silent.
SHOWS = {
    "disclosure:home", "disclosure:feed", "disclosure:documents", "disclosure:documents_csv",
    "disclosure:documents_json", "disclosure:document", "disclosure:document_qr", "disclosure:document_bundle",
    "disclosure:document_file", "disclosure:column", "disclosure:column_feed", "disclosure:column_csv",
    "disclosure:column_json", "site:home", "site:sitemap_part", "api:document", "search:search", "search:suggestions", "search:feed", "search:csv",
    "search:json", "api:search", "site:kiosk_document", "site:kiosk_find",
}  # fmt: skip
NOT_PUBLIC = ("admin", "account", "mfa", "people:", "supervision:", "notices:", "site:my", "site:messages")
FILES = ("application/pdf", "application/zip", "image/svg+xml")
ASKS = [f"?q={ASKED}", f"?q={ASKED[:1]}", f"?q={ASKED}&kind=document"]
QUESTIONS = dict.fromkeys(
    ("search:search", "search:suggestions", "search:feed", "search:csv", "search:json", "api:search"), ASKS
) | {"site:kiosk_find": ["", *ASKS]}


def walk(client: Client, version: DocumentVersion) -> Iterator[tuple[str, str, str, bool]]:
    """Every public address of the map, filled with this document's own keys: name, path, and what it answers."""
    document = version.document
    document.refresh_from_db()
    files = list(version.files.order_by("pk"))
    values = {
        "key": str(document.key), "file_key": str(files[0].key), "slug": document.column.slug,
        "index_no": document.index_no or f"{document.publisher.uscc}/202603-00001",
    }  # fmt: skip
    for address in urlmap.addresses():
        if address.name.startswith(NOT_PUBLIC) or "/" in address.name:
            continue
        asked = set(re.findall(r"<(?:\w+:)?(\w+)>", address.route.replace("{", "<").replace("}", ">")))
        given = {**values, "name": "documents-0"} if address.name == "site:sitemap_part" else values
        if not asked <= set(given):
            continue
        path = reverse(address.name, kwargs={name: given[name] for name in asked})
        secrets = SECRETS if values["key"] in path else (*SECRETS, values["key"])
        for question in QUESTIONS.get(address.name, [""]):
            answer = client.get(path + question)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            content_type = answer.get("Content-Type", "")
            shown = body.decode(errors="replace") + str(answer.get("Content-Disposition", ""))
            leaks = any(secret in shown for secret in secrets)
            leaks = leaks or (answer.status_code == 200 and content_type in FILES)
            yield address.name, path + question, f"{answer.status_code} {shown}", leaks


@pytest.fixture(scope="module")
def hidden(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, DocumentVersion]]:
    """One document in each hidden state, beside one that is public; gone after this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_published_document("一件普通的通知")
        yield {state: make_it() for state, make_it in HIDDEN.items()}
        transaction.set_rollback(True)


@pytest.mark.parametrize("state", HIDDEN)
def test_what_is_not_public_shows_at_no_address(client, hidden, state):
    seen = {name: path for name, path, _, leaks in walk(client, hidden[state]) if leaks}
    assert not seen


@pytest.mark.parametrize("state", HIDDEN)
def test_what_was_public_leaves_its_reason_and_what_never_was_leaves_nothing(client, hidden, state):
    document = hidden[state].document
    document.refresh_from_db()

    page = client.get(reverse("disclosure:document", args=[document.key]))
    told = client.get(f"/api/v1/documents/{document.index_no or 'x/202603-00001'}")

    if state in GONE:
        assert page.status_code == told.status_code == 410
        assert GONE[state] in page.content.decode() and GONE[state] in told.json()["detail"][0]["message"]
    else:
        assert page.status_code == told.status_code == 404
        assert "索引号" in told.json()["detail"][0]["message"]


def test_what_is_not_public_counts_nowhere(client, hidden):
    shelf.clear()
    everything = client.get(reverse("disclosure:documents")).context["counted"]
    column = client.get(reverse("disclosure:column", args=["qiaoliang"])).context["counted"]
    items = {choice.query: choice.count for choice in client.get(reverse("disclosure:home")).context["items"]}
    offered = {choice.label: choice.count for facet in everything.facets for choice in facet.choices}

    assert everything.count == 1 and column.count == 0 and not column.facets
    assert offered["城乡建设、环境保护"] == 1 and "工业、交通" not in offered and PUBLISHER not in offered
    assert items["?item=20-5"] == 1 and items["?item=20-10"] == 0


def test_what_is_not_public_is_found_by_nobody(hidden):
    assert not [hit for hit in search.suggest(ASKED) if REST in hit.title]
    assert not search.find(SECRETS[2]).rows and not search.find(SECRETS[3]).rows


def test_what_is_public_shows_at_every_exit_and_is_gone_from_all_the_moment_it_is_withdrawn(client, settings):
    settings.PAGE_CACHE_SECONDS = 30
    version = published()

    shows = {name for name, _, _, leaks in walk(client, version) if leaks}
    assert shows == SHOWS

    by = make_staff(PostRole.APPROVER, version.document.publisher)
    documents.withdraw(version.document, reason=REASON, by=by, at=timezone.now())
    assert not {name: path for name, path, _, leaks in walk(client, version) if leaks}


def test_a_change_in_the_making_shows_nowhere_and_what_it_replaced_shows_no_more(client):
    version = published()
    draft = documents.revise(
        version.document, by=version.author, at=at(date(2026, 3, 11)), change_note="改正数据"
    )
    documents.edit(
        draft, title="玉衡隧道检修", body="<p>照明改造。</p>", by=version.author, at=at(date(2026, 3, 11))
    )

    pages = {name: shown for name, _, shown, _ in walk(client, version)}
    assert not [name for name, shown in pages.items() if "玉衡" in shown or "照明改造" in shown]

    draft.refresh_from_db()
    draft = clear(review.submit(draft, by=version.author, at=at(date(2026, 3, 11))))
    approve(draft, moment=at(date(2026, 3, 12)))

    pages = {name: shown for name, _, shown, _ in walk(client, version)}
    assert "玉衡隧道检修" in pages["disclosure:document"]
    assert not [name for name, shown in pages.items() if REST in shown or f"{SECRETS[2]}。" in shown]


def test_a_file_kept_inside_has_no_address(client):
    version = published()
    inside = version.files.get(is_public_copy=False)

    page = client.get(reverse("disclosure:document", args=[version.document.key])).content.decode()
    answer = client.get(reverse("disclosure:document_file", args=[version.document.key, inside.key]))

    assert inside.title not in page and answer.status_code == 404


def test_a_file_is_not_had_under_the_address_of_another_document(client):
    version, other = published(), make_published_document("另一件通知")
    key = version.files.order_by("pk")[0].key

    assert client.get(reverse("disclosure:document_file", args=[other.key, key])).status_code == 404


def test_a_document_past_its_last_day_is_hidden_though_no_sweep_came(client):
    version = published(public_until=date(2026, 3, 31))

    seen = {name for name, _, _, leaks in walk(client, version) if leaks}
    page = client.get(reverse("disclosure:document", args=[version.document.key]))

    assert not seen
    assert page.status_code == 410 and "公开期限已满" in page.content.decode()
