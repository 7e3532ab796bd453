from io import StringIO

import pytest
from django.core.management import call_command

from portal.search import workflow as search
from tests.approvals.makers import make_item


@pytest.mark.django_db
def test_the_index_is_made_to_hold_exactly_the_guides_in_use():
    version = make_item()
    search.remove("guide", version.item.code)
    search.put(
        "guide", "gone", title="早已停用的事项", body="", url="/guides/gone/", on=version.published_at.date()
    )

    first, second = StringIO(), StringIO()
    call_command("search", "reconcile", stdout=first)
    call_command("search", "reconcile", stdout=second)

    assert [line for line in first.getvalue().splitlines() if "guide" in line] == [
        f"guide 补上1条：{version.item.code}",
        "guide 撤下1条：gone",
    ]
    assert all("与公开内容一致" in line for line in second.getvalue().splitlines())
    assert [hit.obj_id for hit in search.find(version.name).rows] == [version.item.code]
