"""E-mail through Django's mail settings."""

import smtplib
import time
from collections.abc import Sequence
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from portal.notices.gateways import Answer, Inquiry, Message, Outcome


class MailGateway:
    """A mail server that takes the message answers for it: it sends no receipt we could wait for.

    Nor can it be asked what became of one. A message whose taking is unknown is therefore
    never sent again; somebody looks after it.
    """

    name = "mail"
    by_template = False

    def send_all(self, messages: Sequence[Message], until: float) -> list[Answer]:
        connection = get_connection(timeout=settings.EMAIL_TIMEOUT) if _is_smtp() else get_connection()
        try:
            connection.open()
        except OSError as fault:  # smtplib's own exceptions are OSErrors too
            return [Answer(Outcome.NOT_SENT, "no_server", str(fault)[:300])] * len(messages)
        try:
            return [self._send(connection, message, until) for message in messages]
        finally:
            connection.close()

    def ask_all(self, inquiries: Sequence[Inquiry]) -> list[Answer]:
        return [Answer(Outcome.CANNOT_TELL, "unknown", "邮件服务器未答复，无法确认")] * len(inquiries)

    def _send(self, connection: BaseEmailBackend, message: Message, until: float) -> Answer:
        if time.monotonic() > until:
            return Answer(Outcome.UNTRIED)
        mail = EmailMessage(
            message.title,
            message.text,
            formataddr((settings.SMS_SIGNATURE, settings.DEFAULT_FROM_EMAIL)),
            [message.address],
            connection=connection,
            headers={"Message-ID": f"<{message.reference}@{settings.ALLOWED_HOSTS[0]}>"},
        )
        try:
            mail.send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as refusal:
            return _refusal(refusal)
        except smtplib.SMTPSenderRefused as refusal:
            return Answer(Outcome.STOPPED, str(refusal.smtp_code), str(refusal)[:300])
        except OSError as fault:
            return Answer(Outcome.UNKNOWN, type(fault).__name__, str(fault)[:300])
        return Answer(Outcome.DELIVERED, "mail_server_accepted", "邮件服务器已接收")


def _refusal(refusal: smtplib.SMTPException) -> Answer:
    """A 4xx of SMTP asks to try later, a 5xx is final."""
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        code = next(iter(refusal.recipients.values()))[0]
    else:
        code = getattr(refusal, "smtp_code", 500)
    outcome = Outcome.NOT_SENT if 400 <= code < 500 else Outcome.REFUSED
    return Answer(outcome, str(code), str(refusal)[:300])


def _is_smtp() -> bool:
    return settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
