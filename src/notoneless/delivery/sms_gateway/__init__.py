"""短信: through the county's own gateway, whose interface the settings describe as a template."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from notoneless.core.terms import SendProblem
from notoneless.delivery.answers import json_object, posted
from notoneless.delivery.parcel import Failed, InDoubt, Outcome, Parcel, Sent
from notoneless.delivery.posting import Answer
from notoneless.delivery.reach import Reach

_NUMBER = re.compile(r"\+?[0-9]{5,15}")


@dataclass(frozen=True)
class SmsGateway:
    """The gateway's interface; {to}, {text} and {key} in the fields stand for number, text and key."""

    url: str
    form: bool = False  # fields as a web form; otherwise as JSON
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    ok_at: str = ""  # "data.code": where the answer says how it went; empty: the status alone does
    ok_is: frozenset[str] = frozenset()
    number_at: str = ""  # where the answer gives the gateway's own number of the message
    recognises_key: bool = False  # the gateway drops a second message with the same {key}


def send(parcel: Parcel, to: str, gateway: SmsGateway, reach: Reach) -> Outcome:
    """Send a text message to the phone number `to`."""
    number = re.sub(r"[\s()-]", "", to)
    if not _NUMBER.fullmatch(number):
        return Failed(SendProblem.BAD_ADDRESS, final=True)
    filled = {name: _filled(value, number, parcel) for name, value in gateway.fields.items()}
    if gateway.form:
        body, kind = urlencode(filled).encode(), "application/x-www-form-urlencoded"
    else:
        body, kind = json.dumps(filled, ensure_ascii=False).encode(), "application/json; charset=utf-8"
    headers = {**gateway.headers, "Content-Type": kind}
    return posted(gateway.url, body, headers, reach, at=parcel.at, read=lambda answer: _read(answer, gateway))


def _filled(template: str, number: str, parcel: Parcel) -> str:
    given = {"{to}": number, "{text}": parcel.text, "{key}": parcel.key}
    return re.sub(r"\{(?:to|text|key)\}", lambda found: given[found.group()], template)


def _read(answer: Answer, gateway: SmsGateway) -> Outcome:
    said = json_object(answer.body)
    if gateway.ok_at:
        how = _at(said, gateway.ok_at)
        if how is None:
            return InDoubt(SendProblem.GARBLED)
        if how not in gateway.ok_is:
            return Failed(SendProblem.REFUSED, final=True)
    return Sent((_at(said, gateway.number_at) or "")[:80] if gateway.number_at else "")


def _at(said: object, path: str) -> str | None:
    """The value at "data.code" as text; None when there is none."""
    for name in path.split("."):
        said = said.get(name) if isinstance(said, dict) else None
    return str(said) if isinstance(said, str | int) else None
