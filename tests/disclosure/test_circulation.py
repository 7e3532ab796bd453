"""Reposts by higher sites, openings of pages, links to other sites, reminders of what departments owe."""

import http.server
import threading
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate
from redis.exceptions import ConnectionError as Unreachable

from disclosure import outside, readership, scores, tasks
from disclosure.links_in import outside_addresses
from disclosure.models import BrokenLink, ReadDay, Repost
from disclosure.outside import Answer, Asker, is_public
from disclosure.reminders import remind_due_duties
from disclosure.workflow import circulation, outside_links, reports, watching
from portal.notices.models import Notice
from portal.people.models import PostRole
from portal.refusals import RuleBroken
from tests.disclosure.law_makers import make_librarian
from tests.disclosure.makers import (
    MONDAY,
    at,
    make_published_document,
    make_publisher,
    make_staff,
    make_withdrawn_document,
)

pytestmark = pytest.mark.django_db
MARCH = scores.Month(date(2026, 3, 1))
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/130.0"}
PAGE = "https://www.sheng.gov.cn.example/zwgk/1.html"


def entered(document, address=PAGE, **given):
    given = {
        "level": "province",
        "site": "省人民政府门户网站",
        "on": MONDAY,
        "by": None,
        "at": at(hour=12),
        **given,
    }
    return circulation.enter_repost(index_no=document.index_no, address=address, **given)


def points_of(department):
    return next(one for one in scores.scores(MARCH, date(2026, 4, 1)) if one.department == department)


# --- reposts ---


def test_a_repost_by_a_higher_site_adds_points_to_the_month_up_to_ten():
    document = make_published_document()
    row = entered(document)
    assert points_of(document.publisher).points == 102
    for number in range(6):
        entered(document, f"{PAGE}?{number}")
    assert (points_of(document.publisher).counts["reposted"], points_of(document.publisher).points) == (
        7,
        110,
    )

    circulation.withdraw_repost(row, reason="登记错了文件", by=None, at=at())
    assert points_of(document.publisher).counts["reposted"] == 6
    entered(document)  # what was withdrawn may be entered again


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"index_no": "没有这样的"}, "index_no"),
        ({"address": "www.sheng.gov.cn"}, "address"),
        ({"on": MONDAY - timedelta(days=1)}, "on"),
        ({"on": localdate() + timedelta(days=1)}, "on"),
        ({"site": " "}, "site"),
    ],
)
def test_a_repost_that_cannot_be_is_refused_at_its_field(given, field):
    document = make_published_document()
    values = {
        "index_no": document.index_no,
        "level": "state",
        "site": "中国政府网",
        "address": PAGE,
        "on": MONDAY,
    }
    with pytest.raises(RuleBroken) as refusal:
        circulation.enter_repost(**values | given, by=None, at=at())
    assert refusal.value.field == field


def test_reposts_are_entered_by_hand_or_as_a_table_all_or_none(client):
    document, gone = make_published_document(), make_withdrawn_document("撤下的文件")
    client.force_login(make_librarian())
    add = reverse("admin:disclosure_repost_add")
    head = "索引号,网站层级,网站名称,转载网址,转载日期\n"
    good = f"{document.index_no},省级政府和部门网站,省政府网,{PAGE},2026-03-10\n"

    def upload(text, encoding="utf-8"):
        return client.post(add, {"file": SimpleUploadedFile("转载.csv", text.encode(encoding))})

    answer = upload(head + good + f"{gone.index_no},省级政府和部门网站,省政府网,{PAGE},2026-03-10\n")
    assert answer.status_code == 422 and "第3行" in answer.content.decode()
    assert not Repost.objects.exists()
    assert "表头" in upload(good).content.decode()
    assert upload(head + good, "gb18030").status_code == 302
    assert Repost.objects.get().site == "省政府网"

    empty = client.post(add, {})
    assert empty.status_code == 422 and "请填写文件的索引号" in empty.content.decode()
    page = client.get(reverse("admin:disclosure_columnday_figure", args=["reposted"]), {"month": "2026-03"})
    assert "省政府网" in page.content.decode()


# --- openings ---


def test_opening_a_page_counts_once_for_a_browser_and_asks_the_database_nothing_more(
    client, django_assert_num_queries
):
    document = make_published_document()
    address = reverse("disclosure:document", args=[document.key])
    with django_assert_num_queries(0):
        readership.count(document.pk, localdate())
    for agent in (BROWSER["HTTP_USER_AGENT"], "Mozilla/5.0 (compatible; Googlebot/2.1)", "curl/8.0", ""):
        assert client.get(address, HTTP_USER_AGENT=agent).status_code == 200
    tasks.keep_reads()
    assert ReadDay.objects.get().count == 2
    client.get(address, **BROWSER)
    tasks.keep_reads()
    tasks.keep_reads()
    assert ReadDay.objects.get().count == 3
    assert not client.cookies


