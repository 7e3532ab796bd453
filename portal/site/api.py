"""The interface for other machines: every domain's router under one address, in Chinese."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.renderers import JSONRenderer

from disclosure.api import router as disclosure_router
from portal.refusals import RuleBroken
from portal.search.api import router as search_router
from portal.workdays.api import router as workdays_router
from talent.api import router as talent_router
from talent.workflow.sharing import NotInScope, OverQuota

# What pydantic found wrong, in words; {} is filled from the constraint that was broken.
PROBLEMS = {
    "missing": "缺少参数{field}",
    "int_parsing": "{field}应为整数",
    "int_type": "{field}应为整数",
    "int_from_float": "{field}应为整数",
    "int_parsing_size": "{field}超出允许的范围",
    "bool_parsing": "{field}应为true或false",
    "enum": "{field}只能是{expected}",
    "literal_error": "{field}只能是{expected}",
    "greater_than_equal": "{field}不能小于{ge}",
    "less_than_equal": "{field}不能大于{le}",
    "string_too_short": "{field}至少{min_length}个字",
    "string_too_long": "{field}至多{max_length}个字",
    "date_from_datetime_parsing": "{field}不是存在的日期",
    "date_parsing": "{field}不是存在的日期",
    "date_from_datetime_inexact": "{field}应为日期，不含时刻",
    "uuid_parsing": "{field}不是有效的标识",
    "string_pattern_mismatch": "{field}的格式不对",
    "chinese": "{field}{msg}",
}


class Manual(DocsBase):
    """A page a person can read, made from the OpenAPI description, without script."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        schema = api.get_openapi_schema(path_params=kwargs)
        operations = [
            _shown(path, method, operation, schema["components"]["schemas"])
            for path, methods in schema["paths"].items()
            for method, operation in methods.items()
        ]
        context = {"operations": operations, "openapi_url": self.get_openapi_url(api, kwargs)}
        return render(request, "site/api.html", context)


def _shown(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """One operation as the page lists it: each parameter with what to write there."""
    parameters = []
    for told in operation.get("parameters", ()):
        schema = told["schema"]
        example = schema.get("default", next(iter(schema.get("examples", ())), ""))
        parameters.append({**told, "example": example})
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    written = _named(schemas, body).get("properties", {})
    required = "&".join(f"{told['name']}={told['example']}" for told in parameters if told["required"])
    return {
        "path": path,
        "method": method.upper(),
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": parameters,
        "body": [(name, about.get("description", "")) for name, about in written.items()],
        "needs_key": bool(operation.get("security")),
        "try_it": f"{path}?{required}"
        if method == "get" and "{" not in path and not operation.get("security")
        else "",
    }


def _named(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The description that a reference stands for."""
    found: dict[str, Any] = schemas.get(schema.get("$ref", "").rpartition("/")[2], {})
    return found


class Readable(JSONRenderer):
    """Chinese stays Chinese in the answer."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="示范市政务服务开放接口",
    version="1",
    description="返回JSON。参数有误时返回422，detail逐项指出参数名和改法。企业库和人才库的共享接口须在请求头Authorization中以“Bearer 密钥”的形式给出共享密钥。",
    docs=Manual(),
    renderer=Readable(),
    urls_namespace="api",
)
api.add_router("", workdays_router)
api.add_router("", search_router)
api.add_router("", disclosure_router)
api.add_router("", talent_router)


def in_words(error: dict[str, Any]) -> dict[str, str]:
    """One of pydantic's errors as the parameter's name and a sentence in Chinese."""
    place = error["loc"][2:] if error["loc"][0] == "body" else error["loc"][1:]  # a body has a name of ours
    field = ".".join(str(part) for part in place) or "请求"
    pattern = PROBLEMS.get(error["type"], "{field}的值无效")
    known = {**error.get("ctx", {}), "field": field, "msg": error["msg"]}
    if "expected" in known:
        known["expected"] = str(known["expected"]).replace("'", "").replace(", ", "、").replace(" or ", "或")
    return {"field": field, "message": pattern.format(**known) + "。"}


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    return api.create_response(request, {"detail": [in_words(e) for e in refusal.errors]}, status=422)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, refusal: HttpError) -> HttpResponse:
    """What was sent is no JSON at all."""
    return refused(request, RuleBroken("请求正文不是有效的JSON。"), status=refusal.status_code)


@api.exception_handler(RuleBroken)
def refused(request: HttpRequest, refusal: RuleBroken, status: int = 422) -> HttpResponse:
    detail = [{"field": refusal.field, "message": str(refusal)}]
    return api.create_response(request, {"detail": detail}, status=status)


@api.exception_handler(NotInScope)
def out_of_scope(request: HttpRequest, refusal: NotInScope) -> HttpResponse:
    return refused(request, refusal, status=403)


@api.exception_handler(OverQuota)
def over_quota(request: HttpRequest, refusal: OverQuota) -> HttpResponse:
    answer = refused(request, refusal, status=429)
    answer["Retry-After"] = str(refusal.retry_after)
    return answer


@api.exception_handler(AuthenticationError)
def unknown_key(request: HttpRequest, refusal: AuthenticationError) -> HttpResponse:
    """The same for a key that never was, that is over and that was revoked."""
    wrong = RuleBroken("密钥无效。请在请求头Authorization中以“Bearer 密钥”的形式给出有效的共享密钥。")
    answer = refused(request, wrong, status=401)
    answer["WWW-Authenticate"] = "Bearer"
    return answer
