"""The demo city's cases: every state, honestly reached."""

import pytest

from approvals.draw_check import verify_day
from approvals.models import Case, CaseStatus, DutySeed
from portal.audit.verification import verify
from portal.notices.models import FollowUp
from portal.site.demo.load import load_city

pytestmark = pytest.mark.django_db


def test_the_city_has_a_case_in_every_state_and_its_record_holds():
    said: list[str] = []
    load_city(said.append)

    assert set(Case.objects.values_list("status", flat=True)) == set(CaseStatus.values)
    assert Case.objects.filter(is_deemed_accepted=True).exists()
    assert Case.objects.filter(is_deemed_withdrawn=True).exists()
    assert [str(fault) for fault in verify()] == []
    for seed in DutySeed.objects.all():
        assert verify_day(seed.day).faults == []
    assert not FollowUp.objects.exists()

    again: list[str] = []
    load_city(again.append)
    assert again == []
