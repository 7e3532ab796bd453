"""The items that the demo city ships: real law, whole guides, forms that can be filled."""

import pytest
import yaml
from django.db import transaction

from approvals.forms.schema import all_fields
from approvals.item_checks import faults
from approvals.models import ItemVersion, LegalBasis
from disclosure.models import Act, Article
from portal.people.models import Department
from portal.search import workflow as search
from portal.site.demo import service_items as items
from tests.people.makers import make_department


@pytest.fixture(scope="module")
def entries():
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in items.files()}


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    """Loaded once for this file, and gone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        department = make_department(name="示范市住房和城乡建设局", code="zjj")
        Department.objects.filter(pk=department.pk).update(uscc="11990100000000002Q")
        items.load_laws()
        yield items.load_items()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_fifteen_items_are_published_without_a_fault(city):
    assert city == 15
    assert ItemVersion.objects.current().count() == 15
    for version in ItemVersion.objects.current():
        assert [str(fault) for fault in faults(version)] == [], version.name


@pytest.mark.django_db
def test_loading_again_adds_nothing(city):
    assert (items.load_laws(), items.load_items()) == (0, 0)


@pytest.mark.django_db
def test_every_citation_is_in_the_library_with_its_text_and_what_is_uncertain_says_so(city):
    assert LegalBasis.objects.count() >= 15
    for basis in LegalBasis.objects.select_related("article__act"):
        assert basis.article.text, str(basis)
        assert basis.is_certain == (basis.article.is_certain and basis.article.act.is_certain), str(basis)
        if basis.is_certain:
            assert basis.article.act.issued_on, str(basis)
    assert Article.objects.filter(is_certain=False).exists()
    assert not Act.objects.filter(is_certain=True, doc_no="").exists()


@pytest.mark.parametrize(
    ("code", "limit", "law", "article"),
    [
        ("construction-permit", 7, "中华人民共和国建筑法", "第八条"),
        ("safety-permit", 45, "安全生产许可证条例", "第七条"),
        ("presale-permit", 10, "城市商品房预售管理办法", "第八条"),
    ],
)
def test_special_limits_come_from_their_own_law(entries, code, limit, law, article):
    entry = entries[code]

    assert entry["statutory_limit"] == limit
    assert entry["statutory_basis"] == f"《{law}》{article}"
    assert {"act": law, "article": article} in entry["legal_bases"]


def test_each_promise_is_kept_by_its_stages_and_shorter_than_the_law(entries):
    for code, entry in entries.items():
        stages = sum(stage["limit"] for stage in entry["stages"])
        assert stages <= entry["promise_limit"] < entry["statutory_limit"], code


def test_each_guide_answers_what_people_ask(entries):
    for code, entry in entries.items():
        assert entry["faq"] and all(set(each) == {"q", "a"} for each in entry["faq"]), code
        assert len(entry["situations"]) >= 2, code
        assert len(all_fields(entry["form_schema"])) >= 10, code
        assert any("check_rule" in condition for condition in entry["conditions"]), code


@pytest.mark.django_db
def test_a_guide_is_found_by_its_name(city):
    assert [hit.obj_id for hit in search.find("施工许可证核发").rows] == ["construction-permit"]
