"""A small town with somebody in every role and something in every state, for tests that walk every address."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from approvals import workflow
from approvals.models import Case, CaseStatus, Draft, ItemVersion
from disclosure.models import (
    BrokenLink,
    ColumnDay,
    DocumentFile,
    DocumentVersion,
    ExitCheck,
    InformationRequest,
    Remedy,
    TransferBatch,
)
from disclosure.workflow import circulation, gazette, library, report_sources, reports, transfers, watching
from disclosure.workflow import documents as disclosure_documents
from disclosure.workflow import requests as asking
from disclosure.workflow import review as disclosure_review
from portal.audit import workflow as audit
from portal.audit.models import Entry, Heartbeat
from portal.notices.models import FollowUp, Halt, Notice, OptOut
from portal.papers import workflow as papers
from portal.papers.models import Letterhead, Paper
from portal.people.models import Absence, AuthorisationRole, Lockout, Party, PostRole, User
from portal.search.models import Pin, SavedSearch, Synonym, Unfound
from portal.workdays.models import CalendarDay, Clock, ShadowRun
from talent import workflow as talent
from talent.workflow import sharing
from tests.approvals.makers import (
    bring_to,
    make_applicant,
    make_draft,
    make_draft_version,
    make_item,
    make_staff,
    make_upload,
)
from tests.disclosure.batch_makers import make_batch, make_row
from tests.disclosure.makers import approve, clear, make_column, make_point, make_published_document
from tests.disclosure.makers import make_draft as make_document_draft
from tests.disclosure.published import SUQIAN
from tests.disclosure.request_makers import make_request
from tests.people.makers import (
    make_administrator,
    make_authorisation,
    make_clerk,
    make_department,
    make_enterprise,
    make_party,
    make_user,
    make_window,
    valid_id_number,
    valid_uscc,
)
from tests.talent.makers import make_builder, make_checked_batch, make_constructor, make_person
from tests.talent.sharing_makers import make_key
from tests.talent.watch_makers import make_watched
from tests.workdays.test_redating import make_notice

ROLES = (
    "anonymous", "tracker", "applicant", "stranger", "agent", "former",
    "clerk", "handler", "reviewer", "approver", "head", "elsewhere", "supervisor", "publicity",
    "editor", "secrecy",
    "system", "security", "audit",
)  # fmt: skip


@dataclass
class World:
    people: dict[str, User] = field(default_factory=dict)
    items: dict[str, ItemVersion] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    documents: dict[str, DocumentVersion] = field(default_factory=dict)
    requests: dict[str, InformationRequest] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def client(self, role: str, client: Client | None = None) -> Client:
        """A browser, new unless given, in which this role is signed in and nothing else is known."""
        client = client or Client()
        client.cookies.clear()
        if role in self.cookies:
            client.cookies["sessionid"] = self.cookies[role]
        return client

    def paper_of(self, name: str) -> Paper:
        return Paper.objects.of(self.cases[name]).get(kind="receipt")

    def clock_of(self, name: str) -> Clock:
        return Clock.objects.of(self.cases[name]).order_by("pk").first()

    def file_of(self, name: str) -> Any:
        return self.cases[name].materials.get().attachment


def build() -> World:
    """``own`` is the applicant's case, ``firm`` the enterprise's (handed in by the one whose authorisation was
    withdrawn since), ``elsewhere`` a third person's with another department."""
    world = World()
    _people(world)
    _items(world)
    _cases(world)
    _documents(world)
    _requests(world)
    _staff_rows(world)
    _registries(world)
    _shared(world)
    for role, person in world.people.items():
        client = Client()
        client.force_login(person)
        world.cookies[role] = client.cookies["sessionid"].value
    tracker = Client()
    own = world.cases["own"]
    answer = tracker.post("/cases/track/", {"number": own.number, "code": own.query_code})
    assert answer.status_code == 302
    asked = world.requests["own"]
    assert (
        tracker.post("/disclosure/requests/", {"number": asked.number, "code": asked.query_code}).status_code
        == 302
    )
    world.cookies["tracker"] = tracker.cookies["sessionid"].value
    return world


