"""Programs with a token, and whether what they are answered is what the description says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from builders import at
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from notoneless.api.openapi import OPERATIONS, REFUSED, Schema
from notoneless.records.models import Person
from notoneless.services.api_tokens import make_token


def with_account(person: Person) -> Person:
    if person.user is None:
        person.user = User.objects.create(username=f"user-{person.pk}")
        person.save()
    return person


def program(person: Person, moment: str, *, writes: bool = True, days: int = 30) -> Client:
    """A program with a token of this person's."""
    with_account(person)
    made = make_token(
        person=person, name="考勤机", days=days, writes=writes, second_factor=True, at=at(moment)
    )
    return Client(headers={"authorization": f"Bearer {made.secret}"})


# The document, as far as it is used: whatever an answer says must be in it.


def wrong(said: Any, schema: Schema) -> str:
    """Where an answer differs from what the description says, or an empty text."""
    if "anyOf" in schema:
        return "" if any(not wrong(said, each) for each in schema["anyOf"]) else f"{said} fits none"
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if schema["type"] == "null":
        return "" if said is None else f"{said} is not null"
    if not isinstance(said, kinds[schema["type"]]):
        return f"{said} is no {schema['type']}"
    if schema["type"] == "array":
        return next((bad for each in said if (bad := wrong(each, schema["items"]))), "")
    if schema["type"] == "object":
        return _wrong_fields(said, schema)
    return "" if said in schema.get("enum", [said]) else f"{said} is no such code"


def _wrong_fields(said: Mapping[str, Any], schema: Schema) -> str:
    missing = set(schema.get("required", ())) - said.keys()
    unknown = said.keys() - schema["properties"].keys()
    if missing or unknown:
        return f"missing {sorted(missing)}, unknown {sorted(unknown)}"
    found = ((name, wrong(value, schema["properties"][name])) for name, value in said.items())
    return next((f"{name}: {bad}" for name, bad in found if bad), "")


def as_described(answer: HttpResponse, name: str, method: str = "GET") -> bool:
    found = next(each for each in OPERATIONS if (each.name, each.method) == (name, method))
    schema = found.answers if answer.status_code == found.status else REFUSED
    problem = wrong(answer.json(), schema)
    assert not problem, (name, method, answer.status_code, problem)
    return True
