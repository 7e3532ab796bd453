from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from ninja import Path, Router, Status
from ninja.decorators import decorate_view

from talent.api.keys import ONE_RECORD, About, key_of, told_gone
from talent.api.shapes import EnterpriseOut
from talent.models import Enterprise
from talent.sharing import fields, records
from talent.workflow import sharing

router = Router()
Code = Annotated[
    str,
    Path(
        pattern="^[0-9A-HJ-NPQRTUWXY]{18}$",
        description="统一社会信用代码",
        examples=["91990100MA0000001X"],
    ),
]


@router.get(
    "/registry/enterprises/{uscc}",
    response={200: EnterpriseOut, **ONE_RECORD},
    exclude_unset=True,
    operation_id="registry_enterprise",
    url_name="registry_enterprise",
    summary="查询一家企业",
    description="按统一社会信用代码查询，返回密钥的共享范围内的字段，范围外的字段名列在withheld中。每次查询都留痕，并告知被查询的企业。已合并、已归档的返回410。",
)
@decorate_view(never_cache)
def enterprise(request: HttpRequest, uscc: Code, about: About = "") -> Status:
    key, at = key_of(request), timezone.now()
    about = sharing.admit(key, "enterprise", about=about, at=at)
    rows = Enterprise.objects.select_related(
        "origin__department", "origin__party", "merged_into__merged_into"
    )
    row = rows.filter(uscc=uscc).first()
    if row is None or not (row.is_visible or row.archived_at):
        sharing.note_miss(key, asked=uscc, about=about, at=at)
        return Status(
            404, {"detail": [{"field": "uscc", "message": "企业库中没有这个统一社会信用代码，请核对。"}]}
        )
    if left := told_gone(row, lambda one: one.uscc):
        sharing.note_miss(key, asked=uscc, about=about, at=at)
        return left
    told = records.enterprises([row], key.scopes, localdate(at))[0]
    sharing.note(key, [row], scopes=fields.given("enterprise", key.scopes), about=about, at=at)
    return Status(200, told)
