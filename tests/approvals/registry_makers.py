"""An item that reads and writes the registries, an enterprise it fits, and cases of it."""

from datetime import date

from approvals import workflow
from approvals.models import Case, CaseStatus, Condition, ItemVersion
from portal.people.models import PostRole, User
from talent import workflow as registers
from talent.models import Employment, Enterprise, FinanceYear, Person, SafetyCertificate
from tests.approvals.makers import at, bring_to, make_draft, make_draft_version, make_staff
from tests.people.makers import make_authorisation
from tests.talent.makers import make_builder, make_constructor, make_import, make_person

SCHEMA = {
    "pages": [
        {
            "title": "申请的资质",
            "fields": [
                {
                    "code": "category",
                    "label": "资质类别",
                    "type": "choice",
                    "choices": [["building", "建筑工程"]],
                },
                {
                    "code": "grade",
                    "label": "申请等级",
                    "type": "choice",
                    "choices": [["2", "二级"], ["3", "三级"]],
                },
            ],
        }
    ]
}
WRITE = {"write": "qualification", "category": {"field": "category"}, "grade": {"field": "grade"}}
CHECK = {"check": "staffing", "category": {"field": "category"}, "grade": {"field": "grade"}}


def version() -> ItemVersion:
    drawn = make_draft_version(
        "builder-qualification", form_schema=SCHEMA, write_back=WRITE, result_name="建筑业企业资质证书",
        result_valid_months=60, applicant_kinds=["enterprise"],
    )  # fmt: skip
    drawn.conditions.all().delete()
    Condition.objects.create(version=drawn, code="staff", text="人员达到标准", registry_rule=CHECK, order=1)
    return workflow.publish(drawn, by=None, at=at(date(2026, 1, 5)))


def firm_of(agent: User, *, builders: int = 5) -> Enterprise:
    """A builder with everything grade three demands, but for the constructors."""
    registers.load_rules(department=version().item.department)
    firm = make_builder(legal_representative="赵敏")
    make_authorisation(agent, firm.party)
    FinanceYear.objects.create(enterprise=firm, year=2025, net_assets=900, origin=make_import())
    chief = make_person("周工", career_from=date(2015, 1, 1), title=2)
    hired = {"valid_from": date(2026, 1, 1), "origin": make_import(), "by": None, "at": at()}
    registers.employ(chief, firm, position="chief_engineer", **hired)
    for position, count in (("site_manager", 15), ("worker", 30), ("technical", 6)):
        people = [
            make_person(f"{position}{n}", title=2 if position == "technical" else 0) for n in range(count)
        ]
        Employment.objects.bulk_create(
            Employment(
                person=each,
                enterprise=firm,
                position=position,
                valid_from=date(2026, 1, 1),
                origin=chief.origin,
            )
            for each in people
        )
    leader = make_person("赵敏")
    registers.employ(leader, firm, position="legal_representative", **hired)
    officers = [
        leader,
        *Person.objects.filter(name__startswith="technical"),
        *Person.objects.filter(name__startswith="worker")[:3],
    ]
    for number, (officer, kind) in enumerate(zip(officers, ["A", *["B"] * 6, *["C3"] * 3], strict=True)):
        SafetyCertificate.objects.create(
            person=officer, enterprise=firm, safety_class=kind, certificate_no=f"建安{kind}{number}",
            valid_from=date(2026, 1, 1), valid_to=date(2028, 12, 31), origin=chief.origin,
        )  # fmt: skip
    for number in range(builders):
        make_constructor(firm, make_person(f"建造师{number}"), valid_from=date(2026, 1, 1))
    return firm


def case_of(agent: User, firm: Enterprise, *, grade: str = "3") -> Case:
    made = ItemVersion.objects.get(item__code="builder-qualification", is_current=True)
    make_staff(made.item.department)
    draft = make_draft(made, user=agent, party=firm.party, situation="first", when=at())
    draft = workflow.save_step(
        draft, page=1, answers={"category": "building", "grade": grade}, by=agent, at=at()
    )
    return bring_to(workflow.submit(draft, by=agent, at=at()), CaseStatus.ACCEPTED, stage="approve")


def approver(case: Case) -> User:
    return make_staff(case.department)[PostRole.APPROVER]


def grant(case: Case) -> Case:
    return workflow.decide_grant(case, opinion="符合条件，同意核准", by=approver(case), at=at())
