"""电子邮件: one mail by the site's own mail server, with our key as its Message-ID."""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from enum import Enum

from notoneless.core.terms import SendProblem
from notoneless.delivery.parcel import Failed, InDoubt, Outcome, Parcel, Sent
from notoneless.delivery.reach import Reach, tls

_ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+")
_OF_NO_ADDRESS = re.compile(r'[<>,;:()"\\\[\]]')


class Security(Enum):
    """How the way to the mail server is protected; NONE only to a server on the private list."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True)
class MailServer:
    """The server that takes our mail, and who it is from."""

    host: str
    sender: str
    port: int = 465
    security: Security = Security.TLS
    user: str = ""
    password: str = ""


def is_address(text: str) -> bool:
    """Whether a text is one plain mail address and nothing besides."""
    return bool(_ADDRESS.fullmatch(text)) and not _OF_NO_ADDRESS.search(text)


def send(parcel: Parcel, to: str, server: MailServer, reach: Reach) -> Outcome:
    """Send a mail to the address `to`."""
    if not is_address(to):
        return Failed(SendProblem.BAD_ADDRESS, final=True)
    if server.security is Security.NONE and server.host not in reach.private_hosts:
        return Failed(SendProblem.FORBIDDEN_HOST, final=True)
    try:
        connection = _connected(server, reach)
    except (OSError, smtplib.SMTPException):
        return Failed(SendProblem.NOT_REACHED)
    try:
        connection.send_message(mail(parcel, to, server.sender), server.sender, [to])
        outcome: Outcome = Sent()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as refusal:
        outcome = _refused(_code(refusal))
    except (OSError, smtplib.SMTPException):
        outcome = InDoubt()
    _leave(connection)
    return outcome


def mail(parcel: Parcel, to: str, sender: str) -> EmailMessage:
    """The mail itself; sent again it is the same mail to whoever keeps them by their Message-ID."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = to
    made["Subject"] = parcel.title
    made["Date"] = format_datetime(parcel.at)
    made["Message-ID"] = f"<{parcel.key}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(parcel.text, cte="base64")  # not every server takes eight bits
    return made


def _connected(server: MailServer, reach: Reach) -> smtplib.SMTP:
    seconds = reach.connect_seconds
    if server.security is Security.TLS:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=tls())
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
    try:
        if server.security is Security.STARTTLS:
            connection.starttls(context=tls())
        if server.user:
            connection.login(server.user, server.password)
    except (OSError, smtplib.SMTPException):
        connection.close()
        raise
    if connection.sock is not None:
        connection.sock.settimeout(reach.answer_seconds)
    return connection


def _code(refusal: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> int:
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        return next(code for code, _ in refusal.recipients.values())
    return refusal.smtp_code


def _refused(code: int) -> Outcome:
    """A server answers 4xx for "not now" and 5xx for "never"."""
    return Failed(SendProblem.BUSY) if 400 <= code < 500 else Failed(SendProblem.REFUSED, final=True)


def _leave(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()  # what it said of the mail stands, however it takes leave