def _people(world: World) -> None:
    home, away = make_department(uscc=valid_uscc(900)), make_department("gtj", uscc=valid_uscc(901))
    world.rows["department"], world.rows["window"] = home, make_window(home)
    staff = make_staff(home)
    world.people = {role: staff[role] for role in PostRole.values}
    world.people["publicity"] = make_clerk(PostRole.PUBLICITY, make_department("zwgk", uscc=valid_uscc(902)))
    world.people["elsewhere"] = make_staff(away)["clerk"]
    world.people["applicant"], world.rows["party"] = make_applicant()
    world.people["stranger"] = make_user("stranger", name="路人")
    make_party(world.people["stranger"])
    world.people["agent"] = make_user("agent", name="李四")
    world.people["former"] = make_user("former", name="赵六")
    world.rows["firm"] = firm = make_enterprise(agent=world.people["former"])
    world.rows["authorisation"] = make_authorisation(
        world.people["agent"], firm, role=AuthorisationRole.LEGAL_REPRESENTATIVE
    )
    for role in ("system", "security", "audit"):
        world.people[role] = make_administrator(role)


def _items(world: World) -> None:
    home = world.rows["department"]
    world.items["published"] = make_item("construction-permit", home)
    version = make_draft_version("sampled-permit", home)
    workflow.draw_up_forms(version.materials.get(code="land"), by=None, at=timezone.now())
    world.items["sampled"] = workflow.publish(version, by=None, at=timezone.now())
    world.items["draft"] = make_draft_version("safety-permit", home)
    world.items["retired"] = make_item("old-permit", home)
    workflow.retire(world.items["retired"].item, reason="依据已废止", by=None, at=timezone.now())
    world.items["elsewhere"] = make_item("land-permit", make_department("gtj"))


def _cases(world: World) -> None:
    now, people = timezone.now(), world.people
    version, firm = world.items["published"], world.rows["firm"]
    world.cases["own"] = _submitted(version, people["applicant"], world.rows["party"])
    world.cases["firm"] = _submitted(version, people["former"], firm, shade=210)
    world.cases["elsewhere"] = _submitted(
        world.items["elsewhere"], people["stranger"], people["stranger"].own_party, shade=220
    )
    world.cases["waiting"] = bring_to(
        _submitted(version, people["applicant"], world.rows["party"], shade=230),
        CaseStatus.SUPPLEMENT,
        when=now,
    )
    world.rows["former_authorisation"] = granted = people["former"].authorisations.get()
    type(granted).objects.filter(pk=granted.pk).update(withdrawn_at=now)
    world.drafts["own"] = make_draft(
        version, user=people["applicant"], party=world.rows["party"], when=now, shade=240
    )
    world.drafts["firm"] = make_draft(version, user=people["agent"], party=firm, when=now, shade=250)
    for name in ("own", "firm"):
        papers.produce(world.paper_of(name), at=now)


def _documents(world: World) -> None:
    """Each state with one file; what is published went through the chain."""
    now, home = timezone.now(), world.rows["department"]
    world.rows["column"] = make_column(department=home)
    world.rows["readingpoint"] = make_point(department=home)
    for state in ("public", "draft", "withdrawn"):
        version = make_document_draft(f"关于{state}的通知", publisher=home, moment=now)
        DocumentFile.objects.create(version=version, title="附件", attachment=world.file_of("own"))
        if state != "draft":
            handed_in = disclosure_review.submit(version, by=version.author, at=now)
            version = approve(clear(handed_in, moment=now), moment=now)
        world.documents[state] = version
    by = version.approver
    disclosure_documents.withdraw(version.document, reason="内容有误，更正后重新公开。", by=by, at=now)
    rows, public = world.rows, world.documents["public"]
    rows["documentversion"], rows["published"] = world.documents["draft"], public
    rows["documentfile"] = world.documents["draft"].files.get()
    rows["revision"] = disclosure_documents.revise(public.document, by=None, at=now, change_note="更正")


