"""Typed reading of one TOML table; every refusal says file, line, key, and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Term

T = TypeVar("T", bound=Term)
V = TypeVar("V")


class PackError(ValueError):
    """A pack that cannot be applied: one sentence with file, line, key and remedy."""

    def __init__(self, file: str, line: int, key: str, message: str) -> None:
        place = f"{file} 第{line}行" if line else file
        super().__init__(f"{place}，{key}：{message}" if key else f"{place}：{message}")
        self.file, self.line, self.key = file, line, key


def _wrong(value: Any) -> str:
    return "没有写" if value is None else f"不认识“{value}”"


class Fields:
    """One table of the file: typed getters that mark a key as read, and a check that none is left over."""

    def __init__(self, table: Mapping[str, Any], *, file: str, line: int, name: str) -> None:
        self.table, self.file, self.line, self.name = table, file, line, name
        self.read: set[str] = set()

    def error(self, key: str, message: str) -> PackError:
        """The refusal to raise, placed in this table."""
        return PackError(self.file, self.line, f"{self.name} {key}".strip(), message)

    def raw(self, key: str, default: Any = None) -> Any:
        """The value as TOML gave it."""
        self.read.add(key)
        return self.table.get(key, default)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there and say something."""
        value = self.raw(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.error(key, f'应当写一段文字，例如 {key} = "…"')
        return value

    def number(self, key: str, default: int) -> int:
        """A whole number of at least 1."""
        value = self.raw(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.error(key, f"应当是不小于 1 的整数，写的是 {value!r}")
        return value

    def whole(self, key: str) -> int:
        """A whole number of at least 0, which must be there."""
        value = self.raw(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(key, "应当是不小于 0 的整数")
        return value

    def flag(self, key: str) -> bool:
        """true or false; false when the key is not there."""
        value = self.raw(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "应当写 true 或 false")
        return value

    def day(self, key: str, default: date | None = None) -> date:
        """A date written without quotes: 2026-09-01."""
        value = self.raw(key, default)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.error(key, f"应当是日期，写作 {key} = 2026-09-01（不加引号）")
        return value

    def moment(self, key: str, default: str | None = None) -> datetime:
        """A moment "2026-11-20 09:05" in China time."""
        value = self.text(key, default)
        try:
            return datetime.fromisoformat(value).replace(tzinfo=CHINA_TIME)
        except ValueError:
            raise self.error(key, f'时刻应写作 "2026-11-20 09:05"，写的是 "{value}"') from None

    def term(self, key: str, kind: type[T], default: T | None = None) -> T:
        """A code of the vocabulary, in upper or lower case."""
        value = self.raw(key, default)
        if isinstance(value, kind):
            return value
        return self._term(key, value, kind)

    def terms(self, key: str, kind: type[T]) -> frozenset[T]:
        """A list of codes; one code alone may stand without brackets; nothing is the empty set."""
        value = self.raw(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list):
            raise self.error(key, f'应当是列表，写作 {key} = ["…"]')
        return frozenset(self._term(key, each, kind) for each in values)

    def terms_in_order(self, key: str, kind: type[T]) -> tuple[T, ...]:
        """A list of codes whose order matters, none twice; nothing is the empty tuple."""
        value = self.raw(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list):
            raise self.error(key, f'应当是列表，写作 {key} = ["…"]')
        found = tuple(self._term(key, each, kind) for each in values)
        if twice := [each for i, each in enumerate(found) if each in found[:i]]:
            raise self.error(key, f"“{twice[0].zh}”写了两次；请只留一个")
        return found

    def share(self, key: str) -> Decimal:
        """A share in per cent, from 0 to 100: 2, or 0.6."""
        value = self.raw(key)
        if not isinstance(value, int | Decimal) or isinstance(value, bool) or not 0 <= value <= 100:
            raise self.error(key, f"应当是 0 到 100 之间的百分数，写作 {key} = 0.6（不加引号和百分号）")
        return Decimal(value)

    def _term(self, key: str, value: Any, kind: type[T]) -> T:
        by_code = {member.value: member for member in kind}
        if isinstance(value, str) and value.upper() in by_code:
            return by_code[value.upper()]
        allowed = "、".join(f"{code.lower()}（{member.zh}）" for code, member in by_code.items())
        raise self.error(key, f"{_wrong(value)}；可用：{allowed}")

    def choice(self, key: str, allowed: Mapping[str, V], default: str | None = None) -> V:
        """One of a few fixed words."""
        value = self.raw(key, default)
        if not isinstance(value, str) or value not in allowed:
            raise self.error(key, f"{_wrong(value)}；可用：{'、'.join(allowed)}")
        return allowed[value]

    def parsed(self, key: str, parse: Callable[[str], V], default: str | None = None) -> V:
        """A text that a parser understands; its own sentence becomes the refusal."""
        try:
            return parse(self.text(key, default))
        except PackError:
            raise
        except ValueError as refusal:
            raise self.error(key, str(refusal)) from None

    def tables(self, key: str, of: str) -> list[Fields]:
        """A list of inner tables."""
        value = self.raw(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.error(key, f"应当是表的列表，写作 {key} = [{{ … }}]")
        return [self.inner(each, f"{of} 第{i}项") for i, each in enumerate(value, 1)]

    def inner(self, table: Any, name: str) -> Fields:
        """A table inside this one."""
        if not isinstance(table, dict):
            raise self.error(name, "应当是一个表，写作 { 键 = 值 }")
        return Fields(table, file=self.file, line=self.line, name=f"{self.name} {name}".strip())

    def done(self, known: str = "") -> None:
        """Refuse keys that nobody read: a misspelt key must not be silently without effect."""
        extra = sorted(set(self.table) - self.read)
        if extra:
            raise self.error(extra[0], f"不认识这个键；可用的键：{known or '、'.join(sorted(self.read))}")