def test_while_redis_is_away_openings_wait_in_the_process_and_the_page_opens(client, monkeypatch):
    document = make_published_document()
    address = reverse("disclosure:document", args=[document.key])

    def away():
        raise Unreachable

    monkeypatch.setattr(readership, "_redis", away)
    for _ in range(3):
        assert client.get(address, **BROWSER).status_code == 200
    monkeypatch.undo()
    monkeypatch.setattr(readership, "_silent_until", 0.0)
    client.get(address, **BROWSER)
    tasks.keep_reads()
    assert ReadDay.objects.get().count == 4


def test_openings_of_a_month_are_told_by_department_and_open_onto_the_documents(client):
    document = make_published_document("读得多的文件")
    circulation.keep_reads(
        [
            (MONDAY, document.pk, 5),
            (MONDAY + timedelta(days=1), document.pk, 2),
            (date(2026, 4, 1), document.pk, 9),
        ]
    )
    circulation.keep_reads([(MONDAY, document.pk, 1), (MONDAY, 10**9, 1)])  # of one that is no longer there
    score = points_of(document.publisher)
    assert (score.counts["reads"], score.points) == (8, 100)
    client.force_login(make_librarian())
    page = client.get(reverse("admin:disclosure_columnday_figure", args=["reads"]), {"month": "2026-03"})
    assert "读得多的文件（打开8次）" in page.content.decode()


# --- other sites ---


def test_links_to_other_sites_are_each_asked_once():
    body = (
        '<a href="https://a.example/x#y">一</a><a href="https://a.example/x">又</a><a href="//b.example/">二</a>'
        '<a href="/laws/">内</a><a href="https://www.example.gov.cn/laws/">内</a><a href="mailto:a@b.cn">信</a>'
    )
    assert list(outside_addresses(body, "https://www.example.gov.cn")) == [
        "https://a.example/x",
        "https://b.example/",
    ]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.8", "172.16.3.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1",
     "fc00::1", "fe80::1", "::ffff:127.0.0.1", "224.0.0.1"],
)  # fmt: skip
def test_no_address_within_the_house_is_ever_asked(address):
    assert not is_public(address, 80)
    answer = Asker(pause=0)(f"http://{f'[{address}]' if ':' in address else address}/")
    assert (answer.status, answer.is_broken) == (0, True) and "内部网络" in answer.words


def test_only_the_ports_of_the_web_are_asked_and_only_web_addresses():
    assert is_public("93.184.215.14", 443) and not is_public("93.184.215.14", 6379)
    for address in ("ftp://a.example/", "http://", "http://u:p@a.example/", "http://a.example:99999/"):
        assert Asker(pause=0)(address) == Answer(0, "地址写错")


class Site(http.server.BaseHTTPRequestHandler):
    """Dislikes HEAD at /shy, leads from /round to itself and from /in to an internal machine."""

    asked: list[tuple[str, str]] = []
    robots: tuple[int, bytes] = (404, b"")

    def do_GET(self):
        self.asked.append((self.command, self.path))
        if self.path == "/robots.txt":
            self.send_response(self.robots[0])
            self.send_header("Content-Length", str(len(self.robots[1])))
            self.end_headers()
            self.wfile.write(self.robots[1])
            return
        known = {"/there": 200, "/shy": 405 if self.command == "HEAD" else 200, "/forbidden": 403}
        elsewhere = {"/round": "/round", "/in": "http://169.254.169.254/", "/moved": "/there"}.get(self.path)
        self.send_response(302 if elsewhere else known.get(self.path, 404))
        if elsewhere:
            self.send_header("Location", elsewhere)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Site.asked.clear()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_a_page_is_asked_for_briefly_and_a_redirect_never_leads_into_the_house(site):
    ask = Asker(may=lambda number, port: (number, port) == ("127.0.0.1", site), pause=0)

    def told(path):
        answer = ask(f"http://127.0.0.1:{site}{path}")
        return answer.status, answer.is_broken

    assert told("/there") == told("/moved") == told("/shy") == (200, False)
    assert ("GET", "/there") not in Site.asked and ("GET", "/shy") in Site.asked
    assert told("/nowhere") == (404, True)
    assert told("/forbidden") == (403, False)  # refuses programs, may open for people
    assert told("/round") == told("/in") == (0, True)
    assert ask("http://127.0.0.1:1/").words.startswith("指向内部网络")