def _submitted(version: ItemVersion, user: User, party: Party, shade: int = 200) -> Case:
    now = timezone.now()
    draft = make_draft(version, user=user, party=party, when=now, shade=shade)
    return workflow.submit(draft, by=user, at=now)


def _requests(world: World) -> None:
    """``own`` is the applicant's, ``waiting`` too and to be corrected, ``elsewhere`` a third person's."""
    now, today, people = timezone.now(), localdate(), world.people
    home, away = world.rows["department"], make_department("gtj")
    party, stranger = world.rows["party"], people["stranger"]
    world.requests["own"] = make_request(
        today, serial=61, by=people["applicant"], party=party, department=home
    )
    waiting = make_request(
        today, serial=62, by=people["applicant"], party=party, department=home, title="年度预算"
    )
    world.requests["waiting"] = asking.ask_correction(
        waiting, items=["请写明年度"], by=people["handler"], at=now
    )
    drafted = make_request(
        today, serial=64, by=people["applicant"], party=party, department=home, title="巡查记录"
    )
    world.requests["drafted"] = asking.draft_reply(
        drafted, kind="granted", words=asking.Words(content="见附件。"), by=people["handler"], at=now
    )
    many = make_request(
        today, serial=65, by=people["applicant"], party=party, department=home, title="检查记录"
    )
    world.requests["asked why"] = asking.ask_reasons(many, facts="本月12件。", by=people["handler"], at=now)
    world.requests["elsewhere"] = make_request(
        today, serial=63, by=stranger, department=away, title="用地批复"
    )
    world.rows["recordcorrection"] = asking.ask_record_correction(
        department=home, name="王小明", id_type="id_card", id_number=valid_id_number(61), phone="13800000061",
        record="配租公示", wrong="王晓明", right="王小明", evidence=make_upload(shade=77), by=people["applicant"], at=now,
    )  # fmt: skip
    world.rows["remedy"] = Remedy.objects.get(reply="deny1")
    papers.produce(Paper.objects.of(world.requests["own"]).get(), at=now)


