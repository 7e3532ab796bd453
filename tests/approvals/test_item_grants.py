"""Whose an item is: granted to its department's group, and to nobody by membership alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from guardian.shortcuts import get_groups_with_perms, remove_perm

from approvals import item_files, workflow
from approvals.models import ItemVersion, ServiceItem
from approvals.workflow.items import EDIT
from portal.audit import workflow as audit
from portal.people import workflow as people
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.approvals.makers import at, make_case, make_draft_version, make_item
from tests.people.makers import make_clerk, make_department, make_post, valid_uscc

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_department(uscc=valid_uscc(900))


@pytest.fixture
def other():
    return make_department("gtj", uscc=valid_uscc(901))


def holders(item):
    return {group.name for group in get_groups_with_perms(item)}


def edits(user, item) -> int:
    client = Client()
    client.force_login(user)
    return client.post(f"/admin/approvals/serviceitem/{item.pk}/new-version/").status_code


def test_an_item_founded_or_imported_is_granted_to_its_departments_group(office):
    head = make_clerk(PostRole.HEAD, office)
    founded = workflow.found_item(
        code="road", name="占用道路", department=office, basic_code="010170099000", by=head, at=at()
    ).item
    text = item_files.write([make_item("gas-permit", office)]).replace("gas-permit", "gas-permit-2")
    made = make_department("zjj")
    ServiceItem.objects.filter(code="gas-permit").update(implementation_code="x")
    imported = workflow.import_items(text, by=head, at=at())[0].version.item

    assert holders(founded) == holders(imported) == {made.group_name}


def test_the_head_of_another_department_cannot_edit_it_on_any_road(office, other):
    item = make_item(department=office).item
    head, stranger = make_clerk(PostRole.HEAD, office), make_clerk(PostRole.HEAD, other)

    assert (head.has_perm(EDIT, item), stranger.has_perm(EDIT, item)) == (True, False)
    assert stranger.has_perm(EDIT)  # they edit items, only not this one
    assert (edits(stranger, item), edits(head, item)) == (403, 302)
    with pytest.raises(RuleBroken, match="只有市住建局的负责人"):
        workflow.new_version(item, by=stranger, at=timezone.now())


def test_what_guardian_says_decides_not_the_departments_name_on_the_item(office, other):
    item = make_item(department=office).item
    head, guest = make_clerk(PostRole.HEAD, office), make_clerk(PostRole.HEAD, other)

    people.grant_to_department(other, EDIT, item)
    assert edits(guest, item) == 302

    remove_perm(EDIT, office.group, item)
    assert (edits(head, item), item.department) == (403, office)


@pytest.mark.parametrize("role", [PostRole.CLERK, PostRole.HANDLER, PostRole.APPROVER])
def test_a_colleague_whose_post_does_not_carry_the_right_cannot(office, role):
    item = make_item(department=office).item
    colleague = make_clerk(role, office)
    make_post(colleague, PostRole.HEAD, make_department("elsewhere"))

    assert colleague.groups.filter(pk=office.group_id).exists()
    assert (colleague.has_perm(EDIT, item), edits(colleague, item)) == (False, 403)


def test_losing_the_post_loses_the_item_even_before_the_groups_are_put_in_step(office):
    item, today = make_item(department=office).item, localdate()
    head = make_clerk(PostRole.HEAD, office)
    assert head.has_perm(EDIT, item)

    post = people.end_post(head.posts.get(), ends_on=today, by=None, at=timezone.now())
    assert head.has_perm(EDIT, item)  # the last day still counts
    type(post).objects.filter(pk=post.pk).update(ends_on=today - timedelta(days=1))

    assert head.groups.filter(pk=office.group_id).exists()  # the nightly job has not run
    assert (head.has_perm(EDIT, item), edits(head, item)) == (False, 403)
    with pytest.raises(RuleBroken, match="负责人可以维护本事项"):
        workflow.publish(make_draft_version("new", office), by=head, at=timezone.now())


def test_an_item_handed_over_changes_hands_and_its_cases_stay(office, other):
    case = make_case()
    item, head = case.item, make_clerk(PostRole.HEAD, office)
    receiver = make_clerk(PostRole.HEAD, other)
    client = Client()
    client.force_login(head)
    url = f"/admin/approvals/serviceitem/{item.pk}/hand-over/"

    refused = client.post(url, {"to": other.pk, "moving_reason": ""})
    assert refused.status_code == 422 and "请写明划转原因" in refused.content.decode()
    assert client.post(url, {"to": other.pk, "moving_reason": "机构改革方案"}).status_code == 302

    item.refresh_from_db()
    case.refresh_from_db()
    assert (item.department, case.department) == (other, office)
    assert item.implementation_code.startswith(other.uscc)
    assert holders(item) == {other.group_name}
    assert (edits(head, item), edits(receiver, item)) == (403, 302)
    entry = audit.history(item).get(action="approvals.item.handed_over")
    assert (entry.facts["before"], entry.facts["after"]) == (office.code, other.code)
    assert (
        ItemVersion.objects.current().get(item=item).item.department.name
        in Client().get(f"/guides/{item.code}/").content.decode()
    )


def test_an_item_is_not_handed_to_an_office_that_cannot_number_it(office):
    item = make_item(department=office).item
    for to, said in ((make_department("bare"), "没有登记统一社会信用代码"), (office, "已由该部门实施")):
        with pytest.raises(RuleBroken, match=said):
            workflow.hand_over(item, to=to, reason="机构改革", by=None, at=at())
