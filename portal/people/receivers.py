"""Signing in and out goes on record, whichever way it happens."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import login_code_rejected
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from portal.people import middleware, workflow
from portal.people.models import User


@receiver(user_logged_in)
def session_begins(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    now = timezone.now()
    records = get_authentication_records(request, user)
    how = "+".join(dict.fromkeys(str(record["method"]) for record in records)) or "direct"
    token = workflow.note_sign_in(user, how=how, at=now)
    request.session[middleware.TOKEN] = token
    request.session[middleware.SEEN_AT] = now.timestamp()
    workflow.clear_failures((user.phone or "") if user.is_citizen else user.username)


@receiver(user_logged_out)
def session_ends(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None and not getattr(request, "_session_rules_ended", False):
        workflow.note_sign_out(user, at=timezone.now())


@receiver(login_code_rejected)
def code_was_wrong(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    workflow.note_failure(user.phone or user.username, user=user, how="code", at=timezone.now())
