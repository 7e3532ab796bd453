"""What deploy/ ships starts in production, and nothing starts there half configured."""

import os
import re
import secrets
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
MADE = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "FIELD_KEYS": f"k1:{secrets.token_hex(32)}",
    "HASH_KEY": secrets.token_hex(32),
}
REQUIRED = ("SECRET_KEY", "FIELD_KEYS", "HASH_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL")


def example() -> dict[str, str]:
    lines = (DEPLOY / "portal.env.example").read_text().splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: shlex.split(value)[0] if value else "" for name, _, value in pairs}


def manage(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """The shipped example with keys filled in and the folders of this run."""
    folders = {name: str(tmp_path / name) for name in ("PORTAL_DATA", "STATIC_ROOT", "MEDIA_ROOT")}
    return example() | MADE | folders


def test_the_shipped_environment_passes_the_deployment_check(production: dict[str, str]):
    run = manage("check", "--deploy", "--fail-level", "WARNING", environment=production)
    assert run.returncode == 0, run.stderr
    assert "no issues" in run.stdout + run.stderr


@pytest.mark.parametrize("name", REQUIRED)
def test_production_does_not_start_without(production: dict[str, str], name: str):
    run = manage("check", environment=production | {name: ""})
    assert run.returncode == 1
    assert run.stderr.strip() == f"{name} must be set when PORTAL_ENV=production."


def test_the_demo_with_its_known_passwords_does_not_start_in_production(production: dict[str, str]):
    run = manage("demo", environment=production)
    assert run.returncode == 1
    assert "does not start with PORTAL_ENV=production" in run.stderr


def test_every_name_in_the_shipped_environment_is_one_that_settings_read():
    settings = (ROOT / "portal" / "settings.py").read_text()
    assert [name for name in example() if f'"{name}"' not in settings] == []


def test_the_services_run_what_exists():
    units = {path.name: path.read_text() for path in (DEPLOY / "systemd").iterdir()}
    asked = set(re.findall(r"portal-\w+\.(?:service|timer)", units["portal.target"]))
    assert asked <= set(units)
    for text in units.values():
        for program in re.findall(r"^ExecStart=(\S+)", text, re.MULTILINE):
            if program.startswith("/opt/portal/deploy/"):
                assert os.access(ROOT / program.removeprefix("/opt/portal/"), os.X_OK)
            else:
                assert Path(sys.executable).with_name(Path(program).name).exists(), program
