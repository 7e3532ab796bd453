"""The pages of one's own enterprise and of oneself, walked with axe as their owner sees them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from playwright.sync_api import Browser

from talent import workflow
from talent.models import Person
from talent.workflow import sharing
from tests.approvals.makers import make_upload
from tests.people.makers import make_authorisation, make_department, make_enterprise, make_party, make_user
from tests.site.test_axe import faults
from tests.talent.makers import make_decision, make_qualification
from tests.talent.sharing_makers import make_key

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def own_pages() -> tuple[Client, list[str]]:
    """One person who acts for an enterprise, works there and is asked elsewhere; something in every list."""
    now, today, user = timezone.now(), localdate(), make_user("agent", name="李四")
    department, party, firm = make_department(), make_party(user), make_enterprise()
    make_authorisation(user, firm)
    workflow.load_credit_items()
    enterprise = workflow.enter_own(firm, by=user, at=now)
    workflow.enter_own(party, by=user, at=now)
    doing = {"by": user, "at": now}
    hired = {"position": "worker", "on": today, **doing}
    workflow.accept(workflow.invite(enterprise, party, **hired), **doing)
    post = enterprise.employments.get()
    release = workflow.ask_release(post, on=today, reason="合同到期", **doing)
    workflow.add_row(enterprise, "equipment", {"name": "塔吊", "holding": "owned", "count": 1}, **doing)
    project = workflow.add_row(
        enterprise, "projects", {"name": "示范楼", "code": "990100000001", "begun_on": today}, **doing
    )
    origin = workflow.imported("工商登记", by=None, at=now)
    workflow.state(enterprise, {"capital": 4000}, origin=origin)
    enterprise.refresh_from_db()
    workflow.propose(enterprise, "capital", 5000, reason="股东增资", evidence=make_upload(), **doing)
    decided_on = today - timedelta(days=365)
    record = workflow.enter_credit(
        enterprise, workflow.items_on(decided_on).get(code="B103"), decision_number="示建罚〔2026〕1号",
        decided_on=decided_on, facts="出借资质", organ="示范市住房和城乡建设局", department=department,
        penalties=["fine"], evidence=make_upload(), by=None, at=now,
    )  # fmt: skip
    key, _ = make_key(department=department)
    person = Person.objects.get()
    sharing.note(key, [enterprise, person], scopes=key.scopes, about="办件复核", at=now)
    learned = {"name": "继续教育", "organiser": "", "hours": 60, "finished_on": today}
    training = workflow.add_career_row(person, "trainings", learned, **doing)
    held = make_qualification(enterprise, origin=make_decision(case_number="20260306000019"))
    base = f"/registry/mine/enterprises/{enterprise.uscc}/"
    browser = Client()
    browser.force_login(user)
    return browser, [
        "/registry/mine/", "/registry/mine/person/", "/registry/mine/person/credit/",
        "/registry/mine/person/lookups/", f"{base}lookups/", base, f"{base}facts/",
        f"{base}propose/capital/", f"{base}credit/", f"/registry/mine/credit/{record.pk}/repair/", f"{base}staff/",
        f"{base}staff/invite/", f"{base}staff/{post.pk}/release/", f"/registry/mine/employments/{post.pk}/leave/",
        f"/registry/mine/invitations/{release.key}/", f"{base}rows/equipment/", f"{base}rows/finances/add/",
        f"{base}rows/projects/{project.pk}/end/", f"{base}rows/qualifications/",
        f"{base}rows/qualifications/{held.pk}/end/", "/registry/mine/person/rows/trainings/",
        f"/registry/mine/person/rows/trainings/{training.pk}/end/", f"/registry/enterprises/{enterprise.uscc}/",
    ]  # fmt: skip


def test_axe_finds_nothing_on_the_pages_of_ones_own_record(browser: Browser, live_server):
    client, paths = own_pages()
    context = browser.new_context(locale="zh-CN")
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    found = {}
    for path in paths:
        answer = page.goto(live_server.url + path)
        assert answer
        assert answer.status == 200, path
        if here := faults(page):
            found[path] = here
    context.close()
    assert not found
