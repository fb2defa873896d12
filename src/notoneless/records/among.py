"""Rows that have one of very many values: one parameter of a statement, where `__in` writes one a value."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.sql.compiler import SQLCompiler


class Among(Func):
    """Whether a column has one of these texts, bytes or ids, all of one kind; for a filter."""

    def __init__(self, column: str, values: Collection[str | bytes | UUID]) -> None:
        super().__init__(F(column), output_field=BooleanField())
        self.values = list(values)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        """The column beside an array, which the server hashes.

        The array's text is made here: the library would ask for the type of each value.
        """
        if not self.values:
            return "1 = 0", ()
        column, parameters = compiler.compile(self.source_expressions[0])
        listed = "{" + ",".join(map(_element, self.values)) + "}"
        return f"{column} = ANY(%s::{_ARRAYS[type(self.values[0])]})", (*parameters, listed)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        """The column beside a list in JSON, which knows no bytes."""
        column, parameters = compiler.compile(self.source_expressions[0])
        value = "unhex(value)" if any(isinstance(each, bytes) for each in self.values) else "value"
        listed = json.dumps([each if isinstance(each, str) else _hex(each) for each in self.values])
        return f"{column} IN (SELECT {value} FROM json_each(%s))", (*parameters, listed)


_ARRAYS = {str: "text[]", bytes: "bytea[]", UUID: "uuid[]"}


def _element(value: str | bytes | UUID) -> str:
    if isinstance(value, UUID):
        return value.hex
    text = value if isinstance(value, str) else rf"\x{value.hex()}"
    return f'"{text}"' if text.isalnum() else '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


def _hex(value: bytes | UUID) -> str:
    return value.hex if isinstance(value, UUID) else value.hex()
