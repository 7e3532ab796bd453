"""What a session may do: not stay idle, not be one of two, not skip the second factor."""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from portal.people import passwords, workflow
from portal.people.models import User

IDLE_INSIDE = timedelta(minutes=15)  # GB/T 22239-2019 8.1.4.1 b
IDLE_CITIZEN = timedelta(minutes=30)
ELDER_COOKIE = "elder"  # set by the visitor; elder mode knows no time-outs
SEEN_AT = "seen_at"
TOKEN = "session_token"  # noqa: S105 (the name of a session key)
FACTOR = "second_factor"
STEP = 30  # seconds; the session is not written more often than this


class SessionRules:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.STATIC_URL) or not request.user.is_authenticated:
            return self.get_response(request)
        refusal = self.check(request, request.user, timezone.now())
        return refusal if refusal is not None else self.get_response(request)

    def check(self, request: HttpRequest, user: User, now: datetime) -> HttpResponse | None:
        """End the session, send to what must be done first, or let pass (None)."""
        if user.needs_second_factor and request.session.get(TOKEN) != user.session_token:
            return self.end(request, user, now, "elsewhere", "您的账号已在别处登录或被重置，请重新登录。")
        seen_at = request.session.get(SEEN_AT)
        allowed = self.allowed_idle(request, user)
        if seen_at and allowed and now.timestamp() - seen_at > allowed.total_seconds():
            minutes = int(allowed.total_seconds() // 60)
            return self.end(
                request, user, now, "idle", f"您已超过{minutes}分钟没有操作，为保护您的信息，请重新登录。"
            )
        if seen_at is None or now.timestamp() - seen_at > STEP:
            request.session[SEEN_AT] = now.timestamp()
        return self.first_things(request, user, now)

    def allowed_idle(self, request: HttpRequest, user: User) -> timedelta | None:
        """None for a citizen in elder mode: their session ends with the browser or after twelve idle hours."""
        if user.needs_second_factor:
            return IDLE_INSIDE
        return None if request.COOKIES.get(ELDER_COOKIE) == "on" else IDLE_CITIZEN

    def first_things(self, request: HttpRequest, user: User, now: datetime) -> HttpResponse | None:
        if user.needs_second_factor and not request.session.get(FACTOR):
            if is_mfa_enabled(user, ["totp", "webauthn"]):
                request.session[FACTOR] = True
            elif not _is_one_of(request, "mfa_activate_totp", "mfa_add_webauthn", "mfa_index"):
                return self.send(request, "mfa_index", "请先设置二次验证，再使用工作台。")
        if passwords.is_due(user, now) and not _is_one_of(
            request, "account_change_password", "mfa_activate_totp", "mfa_add_webauthn", "mfa_index"
        ):
            return self.send(request, "account_change_password", "请先修改口令，再继续操作。")
        return None

    def end(self, request: HttpRequest, user: User, now: datetime, why: str, sentence: str) -> HttpResponse:
        workflow.note_session_ended(user, why=why, at=now)
        request._session_rules_ended = True  # type: ignore[attr-defined]
        logout(request)
        if _is_machine(request):
            return JsonResponse({"detail": sentence}, status=401)
        messages.warning(request, sentence)
        back = request.get_full_path() if request.method == "GET" else ""
        query = f"?{urlencode({'next': back})}" if back else ""
        return HttpResponseRedirect(resolve_url(settings.LOGIN_URL) + query)

    def send(self, request: HttpRequest, name: str, sentence: str) -> HttpResponse:
        if _is_machine(request):
            return JsonResponse({"detail": sentence}, status=403)
        messages.info(request, sentence)
        return HttpResponseRedirect(reverse(name))


def _is_machine(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _is_one_of(request: HttpRequest, *names: str) -> bool:
    always = ("account_logout", "account_reauthenticate")
    return request.path in {reverse(name) for name in (*names, *always)}
