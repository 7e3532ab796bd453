"""What every page of a government site must carry (网页标签规范, 网站发展指引)."""

import re

import pytest
from django.conf import settings

from portal.site.navigation import SITEMAP

pytestmark = pytest.mark.django_db
PAGES = ["/", "/help/", "/sitemap/", "/accessibility/", "/mistakes/"]


@pytest.mark.parametrize("path", PAGES)
def test_the_page_names_the_site_and_who_stands_behind_it(client, path):
    page = client.get(path).content.decode()
    for name, key in (("SiteName", "name"), ("SiteDomain", "domain"), ("SiteIDCode", "id_code")):
        assert f'<meta name="{name}" content="{settings.SITE[key]}">' in page
    for words in (
        "主办单位",
        "联系方式",
        "网站标识码",
        "ICP备案号",
        "公安备案号",
        "党政机关网站标识",
        "我为政府网站找错",
        "网站地图",
    ):
        assert words in page


@pytest.mark.parametrize("path", PAGES[1:])
def test_a_column_page_says_which_column_it_is(client, path):
    page = client.get(path).content.decode()
    for name in ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"):
        assert re.search(rf'<meta name="{name}" content="[^"]+">', page)


def test_the_home_page_carries_only_the_site_tags(client):
    assert 'name="Column' not in client.get("/").content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_no_link_of_the_frame_is_a_dead_end(client, path):
    page = client.get(path).content.decode()
    frame = re.findall(r'<(?:nav class="nav".*?</nav>|ul class="foot__links".*?</ul>)', page, re.DOTALL)
    for href in set(re.findall(r'href="(/[^"#]*)"', "".join(frame))) - {"/search/"}:
        assert client.get(href).status_code in (200, 302), href


def test_the_map_of_the_site_names_each_page_once():
    named = [entry for _, entries in SITEMAP for entry in entries]
    for each in (0, 1):
        assert len({entry[each] for entry in named}) == len(named)
