"""Two enterprises reach for one person in the same moment."""

from datetime import date

import pytest

from portal.refusals import RuleBroken
from talent import workflow
from talent.models import Registration
from tests.approvals.test_concurrency import together
from tests.talent.makers import DAY, at, make_builder, make_import, make_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]


def test_two_enterprises_claim_one_person_and_one_is_told_who_has_them():
    person, origin = make_person(), make_import()
    firms = [make_builder(f"示范市{name}建筑有限公司") for name in "甲乙"]

    def claim(firm):
        return workflow.register(
            person, firm, kind="constructor", grade="2", specialities=["building"],
            certificate_no="示二建00000001", issued_on=DAY, expires_on=date(2029, 3, 5), origin=origin,
            by=None, at=at(),
        )  # fmt: skip

    done = together([lambda firm=firm: claim(firm) for firm in firms])

    (won,) = [one for one in done if isinstance(one, Registration)]
    (lost,) = [one for one in done if isinstance(one, RuleBroken)]
    assert f"在{won.enterprise.name}注册至2029-03-05" in str(lost)
    assert Registration.objects.count() == 1