def _staff_rows(world: World) -> None:
    """One row for every list of the staff screens."""
    now, rows, people = timezone.now(), world.rows, world.people
    rows["group"] = Group.objects.first()
    rows["emailaddress"] = EmailAddress.objects.create(user=make_user("mailed"), email="wang@example.cn")
    rows["authenticator"] = Authenticator.objects.filter(user=people["clerk"]).get()
    rows["entry"] = Entry.objects.order_by("pk").first()
    rows["daydigest"] = audit.make_day_digest(localdate() - timedelta(days=1), at=now)
    rows["heartbeat"] = Heartbeat.objects.create(
        name="notices.drain", every=timedelta(seconds=3), ok=True, at=now
    )
    rows["post"], rows["user"] = people["clerk"].posts.get(), people["clerk"]
    rows["absence"] = Absence.objects.create(
        user=people["handler"],
        starts_on=localdate() + timedelta(90),
        ends_on=localdate() + timedelta(91),
        reason="休假",
    )
    rows["conflictofinterest"] = workflow.declare_conflict(
        people["handler"],
        people["stranger"].own_party,
        reason="配偶的兄弟",
        starts_on=localdate() + timedelta(90),
        by=people["head"],
        at=now,
    )
    rows["lockout"] = Lockout.objects.create(
        login_hash="f" * 64, failures=5, first_failed_at=now, locked_until=now + timedelta(minutes=15)
    )
    rows["importbatch"] = make_batch(make_row(), make_row(主题分类="天文"))
    rows["registrybatch"] = make_checked_batch()
    rows["enterprise"] = make_builder("示范市登记建筑有限公司")
    rows["registration"] = make_constructor(rows["enterprise"], make_person("欧阳建国"))
    rows["chief"] = make_person("欧阳建军")
    rows["staffingalert"], rows["staffingstate"], rows["flag"] = make_watched(rows["department"])
    rows["staffingrule"] = rows["staffingstate"].rule
    rows["calendarnotice"] = make_notice()
    rows["calendarday"] = CalendarDay.objects.current().first()
    rows["shadowrun"] = ShadowRun.objects.create(day=localdate(), at=now, checked=3, faults=0)
    rows["paper"] = world.paper_of("own")
    rows["letterhead"] = Letterhead.objects.create(department=rows["department"])
    rows["notice"] = Notice.objects.about("approvals.case", str(world.cases["own"].pk)).order_by("pk").first()
    rows["template"] = rows["notice"].template
    rows["followup"] = FollowUp.objects.create(notice=rows["notice"], why="号码停机", opened_at=now)
    rows["optout"] = OptOut.objects.create(
        phone_hash="e" * 64, masked_phone="139****0001", keyword="TD", opted_out_at=now
    )
    rows["halt"] = Halt.objects.create(channel="sms", gateway="web", code="E1", halted_at=now, probe_at=now)
    rows["synonym"] = Synonym.objects.create(terms=["施工许可", "建筑许可"])
    rows["pin"] = Pin.objects.create(
        question="施工许可", kind="guide", obj_id="construction-permit", title="施工许可证核发", url="/"
    )
    rows["unfound"] = Unfound.objects.create(question="飞船执照", first_on=localdate(), last_on=localdate())
    rows["savedsearch"] = SavedSearch.objects.create(
        user=people["applicant"], question="施工许可", above=0, saved_at=now
    )
    _reports(world)
    rows["serviceitem"] = world.items["published"].item
    _watched(world)
    rows["article"] = world.items["published"].legal_bases.first().article
    rows["act"] = rows["article"].act
    library.attach(rows["act"], file=make_upload("公布的文本.png"), by=None, at=timezone.now())


def _registries(world: World) -> None:
    """The agent's enterprise and the applicant as a person, with an invitation and a proposal that wait."""
    now, rows, people = timezone.now(), world.rows, world.people
    agent, applicant = people["agent"], people["applicant"]
    builder = talent.enter_own(rows["firm"], by=agent, at=now)
    person = talent.enter_own(rows["party"], by=applicant, at=now)
    rows["equipment"] = talent.add_row(
        builder, "equipment", {"name": "塔吊", "holding": "owned", "count": 1}, by=agent, at=now
    )
    rows["enterprisefile"] = talent.add_row(
        builder, "files", {"title": "审计报告"}, file=make_upload(shade=78), by=agent, at=now
    )
    hired = {"position": "worker", "on": localdate(), "by": agent, "at": now}
    talent.accept(talent.invite(builder, rows["party"], **hired), by=applicant, at=now)
    rows["employment"] = person.employments.get()
    learned = {"name": "建造师继续教育", "organiser": "", "hours": 60, "finished_on": localdate()}
    rows["training"] = talent.add_career_row(person, "trainings", learned, by=applicant, at=now)
    rows["invitation"] = talent.invite(builder, people["stranger"].own_party, **hired)
    origin = talent.imported("工商登记", by=None, at=now)
    talent.state(builder, {"capital": 4000}, origin=origin)
    talent.state(person, {"school": "示范大学"}, origin=origin)
    builder.refresh_from_db()
    rows["proposal"] = talent.propose(
        builder, "capital", 5000, reason="股东增资", evidence=make_upload(shade=79), by=agent, at=now
    )
    rows["enterprise"], rows["person"] = builder, person
    rows["resident"] = talent.enter_resident(
        people["stranger"].own_party, street=rows["department"], village="湖滨社区", employment_state="seeking",
        by=people["clerk"], at=now,
    )  # fmt: skip
    decided = {"facts": "施工现场未设防护", "department": rows["department"], "by": None, "at": now}
    day, serious = localdate() - timedelta(days=200), talent.items_on(localdate()).get(code="B301")
    rows["credititem"] = serious
    rows["creditrecord"] = talent.enter_credit(
        builder, serious, decision_number="示建罚〔2026〕1号", decided_on=day, organ="示范市住房和城乡建设局",
        evidence=make_upload(shade=80), **decided,
    )  # fmt: skip
    rows["creditrepair"] = talent.ask_repair(
        rows["creditrecord"], reason="已经整改到位", evidence=make_upload(shade=81), by=agent, at=now
    )
    rows["blacklisting"] = talent.blacklist(
        builder, reason="wages", decision_number="示人社〔2026〕1号", decided_on=localdate(), **decided
    )


