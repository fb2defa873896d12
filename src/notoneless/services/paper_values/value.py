"""The words of a paper: plain, for those alone who are shown a part of a child's data, lists, signatures."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from notoneless.core.terms import Term
from notoneless.exchange.papers.filling import Picture
from notoneless.records.access import Fields

HIDDEN = "（按权限不显示）"
NONE = "无"


class Only(NamedTuple):
    """Words that belong to a part of a child's data; whoever is not shown that part reads `else_`."""

    fields: Fields
    text: str
    else_: str = HIDDEN


Text = str | Only
Row = Mapping[str, Text]
Value = Text | Sequence[Row] | Picture
Values = Mapping[str, Value]
Shown = Mapping[str, str | Sequence[Mapping[str, str]] | Picture]


def contact(text: str) -> Only:
    """Words about where the family is and how to reach it."""
    return Only(Fields.CONTACT, text)


def as_shown(values: Values, fields: frozenset[Fields]) -> dict[str, Any]:
    """The words as somebody who is shown these fields reads them."""
    return {mark: _shown(value, fields) for mark, value in values.items()}


def as_kept(values: Values, fields: frozenset[Fields]) -> dict[str, Value]:
    """The words as an issuer with these fields may put them on record: what it may not see is left out."""
    return {mark: _kept(value, fields) for mark, value in values.items()}


def to_text(values: Values) -> str:
    """The words as JSON, the same for the same words."""
    return json.dumps(
        {mark: _plain(value) for mark, value in values.items()}, ensure_ascii=False, sort_keys=True
    )


def from_plain(said: Mapping[str, Any]) -> dict[str, Value]:
    """The words from what `to_text` wrote."""
    return {mark: _value(each) for mark, each in said.items()}


def parts_of(values: Values) -> frozenset[Fields]:
    """Which parts of a child's data the words touch, beside the basics."""
    return frozenset(each.fields for each in _texts(values) if isinstance(each, Only))


def joined(terms: Iterable[Term]) -> str:
    """Labels in a row: 班主任、校长."""
    return "、".join(term.zh for term in terms)


def _texts(values: Values) -> Iterable[Text]:
    for value in values.values():
        if isinstance(value, str | Only):
            yield value
        elif not isinstance(value, Picture):
            for row in value:
                yield from row.values()


def _read(text: Text, fields: frozenset[Fields]) -> str:
    if isinstance(text, Only):
        return text.text if text.fields in fields or not text.text else text.else_
    return text


def _shown(value: Value, fields: frozenset[Fields]) -> Any:
    if isinstance(value, str | Only):
        return _read(value, fields)
    if isinstance(value, Picture):
        return value
    return [{mark: _read(text, fields) for mark, text in row.items()} for row in value]


def _kept(value: Value, fields: frozenset[Fields]) -> Value:
    if isinstance(value, Only):
        return value if value.fields in fields else _read(value, fields)
    if isinstance(value, str | Picture):
        return value
    return [{mark: _kept_text(text, fields) for mark, text in row.items()} for row in value]


def _kept_text(text: Text, fields: frozenset[Fields]) -> Text:
    return text if isinstance(text, Only) and text.fields in fields else _read(text, fields)


def _plain(value: Value) -> Any:
    if isinstance(value, Only):
        return {"only": value.fields.value, "text": value.text, "else": value.else_}
    if isinstance(value, Picture):
        return {"png": base64.b64encode(value.png).decode()}
    if isinstance(value, str):
        return value
    return [{mark: _plain(text) for mark, text in row.items()} for row in value]


def _value(said: Any) -> Any:
    if isinstance(said, dict) and "only" in said:
        return Only(Fields(said["only"]), said["text"], said["else"])  # type: ignore[call-arg]
    if isinstance(said, dict):
        return Picture(base64.b64decode(said["png"]))
    if isinstance(said, list):
        return [{mark: _value(text) for mark, text in row.items()} for row in said]
    return said
