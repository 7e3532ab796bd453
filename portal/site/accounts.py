"""Codes of the accounts pages, sent through the outbox: it stands above people, so this stands here."""

import secrets
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.utils import timezone

from portal.notices import workflow as notices
from portal.people import adapter
from portal.people.models import User
from portal.refusals import RuleBroken


class AccountAdapter(adapter.AccountAdapter):
    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """A sign-in code for a proven phone, a sign-up or change code for one still to prove."""
        if not user.phone_verified:
            template = "sign_up_code"
        else:
            template = "sign_in_code" if user.phone == phone else "phone_change_code"
        self._queue(template, notices.Recipient(name=user.name, phone=phone, user=user), code=code)

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._queue("account_exists", notices.Recipient(name="", phone=phone))

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        self._queue("account_unknown", notices.Recipient(name="", phone=phone))

    def _queue(self, template: str, to: notices.Recipient, **params: Any) -> None:
        """Each asking is a message of its own; asked for too often, the page says so and nothing is sent."""
        try:
            notices.queue(
                template, to=to, at=timezone.now(), key=secrets.token_hex(8), channels=("sms",), **params
            )
        except RuleBroken as refusal:
            messages.error(self.request, str(refusal))
            raise ImmediateHttpResponse(HttpResponseRedirect(self.request.path)) from None
