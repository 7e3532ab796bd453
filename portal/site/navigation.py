"""Where the header and the footer lead. A page that does not exist yet is left out, never a dead end."""

from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

HEADER = (
    ("首页", "site:home"),
    ("办事指南", "approvals:guides"),
    ("政府信息公开", "disclosure:home"),
    ("查办件进度", "approvals:track"),
    ("证照核验", "papers:verify"),
    ("期限计算", "workdays:deadline"),
    ("我的办事", "site:my"),
)
FOOTER = (
    ("网站地图", "site:sitemap"),
    ("使用帮助", "site:help"),
    ("无障碍声明", "site:accessibility"),
    ("我为政府网站找错", "site:mistakes"),
    ("留痕摘要公示", "audit:digests"),
    ("随机分办公示", "approvals:draws"),
    ("行政许可决定公示", "approvals:decisions"),
    ("法规标准库", "disclosure:laws"),
)

# What people come for, most wanted first; the first six that exist are shown.
TASKS = (
    ("我要办事", "approvals:guides", "看指南、填申请、交材料"),
    ("查办件进度", "approvals:track", "凭办件编号和查询码，不用登录"),
    ("政府信息公开", "disclosure:home", "法定主动公开内容"),
    ("申请公开信息", "disclosure:request", "依申请公开政府信息"),
    ("咨询投诉", "letters:write", "写信咨询、投诉、提建议"),
    ("查企业和人员", "talent:search", "企业资质和注册人员"),
    ("我的办事", "site:my", "草稿、办件、消息和结果"),
    ("核验证照和文书", "papers:verify", "扫码或上传文件辨真伪"),
    ("算办理期限", "workdays:deadline", "哪天到期，逐日说明"),
    ("咨询和求助", "site:help", "怎么办、问谁、热线电话"),
)
SITEMAP = (
    (
        "办事",
        (
            ("办事指南", "approvals:guides"),
            ("查办件进度", "approvals:track"),
            ("期限计算", "workdays:deadline"),
            ("查企业和人员", "talent:search"),
            ("承诺兑现", "site:promises"),
        ),
    ),
    (
        "公开",
        (
            ("政府信息公开", "disclosure:home"),
            ("法定主动公开内容", "disclosure:documents"),
            ("政府信息公开年报", "disclosure:reports"),
            ("公开查阅点", "disclosure:points"),
            ("数据共享和开放目录", "talent:resources"),
        ),
    ),
    (
        "申请公开信息",
        (
            ("申请公开政府信息", "disclosure:request"),
            ("查信息公开申请进度", "disclosure:follow"),
            ("已公布的答复", "disclosure:replies"),
            ("申请更正信息", "disclosure:record_ask"),
        ),
    ),
    (
        "查证",
        (
            ("证照和文书核验", "papers:verify"),
            ("留痕摘要公示", "audit:digests"),
            ("随机分办公示", "approvals:draws"),
            ("行政许可决定公示", "approvals:decisions"),
            ("法规标准库", "disclosure:laws"),
            ("政府公报", "disclosure:gazette"),
            ("全站搜索", "search:search"),
        ),
    ),
    (
        "我的",
        (
            ("我的办事", "site:my"),
            ("我的消息", "site:messages"),
            ("登录", "account_login"),
            ("注册", "account_signup"),
        ),
    ),
    (
        "关于本网站",
        (
            ("首页", "site:home"),
            ("使用帮助", "site:help"),
            ("无障碍声明", "site:accessibility"),
            ("我为政府网站找错", "site:mistakes"),
            ("自助终端", "site:kiosk"),
        ),
    ),
)


@cache
def address(name: str) -> str:
    """The path of a page known by name, or nothing while there is no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def links(entries: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"label": label, "href": address(name)} for label, name in entries if address(name)]


def tasks() -> list[dict[str, str]]:
    found = [
        {"label": label, "href": address(name), "text": text} for label, name, text in TASKS if address(name)
    ]
    return found[:6]


def header(request: HttpRequest) -> list[dict[str, str]]:
    """The main navigation; ``here`` is "page" on the entry itself and "true" below it."""
    here = request.path
    return [
        {**link, "here": "page" if here == link["href"] else "true" if is_below(here, link["href"]) else ""}
        for link in links(HEADER)
    ]


def is_below(path: str, parent: str) -> bool:
    return parent != "/" and path.startswith(parent)
