"""axe on the page at hand: laid in once a document, and told to report nothing but faults."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCRIPT = Axe().axe_script


def violations(page: Page, **options: Any) -> list[dict[str, Any]]:
    """What axe finds wrong at the width the page has just now; ``options`` are those of ``axe.run``."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(document, options).then((told) => told.violations)",
        {"resultTypes": ["violations"], **options},
    )
    return found
