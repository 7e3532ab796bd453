from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from ninja import Query, Router
from ninja.decorators import decorate_view

from talent.api.keys import REFUSALS, About, key_of
from talent.api.shapes import ChangesOut, EnterprisesOut
from talent.models import Enterprise, Scope
from talent.sharing import changes, fields, records
from talent.workflow import changes as numbers
from talent.workflow import sharing

router = Router()
A_LIST = 50
Since = Annotated[int, Query(ge=0, le=2**62, description="上一次给出的next；从头开始时填0或者不填")]


@router.get(
    "/registry/changes",
    response={200: ChangesOut, **REFUSALS},
    operation_id="registry_changes",
    url_name="registry_changes",
    summary="读取登记变动",
    description="共享范围内有变动的企业和人员的标识，按变动先后，不含个人信息；从上一次的next接着读，不会遗漏。本页可能为空而more为true，继续读即可。已合并的给出保留的记录，已归档的给出日期和类别。有效期届满不是变动，请按有效期自行判断。",
)
@decorate_view(never_cache)
def feed(
    request: HttpRequest,
    since: Since = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="本页至多几项变动")] = 200,
) -> dict[str, Any]:
    key, at = key_of(request), timezone.now()
    sharing.spend(key, at=at)
    behind = numbers.number() == numbers.MOST
    page = changes.since(since, key.scopes, limit=limit)
    sharing.note_followed(key, since=since, until=page.next, at=at)
    return {
        "changes": [changes.told(one) for one in page.moved],
        "next": page.next,
        "more": page.more or behind,
    }


@router.get(
    "/registry/enterprises",
    response={200: EnterprisesOut, **REFUSALS},
    exclude_unset=True,
    operation_id="registry_enterprises",
    url_name="registry_enterprises",
    summary="按变动列出企业",
    description="自since以来有变动的企业，连同共享范围内的字段，每页至多50家；已合并、已归档的只列在gone中。每家都留痕，并告知该企业。",
)
@decorate_view(never_cache)
def enterprises(request: HttpRequest, since: Since = 0, about: About = "") -> dict[str, Any]:
    key, at = key_of(request), timezone.now()
    about = sharing.admit(key, "enterprise", about=about, at=at)
    behind = numbers.number() == numbers.MOST
    scopes = [code for code in key.scopes if Scope(code).noun == "enterprise"]
    page = changes.since(since, scopes, limit=A_LIST)
    standing = [one.record for one in page.moved if one.row.archived_at is None]
    visible = Enterprise.objects.visible_to(None).select_related("origin__department", "origin__party")
    found = visible.in_bulk(standing)
    rows = [found[pk] for pk in standing if pk in found]
    sharing.note(key, rows, scopes=fields.given("enterprise", scopes), about=about, at=at)
    return {
        "enterprises": records.enterprises(rows, scopes, localdate(at)),
        "gone": [changes.told(one) for one in page.moved if one.row.archived_at is not None],
        "next": page.next,
        "more": page.more or behind,
    }