def test_what_a_site_says_of_programs_is_kept_to_and_asked_once_a_day(site, monkeypatch):
    rules = (
        "User-agent: *\nDisallow: /there\n\nUser-agent: ShifanLinkCheck\nDisallow: /shy\n说明：中文".encode()
    )
    monkeypatch.setattr(Site, "robots", (200, rules))

    def asked(path):
        ask = Asker(
            may=lambda number, port: (number, port) == ("127.0.0.1", site), pause=0
        )  # another night's
        return ask(f"http://127.0.0.1:{site}{path}")

    assert asked("/shy") == Answer(0, "网站声明不许程序访问，没有查看", is_known=False)
    assert not asked("/shy").is_broken
    assert asked("/there").status == 200 and asked("/nowhere").is_broken
    assert Site.asked.count(("GET", "/robots.txt")) == 1
    assert not [path for _, path in Site.asked if path == "/shy"]

    cache.clear()
    monkeypatch.setattr(Site, "robots", (503, b""))  # who cannot tell is left alone
    assert not asked("/there").is_known


def test_a_site_that_says_nothing_costs_only_the_time_limit(monkeypatch):
    def silent(*args, **kwargs):
        raise TimeoutError

    monkeypatch.setattr(outside.socket, "create_connection", silent)
    assert Asker(pause=0)("http://93.184.215.14/") == Answer(0, "超过时间没有应答")


def test_what_leads_nowhere_outside_is_a_row_until_it_answers_or_is_no_longer_linked(client):
    body = '<p><a href="https://gone.example/a">一</a><a href="https://gone.example/b">二</a><a href="https://fine.example/">三</a></p>'
    document = make_published_document(body=body, moment=at(localdate() - timedelta(days=1)))
    asked = []

    def ask(address):
        asked.append(address)
        return Answer(404, "应答404") if "gone" in address and address not in fine else Answer(200, "应答200")

    fine: set[str] = set()
    day, now = localdate(), at(localdate(), 23)
    assert outside_links.watch_outside_links(day=day, at=now, ask=ask) == (3, 2)
    assert asked == ["https://fine.example/", "https://gone.example/a", "https://gone.example/b"]
    outside_links.watch_outside_links(day=day, at=now, ask=ask)
    assert BrokenLink.objects.filter(closed_on=None, is_outside=True, document=document).count() == 2
    watching.watch_links(day=day, at=now, ask=lambda path: 200)  # looks at its own only
    assert BrokenLink.objects.filter(closed_on=None).count() == 2

    fine.add("https://gone.example/a")
    outside_links.watch_outside_links(day=day, at=now, ask=ask)
    assert BrokenLink.objects.get(closed_on=None).address == "https://gone.example/b"
    client.force_login(make_librarian())
    page = client.get(reverse("admin:disclosure_brokenlink_changelist")).content.decode()
    assert "应答404" in page and "站外" in page
    assert outside_links.watch_outside_links(day=day, at=now, ask=ask, seconds=-1)[0] == 0

    def unasked(address):
        return Answer(0, "网站声明不许程序访问，没有查看", is_known=False)

    assert outside_links.watch_outside_links(day=day, at=now, ask=unasked) == (0, 0)
    assert BrokenLink.objects.get(closed_on=None).address == "https://gone.example/b"


# --- reminders ---


def test_a_finding_reminds_the_department_before_its_date_and_the_office_once_it_is_missed():
    office, department = make_librarian(), make_publisher()
    editor = make_staff(PostRole.EDITOR, department)
    watching.open_finding(
        source="省第三方测评",
        department=department,
        text="栏目空白",
        found_on=MONDAY,
        limit=5,
        by=office,
        at=at(),
    )

    def told(code):
        return set(Notice.objects.filter(template__code=code).values_list("user", flat=True))

    assert remind_due_duties(at=at()) == 0
    for _ in range(2):
        remind_due_duties(at=at(date(2026, 3, 13)))
    assert told("duty_due") == {editor.pk} and not told("duty_overdue")
    assert remind_due_duties(at=at(date(2026, 3, 17))) == 1
    assert told("duty_overdue") == {editor.pk, office.pk}
    assert Notice.objects.filter(template__code__startswith="duty_").count() == 3


def test_the_head_is_reminded_of_the_annual_report_ten_days_before_its_date():
    head = make_staff(PostRole.HEAD)
    reports.open_report(make_publisher(), 2025, by=None, at=at(date(2026, 1, 5)))
    assert remind_due_duties(at=at(date(2026, 1, 20))) == 0
    assert remind_due_duties(at=at(date(2026, 1, 21))) == 1
    assert head.pk in Notice.objects.filter(template__code="duty_due").values_list("user", flat=True)
