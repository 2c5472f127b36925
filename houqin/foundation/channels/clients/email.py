"""Mail over SMTP (``HOUQIN_EMAIL_URL``), as plain text."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.foundation.channels.base import SENT, Message, Outcome, Result, short


class Email:
    """``Message-ID`` is our key, so that most mail systems keep a repeat once."""

    code = "email"
    setting = "HOUQIN_EMAIL_URL"
    name = gettext_lazy("电子邮件")
    address_name = gettext_lazy("邮箱")
    per_minute = 100

    def configured(self) -> bool:
        return bool(settings.EMAIL_HOST)

    def send(self, message: Message) -> Outcome:
        mail = EmailMessage(
            subject=short(message.title, 120),
            body=_text(message),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[message.to],
            headers={
                "Message-ID": f"<{message.key}@{_domain()}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        try:
            # Not through EMAIL_BACKEND: whether it was taken has to be known here.
            EmailBackend(timeout=settings.EMAIL_TIMEOUT).send_messages([mail])
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            return Outcome(Result.NEVER if code >= 500 else Result.LATER, f"smtp:{code}")
        except smtplib.SMTPAuthenticationError as denied:
            return Outcome(Result.BLOCKED, f"smtp:{denied.smtp_code}")
        except smtplib.SMTPResponseException as said:
            # 552 and 554 to the content are about this mail; 4xx, greetings and the like about the server.
            about_this = isinstance(said, smtplib.SMTPDataError) and said.smtp_code >= 500
            return Outcome(Result.NEVER if about_this else Result.BLOCKED, f"smtp:{said.smtp_code}")
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(Result.BLOCKED, f"unreachable:{type(error).__name__}")
        except ValueError:
            # An address that no mail can be written to (a line break in it…).
            return Outcome(Result.NEVER, "bad_address")
        return SENT


def _text(message: Message) -> str:
    link = _("查看：%(url)s") % {"url": message.url} if message.url else ""
    return "\n\n".join(part for part in (message.title, message.body, link) if part) + "\n"


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
