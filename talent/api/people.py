from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from ninja import Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import Field

from portal.people.identity import check_id_number
from portal.people.masking import mask_id
from portal.people.models import IdType, Party
from portal.refusals import RuleBroken
from portal.workdays.api import Problems
from talent import catalogue
from talent.api.keys import ONE_RECORD, key_of, told_gone
from talent.api.shapes import PeopleOut
from talent.models import Person, Scope
from talent.sharing import fields, records
from talent.workflow import sharing

router = Router()
MOST = 5  # people of one certificate number


class LookUpIn(Schema):
    """A person is asked for by one mark, in the body: an address is kept by every log on the way."""

    id: UUID | None = Field(None, description="人员标识，登记变动中给出")
    certificate_no: str = Field("", max_length=60, description="注册证书或者安全生产考核合格证的编号")
    id_number: str = Field(
        "", max_length=30, description="居民身份证号码，须完整；共享范围应含person.identity"
    )
    about: str = Field("", max_length=100, description="查询事由或者办件编号；密钥要求说明事由时必填")


@router.post(
    "/registry/people/lookup",
    response={200: PeopleOut, 400: Problems, **ONE_RECORD},
    exclude_unset=True,
    operation_id="registry_people_lookup",
    url_name="registry_people_lookup",
    summary="查询持证人员",
    description="按人员标识、证书编号或者完整的居民身份证号码查询，填其中一项。号码只写在请求正文里，不写在网址里。每次查询都留痕，并告知本人。",
)
@decorate_view(never_cache)
def lookup(request: HttpRequest, asked: LookUpIn) -> Status:
    key, at = key_of(request), timezone.now()
    certificate = asked.certificate_no.replace("\x00", "").strip()
    if sum(map(bool, (asked.id, certificate, asked.id_number.strip()))) != 1:
        raise RuleBroken("人员标识、证书编号和身份证号码请填写其中一项。", field="certificate_no")
    by_number = not (asked.id or certificate)
    scopes = [code for code in key.scopes if by_number or code != Scope.PERSON_IDENTITY]
    keys: Any
    if asked.id:
        name, shown = "id", str(asked.id)
        keys = Person.objects.filter(key=asked.id).values("pk")
    elif certificate:
        name, shown = "certificate_no", certificate
        keys = catalogue.holding(certificate)
    else:
        name = "id_number"
        if Scope.PERSON_IDENTITY not in scopes:
            raise sharing.NotInScope("该密钥的共享范围不含人员身份核对，不能按身份证号码查询。")
        number = check_id_number(asked.id_number, today=localdate(at), field=name)
        shown = mask_id(number)
        keys = Person.objects.filter(party__in=Party.objects.with_id_number(IdType.ID_CARD, number)).values(
            "pk"
        )
    about = sharing.admit(key, "person", about=asked.about, at=at)
    found = Person.objects.filter(pk__in=keys, is_professional=True).select_related(
        "party", "merged_into__merged_into"
    )
    rows = list(found.order_by("pk")[: MOST + 1])
    standing = [row for row in rows if row.is_visible][:MOST]
    if not standing:
        sharing.note_miss(key, asked=shown, about=about, at=at)
        if rows and (left := told_gone(rows[0], lambda one: str(one.key))):
            return left
        message = "人才库中没有这个号码的持证人员，请核对。"
        return Status(404, {"detail": [{"field": name, "message": message}]})
    sharing.note(key, standing, scopes=fields.given("person", scopes), about=about, at=at)
    return Status(200, {"people": records.people(standing, scopes, localdate(at))})
