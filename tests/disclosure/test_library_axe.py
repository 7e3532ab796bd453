"""Library, gazette and what is watched, public and at the desk, on a phone and on a desk: axe finds nothing."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from disclosure.models import BrokenLink
from disclosure.workflow import circulation, gazette, library, watching
from tests.disclosure.law_makers import make_act, make_law_article, make_librarian
from tests.disclosure.makers import make_published_document
from tests.papers.files import make_pdf
from tests.site.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pages() -> tuple[list[str], str]:
    """An act with everything on it, the one it replaced, an article that is cited, an issue of the gazette."""
    now = timezone.now()
    old = make_act("示范市燃气管理暂行办法", doc_no="旧号", effective_on=date(2010, 1, 1))
    act = make_act(
        "示范市燃气管理办法",
        doc_no="示府令〔2020〕第3号",
        text="第一条　为了安全用气，制定本办法。\n\n第二条　略。",
    )
    library.supersede(old, later=act, kind="replaces", on=date(2020, 5, 1), by=None, at=now)
    file = SimpleUploadedFile("文本.pdf", make_pdf(), content_type="application/pdf")
    library.attach(act, file=file, title="公布的文本", by=None, at=now)
    cited, other = make_law_article(act, "第三条"), make_law_article(act, "第四条", "没有人引用。")
    make_law_article(make_act("示范市燃气管理实施细则"), "第二条", f"落实{cited}。")
    document = make_published_document(body=f"<p>依据{cited}制定。</p>", moment=now)
    issue = gazette.compile_issue(year=2025, number=1, by=None, at=now)
    gazette.take_in(issue, index_nos=[document.index_no], section="departments", by=None, at=now)
    gazette.edition(gazette.publish(issue, by=None, at=now), at=now)
    circulation.enter_repost(
        index_no=document.index_no, level="province", site="省政府网", address="https://www.sheng.gov.cn.example/1/",
        on=localdate(), by=None, at=now,
    )  # fmt: skip
    circulation.keep_reads([(localdate(), document.pk, 7)])
    watching.watch_columns(day=localdate(), at=now)
    BrokenLink.objects.create(
        document=document, address="https://gone.example/", is_outside=True, words="找不到这个域名",
        status=0, first_seen_on=localdate(), last_seen_on=localdate(),
    )  # fmt: skip
    finding = watching.open_finding(
        source="省第三方测评", department=document.publisher, text="栏目空白", found_on=localdate(), limit=5,
        by=None, at=now,
    )  # fmt: skip
    making = gazette.compile_issue(year=2025, number=2, by=None, at=now)
    client = Client()
    client.force_login(make_librarian())

    def desk(name: str, *args: object) -> str:
        return reverse(f"admin:disclosure_{name}", args=args)

    return [
        reverse("disclosure:laws"),
        reverse("disclosure:laws") + "?q=没有这样的法",
        act.address,
        old.address,
        cited.address,
        other.address,
        reverse("disclosure:gazette"),
        reverse("disclosure:gazette_issue", args=[2025, 1]),
        desk("act_changelist"),
        desk("act_add"),
        desk("act_change", act.pk),
        desk("act_deed", act.pk, "supersede"),
        desk("act_deed", act.pk, "attach"),
        desk("act_deed", act.pk, "detach"),
        desk("article_changelist"),
        desk("article_change", cited.pk),
        desk("gazetteissue_changelist"),
        desk("gazetteissue_add"),
        desk("gazetteissue_change", issue.pk),
        desk("gazetteissue_deed", making.pk, "take-in"),
        desk("columnday_overview"),
        desk("columnday_figure", "reads"),
        desk("columnday_figure", "reposted"),
        desk("repost_changelist"),
        desk("repost_add"),
        desk("repost_change", document.reposts.get().pk),
        desk("brokenlink_changelist"),
        desk("assessmentfinding_changelist"),
        desk("assessmentfinding_add"),
        desk("assessmentfinding_change", finding.pk),
        desk("readingpoint_changelist"),
        desk("transferbatch_changelist"),
    ], client.cookies["sessionid"].value


def test_axe_finds_nothing_on_the_pages_of_library_and_gazette(pages, browser, live_server):
    addresses, session = pages
    context = browser.new_context(locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    tab, found = context.new_page(), {}
    for address in addresses:
        answer = tab.goto(f"{live_server.url}{address}")
        assert answer is not None and answer.status == 200, address
        if wrong := faults(tab):
            found[address] = wrong
    context.close()
    assert not found, found
