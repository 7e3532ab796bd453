"""Items travel between cities as YAML and come back as they went."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from approvals import item_files, workflow
from approvals.models import ItemVersion, ServiceItem
from disclosure.models import Act, Article
from portal.refusals import RuleBroken
from tests.approvals.makers import at, make_item

pytestmark = pytest.mark.django_db


def exported() -> str:
    return item_files.write(ItemVersion.objects.filter(is_current=True).with_contents())


def test_what_was_exported_and_imported_again_changes_nothing():
    make_item()

    done = workflow.import_items(exported(), by=None, at=at(), publishing=True)

    assert [row.deed for row in done] == ["unchanged"]
    assert ItemVersion.objects.count() == 1


def test_a_changed_file_makes_a_new_version_and_the_old_one_stays_as_it_was():
    old = make_item()
    text = exported().replace("promise_limit: 5", "promise_limit: 6")

    [row] = workflow.import_items(text, by=None, at=at(), publishing=True)

    old.refresh_from_db()
    assert (row.version.number, row.version.promise_limit, row.version.is_current) == (2, 6, True)
    assert (old.promise_limit, old.is_current, old.state) == (5, False, "retired")


def test_an_item_of_another_city_arrives_with_its_law():
    make_item()
    text = exported().replace("code: construction-permit", "code: elsewhere")
    text = text.replace("basic_code: '010100701000'", "basic_code: '010100799000'")
    text = "\n".join(line for line in text.splitlines() if "implementation_code" not in line)

    workflow.import_items(text, by=None, at=at(), publishing=True)

    made = ServiceItem.objects.get(code="elsewhere").current
    assert [str(basis) for basis in made.legal_bases.all()] == ["《中华人民共和国建筑法》第七条"]
    assert made.materials.count() == 3 and made.form_schema["pages"]
    assert Article.objects.count() == 1


def test_a_bare_list_of_acts_is_a_file_too_and_unchecked_articles_stay_unchecked():
    workflow.import_items(
        "- title: 中华人民共和国城乡规划法\n  level: law\n  amended_on: 2019-04-23\n"
        "  articles:\n    - {number: 第四十条, text: 规划许可。, certain: false}\n",
        by=None,
        at=at(),
    )

    assert Act.objects.get().amended_on.year == 2019
    assert not Article.objects.get().is_certain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("items: [{code: x}]", "缺少department"),
        ("items: [{code: x, department: nowhere, basic_code: '1', name: 名}]", "部门“nowhere”不存在"),
        (
            "items: [{code: x, department: zjj, basic_code: '1', name: 名, colour: red}]",
            "不认识的内容：colour",
        ),
        (
            "items: [{code: x, department: zjj, basic_code: '1', name: 名, stages: [{kind: dream}]}]",
            "stages第1条",
        ),
        (
            "items: [{code: x, department: zjj, basic_code: '1', name: 名, legal_bases: [{act: 无此法, article: 一}]}]",
            "《无此法》不在法规文件中",
        ),
        ("items: [", "不是有效的YAML"),
        ("- {title: 法, level: law, colour: red}", "法规《法》有不认识的内容"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_nothing_is_kept(text, said):
    make_item()

    with pytest.raises(RuleBroken, match=said):
        workflow.import_items(text, by=None, at=at())

    assert ServiceItem.objects.count() == 1


def test_the_command_refuses_an_inconsistent_item_with_every_fault(tmp_path):
    make_item()
    path = tmp_path / "items.yaml"
    path.write_text(
        exported().replace("promise_limit: 5", "promise_limit: 3").replace("place:", "hours_note:")
    )

    with pytest.raises(CommandError, match="hours_note"):
        call_command("items", "import", str(path), "--publish")
    path.write_text(exported().replace("promise_limit: 5", "promise_limit: 3"))
    with pytest.raises(CommandError, match="各环节时限之和为5天，超过承诺时限3个工作日"):
        call_command("items", "import", str(path), "--publish")
    assert ItemVersion.objects.count() == 1


def test_the_command_exports_what_it_imports(tmp_path):
    make_item()
    out = StringIO()

    call_command("items", "export", "construction-permit", stdout=out)

    assert item_files.read(out.getvalue()).items[0]["code"] == "construction-permit"
    with pytest.raises(CommandError, match="nothing"):
        call_command("items", "export", "nothing")
