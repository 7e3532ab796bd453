import pytest
from django.db import InternalError, transaction

from portal.audit import workflow as audit
from portal.papers import workflow
from portal.papers.kinds import FORMS, PaperKind
from portal.papers.models import Letterhead, Paper
from portal.refusals import RuleBroken
from tests.papers.makers import DATA, FRIDAY, make_paper
from tests.people.makers import make_department

pytestmark = pytest.mark.django_db


def make_letterhead() -> Letterhead:
    return Letterhead.objects.create(
        department=make_department(),
        word="示建",
        reconsideration_organ="示范市人民政府",
        court="示范市示东区人民法院",
    )


def test_the_number_names_department_kind_and_year():
    make_letterhead()
    assert make_paper("grant").number == "示建许〔2026〕1号"
    assert make_paper("refusal").number == "示建不许〔2026〕1号"
    assert make_paper("grant").number == "示建许〔2026〕2号"
    assert make_paper("grant", at=FRIDAY.replace(year=2027)).number == "示建许〔2027〕1号"


def test_a_certificate_may_bring_its_own_number():
    assert (
        make_paper("certificate", number="（示）JZ安许证字〔2026〕000123").number
        == "（示）JZ安许证字〔2026〕000123"
    )


def test_what_the_department_prints_is_frozen_with_the_paper():
    head = make_letterhead()
    paper = make_paper("refusal")
    head.court = "别的法院"
    head.save()
    assert Paper.objects.get(pk=paper.pk).frame["court"] == "示范市示东区人民法院"


def test_issuing_is_on_record():
    paper = make_paper("grant")
    entry = audit.history(paper).get()
    assert entry.action == "papers.paper.issued"
    assert entry.facts["number"] == paper.number


@pytest.mark.parametrize("kind", PaperKind.values)
def test_a_paper_without_all_its_words_is_not_issued(kind):
    for key in sorted(FORMS[kind].needs):
        data = {name: value for name, value in DATA[kind].items() if name != key}
        with pytest.raises(ValueError, match=key):
            workflow.issue(
                kind, subject=make_department(), department=make_department(), data=data, by=None, at=FRIDAY
            )
    assert not Paper.objects.exists()


@pytest.mark.parametrize("text", ["证件号11010519491231002X", "电话 13900000001"])
def test_a_personal_number_is_never_printed_unmasked(text):
    with pytest.raises(ValueError, match="masked"):
        make_paper("grant", data={"content": text})


def test_a_case_number_is_not_taken_for_a_personal_number():
    number = "12441500196720244T3442199806003202206230068"
    assert make_paper("grant", data={"content": number}).data["content"] == [number]


@pytest.mark.parametrize(
    ("field", "value"), [("number", "示建许〔2026〕99号"), ("data", {}), ("title", "别的"), ("frame", {})]
)
def test_the_words_of_an_issued_paper_cannot_be_changed(field, value):
    paper = make_paper("grant")
    with pytest.raises(InternalError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(**{field: value})


def test_a_paper_cannot_be_deleted():
    paper = make_paper("grant")
    with pytest.raises(InternalError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).delete()


def test_a_revoked_paper_says_when_and_why_and_cannot_be_revoked_again():
    paper = workflow.revoke(make_paper("grant"), reason="以欺骗手段取得", by=None, at=FRIDAY)
    assert (paper.state, paper.revoked_at, paper.revoked_reason) == ("revoked", FRIDAY, "以欺骗手段取得")
    assert audit.history(paper).last().action == "papers.paper.revoked"
    with pytest.raises(RuleBroken, match="已撤销"):
        workflow.revoke(paper, reason="再来一次", by=None, at=FRIDAY)


def test_a_revocation_needs_a_reason():
    with pytest.raises(RuleBroken) as refusal:
        workflow.revoke(make_paper("grant"), reason="  ", by=None, at=FRIDAY)
    assert refusal.value.field == "reason"


def test_a_person_s_name_is_masked_and_a_company_s_is_not():
    assert make_paper("grant", data={"applicant": "王小明", "applicant_kind": "natural"}).holder == "王*明"
    assert make_paper("grant").holder == "示范市第一建筑工程有限公司"


@pytest.mark.parametrize("data", [{"accepted_on": "昨天"}, {"valid_until": "2026-13-01"}])
def test_a_date_that_is_none_is_not_printed(data):
    with pytest.raises(ValueError, match=r"isoformat|month"):
        make_paper("grant", data=data)


@pytest.mark.parametrize("reasons", ["", " \n ", [], [""]])
def test_a_refusal_without_a_reason_is_not_issued(reasons):
    with pytest.raises(ValueError, match="says nothing"):
        make_paper("refusal", data={"reasons": reasons})
