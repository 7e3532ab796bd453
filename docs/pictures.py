"""Make the nine pictures of README from a demo that is running now.

    .venv/bin/python docs/pictures.py [http://127.0.0.1:8000]

Needs the test requirements and a chromium on PATH.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = Path(__file__).parent / "pictures"
PASSWORD = os.environ.get("DEMO_PASSWORD", "Shifan-2026!")  # the demo prints it
BUILDER = "91990100MA0000001G"  # an enterprise of the demo city
SIZE = {"width": 1280, "height": 860}


def one_time_code(username: str) -> str:
    command = [sys.executable, str(ROOT / "manage.py"), "code", username]
    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (our own command)
    return told.stdout.split()[0]


def sign_in(browser: Browser, base: str, username: str) -> Page:
    page = browser.new_context(viewport=SIZE, locale="zh-CN").new_page()
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.fill("input[name=code]", one_time_code(username))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/admin/**")
    return page


def main(base: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        guide = browser.new_context(viewport=SIZE, locale="zh-CN").new_page()
        guide.goto(f"{base}/guides/construction-permit/")
        guide.screenshot(path=PICTURES / "guide.png")
        desk = sign_in(browser, base, "window")
        desk.goto(f"{base}/admin/approvals/case/pool/")
        desk.locator("a[data-open]").first.click()
        desk.wait_for_load_state()
        desk.screenshot(path=PICTURES / "desk.png")
        overview = sign_in(browser, base, "supervisor")
        overview.goto(f"{base}/supervision/")
        overview.screenshot(path=PICTURES / "overview.png")
        registry = browser.new_context(viewport=SIZE, locale="zh-CN").new_page()
        registry.goto(f"{base}/registry/enterprises/{BUILDER}/")
        registry.screenshot(path=PICTURES / "registry.png")
        watch = sign_in(browser, base, "handler")
        watch.goto(f"{base}/admin/talent/staffingalert/")
        watch.screenshot(path=PICTURES / "watch.png")
        overview.goto(f"{base}/admin/talent/flag/")
        overview.locator("#result_list tbody a").first.click()
        overview.wait_for_load_state()
        overview.screenshot(path=PICTURES / "flag.png")
        public = browser.new_context(viewport=SIZE, locale="zh-CN").new_page()
        public.goto(f"{base}/search/?q=建设")
        public.screenshot(path=PICTURES / "search.png")
        public.goto(f"{base}/disclosure/reports/")
        public.locator("main a[href*='/disclosure/reports/20']").first.click()
        public.wait_for_load_state()
        public.screenshot(path=PICTURES / "report.png")
        watch.goto(f"{base}/admin/disclosure/informationrequest/department/")
        watch.locator("a[data-open], #result_list tbody a").first.click()
        watch.wait_for_load_state()
        watch.screenshot(path=PICTURES / "request.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
