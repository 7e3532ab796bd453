"""The desk of those who watch over the registries: alerts by date, what an enterprise lacks, flags to clear."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.people.models import PostRole
from talent.models import Flag, StaffingAlert
from tests.people.makers import make_clerk, make_department
from tests.talent.makers import make_constructor, make_person
from tests.talent.watch_makers import make_short_of_one, make_suspect, make_watched

pytestmark = pytest.mark.django_db
QUEUE, FLAGS = "admin:talent_staffingalert_changelist", "admin:talent_flag_changelist"


def sit(client: Client, role: str, code: str = "zjj") -> None:
    client.force_login(make_clerk(role, make_department(code)))


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_number_opens_onto_the_people_it_counts_and_the_alert_is_handled(client):
    alert, state, _ = make_watched(make_department())
    sit(client, PostRole.HANDLER)
    queue = text(client, reverse(QUEUE))
    assert "示范市短缺建筑有限公司" in queue
    assert "缺1名建筑工程专业注册建造师" in queue
    assert "light--red" in queue, "its ninety days are over"
    assert "没有符合筛选条件的预警" in text(client, reverse(QUEUE) + "?light=green")

    table = text(client, reverse("admin:talent_staffingalert_enterprise", args=[alert.enterprise_id]))
    people = reverse("admin:talent_staffingalert_people", args=[alert.enterprise_id, state.pk])
    assert people in table
    assert "2人" in table
    assert "孙工" in text(client, people)

    deed = reverse("admin:talent_staffingalert_deed", args=[alert.pk, "handle"])
    assert client.post(deed, {"text": "好"}).status_code == 422
    assert client.post(deed, {"text": "已约谈企业负责人。"}).status_code == 302
    alert.refresh_from_db()
    assert alert.handling == "已约谈企业负责人。"

    sit(client, PostRole.HANDLER, "gtj")
    assert "示范市短缺建筑有限公司" not in text(client, reverse(QUEUE))
    assert client.get(people).status_code == 403


def test_only_a_supervisor_clears_a_flag_and_nothing_typed_is_lost(client):
    make_short_of_one(make_department())
    flag = make_suspect()
    deed = reverse("admin:talent_flag_deed", args=[flag.pk, "clear"])
    sit(client, PostRole.HEAD)
    assert "钱工" in text(client, reverse(FLAGS))
    assert client.get(deed).status_code == 403

    sit(client, PostRole.SUPERVISOR)
    page = text(client, reverse("admin:talent_flag_change", args=[flag.pk]))
    assert "示范市钱工安装有限公司任职" in page
    refused = client.post(deed, {"ground": "dispatched", "reason": "属实"})
    assert refused.status_code == 422
    assert "至少5个字" in refused.content.decode()
    assert "属实" in refused.content.decode()
    assert client.post(deed, {"ground": "dispatched", "reason": "派遣证明已核验"}).status_code == 302
    assert Flag.objects.get().ground == "dispatched"


def test_the_pages_ask_the_database_no_more_for_more_rows(client):
    alert, _, _ = make_watched(make_department())
    table = reverse("admin:talent_staffingalert_enterprise", args=[alert.enterprise_id])
    people = reverse(
        "admin:talent_staffingalert_people",
        args=[alert.enterprise_id, alert.enterprise.staffing_states.get().pk],
    )
    sit(client, PostRole.SUPERVISOR)

    def counts() -> list[int]:
        found = []
        for address in (
            reverse(QUEUE),
            table,
            people,
            reverse(FLAGS),
            reverse("admin:talent_staffingrule_changelist"),
        ):
            with CaptureQueriesContext(connection) as asked:
                text(client, address)
            found.append(len(asked))
        return found

    counts()
    few = counts()
    for number in range(4):
        make_short_of_one(make_department(), f"示范市{number}号建筑有限公司")
        make_suspect(f"周{number}工")
        make_constructor(
            alert.enterprise, make_person(f"吴{number}工"), specialities=("building", "mechanical")
        )
    assert StaffingAlert.objects.open().count() == 4, "the first has its constructors by now"
    assert counts() == few
