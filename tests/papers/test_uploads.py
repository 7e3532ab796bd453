import hashlib
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.files.storage import default_storage
from django.db import connection

from portal.audit import workflow as audit
from portal.papers import intake, workflow
from portal.papers.models import Attachment
from portal.refusals import RuleBroken
from tests.papers import files
from tests.papers.makers import FRIDAY, handed_out, make_file
from tests.people.makers import make_user

pytestmark = pytest.mark.django_db


def stored() -> list[Path]:
    folder = Path(default_storage.path("uploads"))
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def test_an_upload_is_kept_with_its_digest_and_on_record():
    citizen = make_user()
    content = files.make_pdf()
    attachment = workflow.store_upload(make_file(content, "营业执照.pdf"), by=citizen, at=FRIDAY)

    assert (attachment.name, attachment.mime, attachment.size) == (
        "营业执照.pdf",
        "application/pdf",
        len(content),
    )
    assert attachment.sha256 == hashlib.sha256(content).hexdigest()
    entry = audit.history(attachment).get()
    assert (entry.action, entry.actor) == ("papers.attachment.stored", citizen)


def test_equal_bytes_are_stored_once_under_their_own_names():
    content = files.make_tracked_picture()
    first = workflow.store_upload(make_file(content, "照片一.jpg"), by=None, at=FRIDAY)
    second = workflow.store_upload(make_file(content, "照片二.png"), by=None, at=FRIDAY)

    assert (first.name, second.name) == ("照片一.jpg", "照片二.jpg")
    assert first.key != second.key
    assert first.stored_as == second.stored_as
    assert len(stored()) == 1


def test_the_place_of_a_file_tells_nothing_and_is_no_address():
    attachment = workflow.store_upload(make_file(files.make_pdf(), "营业执照.pdf"), by=None, at=FRIDAY)
    assert attachment.sha256 not in attachment.stored_as
    assert "营业执照" not in attachment.stored_as
    assert not Path(default_storage.path(attachment.stored_as)).is_relative_to(configured.STATIC_ROOT)
    with pytest.raises(NotImplementedError):
        default_storage.url(attachment.stored_as)


def test_what_is_refused_leaves_nothing_behind():
    with pytest.raises(RuleBroken):
        workflow.store_upload(make_file(b"<svg/>", "图.svg"), by=None, at=FRIDAY)
    assert not Attachment.objects.exists()
    assert not stored()


def test_a_file_larger_than_it_says_is_refused(monkeypatch):
    monkeypatch.setattr(intake, "MAX_BYTES", 10)
    monkeypatch.setattr("portal.papers.intake.gate.MAX_BYTES", 10)
    file = make_file(files.make_pdf())
    file.size = 5
    with pytest.raises(RuleBroken, match="超过"):
        workflow.store_upload(file, by=None, at=FRIDAY)


def test_discarding_the_last_copy_deletes_the_bytes(django_capture_on_commit_callbacks):
    content = files.make_pdf()
    first = workflow.store_upload(make_file(content), by=None, at=FRIDAY)
    second = workflow.store_upload(make_file(content), by=None, at=FRIDAY)

    with django_capture_on_commit_callbacks(execute=True):
        workflow.discard(first, by=None, at=FRIDAY)
    assert len(stored()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        workflow.discard(second, by=None, at=FRIDAY + timedelta(days=1))
    assert not stored()
    assert not Attachment.objects.exists()


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_uploading_and_discarding_the_same_bytes_at_once_never_loses_them():
    content = files.make_picture()

    def come_and_go(turn: int) -> str:
        try:
            attachment = workflow.store_upload(make_file(content, "a.jpg"), by=None, at=FRIDAY)
            if turn % 2:
                workflow.discard(attachment, by=None, at=FRIDAY)
                return ""
            return attachment.stored_as
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        kept = {place for place in pool.map(come_and_go, range(40)) if place}

    assert len(kept) == 1
    assert default_storage.exists(kept.pop())
    assert Attachment.objects.count() == 20


def test_a_download_runs_nothing_and_is_not_cached():
    attachment = workflow.store_upload(make_file(files.make_picture(), "现场 照片.jpg"), by=None, at=FRIDAY)
    with handed_out(workflow.serve(attachment)) as response:
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert response["Cache-Control"] == "private, no-store"
        assert response["Content-Type"] == "image/jpeg"


def test_pictures_and_pdf_may_be_shown_and_documents_may_not():
    for content, name, shown in (
        (files.make_picture(), "a.jpg", True),
        (files.make_pdf(), "a.pdf", True),
        (files.make_office(), "a.docx", False),
    ):
        attachment = workflow.store_upload(make_file(content, name), by=None, at=FRIDAY)
        with handed_out(workflow.serve(attachment, inline=True)) as response:
            assert response["Content-Disposition"].startswith("inline" if shown else "attachment")


def test_a_file_lost_from_disk_is_said_so():
    attachment = workflow.store_upload(make_file(files.make_pdf()), by=None, at=FRIDAY)
    default_storage.delete(attachment.stored_as)
    with pytest.raises(RuleBroken, match="暂时无法读取"):
        workflow.serve(attachment)


@pytest.fixture
def clamd(settings):
    """A daemon that speaks INSTREAM and finds one word."""
    server = socket.create_server(("127.0.0.1", 0))
    settings.PAPERS_SCANNER = "portal.papers.intake.scanning.clamd"
    settings.CLAMD_ADDRESS = f"127.0.0.1:{server.getsockname()[1]}"

    def receive(line: socket.socket, count: int) -> bytes:
        got = b""
        while len(got) < count:
            got += line.recv(count - len(got))
        return got

    def answer() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                assert receive(line, 10) == b"zINSTREAM\0"
                seen = b""
                while length := struct.unpack("!I", receive(line, 4))[0]:
                    seen += receive(line, length)
                line.sendall(b"stream: Eicar-Test FOUND\0" if b"EICAR" in seen else b"stream: OK\0")

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def test_a_scanner_of_the_settings_sees_every_file(clamd):
    clean = files.make_pdf()
    assert workflow.store_upload(make_file(clean), by=None, at=FRIDAY)
    infected = files.make_pdf(lambda writer: writer.add_metadata({"/Title": "EICAR"}))
    with pytest.raises(RuleBroken, match="未通过安全检查"):
        workflow.store_upload(make_file(infected), by=None, at=FRIDAY)


def test_a_scanner_that_does_not_answer_lets_nothing_in(settings, tmp_path):
    settings.PAPERS_SCANNER = "portal.papers.intake.scanning.clamd"
    settings.CLAMD_ADDRESS = f"unix:{tmp_path}/nobody.ctl"
    with pytest.raises(RuleBroken, match="稍后再上传"):
        workflow.store_upload(make_file(files.make_pdf()), by=None, at=FRIDAY)
    assert not Attachment.objects.exists()
