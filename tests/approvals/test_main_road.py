"""The main road: from form to certificate, and every way off it."""

import pytest

from approvals.models import CaseStatus
from approvals.timeline import timeline
from tests.approvals.makers import make_case

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", CaseStatus.values)
def test_a_case_can_be_led_to_every_state_by_the_real_road(status):
    case = make_case(status)

    assert case.status == status
    assert timeline(case, "citizen")[0].title == "提交申请"