def _shared(world: World) -> None:
    """A key of the home department, fetched, that has looked at the agent's enterprise and the applicant."""
    rows, now = world.rows, timezone.now()
    rows["sharingkey"], _ = make_key(department=rows["department"])
    seen = [rows["enterprise"], rows["person"]]
    sharing.note(rows["sharingkey"], seen, scopes=rows["sharingkey"].scopes, about="办件复核", at=now)


def _watched(world: World) -> None:
    """A public document, what the watch saw of it, and what an assessment holds against its department."""
    now, home = timezone.now(), world.rows["department"]
    document = make_published_document(publisher=home, column=make_column(department=home), moment=now)
    world.rows["document"] = document
    transfers.open_batches(at=now)
    world.rows["transferbatch"] = transfers.send(TransferBatch.objects.first(), by=None, at=now)
    issue = gazette.compile_issue(year=2025, number=1, by=None, at=now)
    gazette.take_in(issue, index_nos=[document.index_no], section="departments", by=None, at=now)
    gazette.edition(gazette.publish(issue, by=None, at=now), at=now)
    world.rows["gazetteissue"] = gazette.compile_issue(year=2025, number=2, by=None, at=now)
    watching.watch_columns(day=localdate(), at=now)
    world.rows["columnday"] = ColumnDay.objects.get(column=document.column)
    world.rows["brokenlink"] = BrokenLink.objects.create(
        document=document, address="/gone/", status=404, first_seen_on=localdate(), last_seen_on=localdate()
    )
    world.rows["exitcheck"] = ExitCheck.objects.create(
        document=document, exit="检索结果", address="/search/?q=公告", opened_at=now, seen_at=now
    )
    world.rows["repost"] = circulation.enter_repost(
        index_no=document.index_no, level="province", site="省人民政府门户网站", address="https://www.sheng.gov.cn.example/1/",
        on=localdate(), by=None, at=now,
    )  # fmt: skip
    world.rows["assessmentfinding"] = watching.open_finding(
        source="第三方", department=home, text="栏目空白", found_on=localdate(), limit=5, by=None, at=now
    )


def _reports(world: World) -> None:
    """One report in the making, one published, a stated figure and an imported report."""
    now, home = timezone.now(), world.rows["department"]
    year = localdate().year - 1
    rows = world.rows
    rows["annualreport"] = reports.open_report(home, year, by=None, at=now)
    reports.recount(rows["annualreport"], licences=0, by=None, at=now)
    rows["published_report"] = report = reports.open_report(home, year - 1, by=None, at=now)
    reports.recount(report, licences=0, by=None, at=now)
    reports.publish(reports.check(report, by=None, at=now), by=None, at=now)
    rows["statedfigure"] = report_sources.state_figure(
        home, year, "t2.penalties.decisions", Decimal(3), source="案件台账", by=None, at=now
    )
    rows["importedreport"] = report_sources.import_report(SUQIAN.read_bytes(), "2023.json", by=None, at=now)
