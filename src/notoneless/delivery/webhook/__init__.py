"""接口推送: the message as JSON to another system, signed, with its key so that it is taken once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from notoneless.core.terms import SendProblem
from notoneless.delivery.answers import posted
from notoneless.delivery.parcel import Failed, Outcome, Parcel
from notoneless.delivery.reach import Reach
from notoneless.delivery.webhook.signature import KEY, SIGNATURE, TIMESTAMP, signature


def send(parcel: Parcel, to: str, reach: Reach, secrets: Mapping[str, str]) -> Outcome:
    """Post to the web address `to`; its host must have a secret: an unsigned message proves nothing."""
    secret = secrets.get(_host(to))
    if not secret:
        return Failed(SendProblem.NOT_SET_UP, final=True)
    said = {"key": parcel.key, "at": parcel.at.isoformat(), "title": parcel.title, "text": parcel.text}
    body = json.dumps(said, ensure_ascii=False).encode()
    stamp = str(int(parcel.at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        KEY: parcel.key,
        TIMESTAMP: stamp,
        SIGNATURE: signature(secret, stamp, body),
    }
    return posted(to, body, headers, reach, at=parcel.at)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
