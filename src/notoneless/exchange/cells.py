"""What a cell says: text without the dirt, whole numbers, days and times of day."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from functools import lru_cache

from notoneless.exchange.workbooks import Cell, Fault

# A sheet says √ ten thousand times. Only what is too short for any personal number is remembered.
SHORT, REMEMBERED = 6, 4096
DIGITS_KEPT = 10**15  # a spreadsheet number keeps 15 digits; what is longer has lost the rest
SPACES = re.compile(r"\s+")
DOTS = re.compile(r"[•‧・∙⋅．.]")
STRETCHED = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+\d+")
DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s*0{1,2}:00(?::00)?(?:\.0+)?)?"
)
COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
CLOCK = re.compile(r"(?:.*[\s日])?(\d{1,2})[:时点](\d{1,2})(?:[:分](\d{1,2})?秒?)?")


class Wrong(ValueError):
    """A cell does not say what its column asks for; the text is a sentence for people."""


def text_in(cell: Cell) -> str:
    """The cell as text: outer spaces, invisible characters and the quote that marks text in a sheet gone."""
    if cell is None:
        return ""
    if isinstance(cell, Fault):
        return cell.shows
    return clean(str(cell))


def clean(text: str) -> str:
    """The text without what nobody sees: control and format characters, outer spaces, a leading quote."""
    if text.isalnum():  # most cells; looking at each letter would cost more than parsing the file
        return text
    return _cleaned_before(text) if len(text) <= SHORT else _cleaned(text)


def _cleaned(text: str) -> str:
    if text.isalnum():
        return text  # letters and digits alone, as most cells of a long roster: nothing to clean
    visible = text if text.isascii() and text.isprintable() else "".join(map(_visible, text))
    return visible.strip().strip("'‘’`").strip()


_cleaned_before = lru_cache(maxsize=REMEMBERED)(_cleaned)


def _visible(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cf":  # zero-width spaces, direction marks, byte-order marks
        return ""
    return " " if category in ("Cc", "Zs", "Zl", "Zp") else letter


def compact(text: str) -> str:
    """The text for comparing: full-width letters made plain, no spaces at all."""
    return _compacted_before(text) if len(text) <= SHORT else _compacted(text)


def _compacted(text: str) -> str:
    cleaned = clean(text)
    return cleaned if cleaned.isascii() and cleaned.isalnum() else _without_spaces(cleaned)


def _without_spaces(text: str) -> str:
    return SPACES.sub("", unicodedata.normalize("NFKC", text))


_compacted_before = lru_cache(maxsize=REMEMBERED)(_compacted)


def name_in(cell: Cell) -> str:
    """A person's name: no spaces that only stretch a two-character name, one form of the middle dot."""
    return STRETCHED.sub("", DOTS.sub("·", text_in(cell)))


def lost_digits(cell: Cell) -> bool:
    """Whether a long number was stored as a number, so that its last digits are gone for good."""
    if isinstance(cell, float | int):
        return abs(cell) >= DIGITS_KEPT
    return isinstance(cell, str) and SCIENTIFIC.fullmatch(compact(cell)) is not None


def day_in(cell: Cell) -> date:
    """The day a cell names; raises Wrong for a day that does not exist and for what may be read two ways."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = compact(text_in(cell))
    parts = DAY.fullmatch(unicodedata.normalize("NFKC", text_in(cell))) or COMPACT_DAY.fullmatch(text)
    if parts is None:
        raise Wrong(f"“{shortened(text)}”不是日期，请写成 2026-11-02 这样。")
    return existing_day(int(parts[1]), int(parts[2]), int(parts[3]))


def existing_day(year: int, month: int, day: int) -> date:
    """That day; raises Wrong if the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        raise Wrong(f"{year}年{month}月{day}日这一天不存在，请改正日期。") from None


def time_in(cell: Cell, day: date) -> time | None:
    """The time of day a cell names, None if it is blank; raises Wrong if it names another day or no time."""
    if cell is None or text_in(cell) == "":
        return None
    if isinstance(cell, time):
        return cell
    if isinstance(cell, datetime):
        _check_same_day(cell.date(), day)
        return cell.time()
    return _written_time(unicodedata.normalize("NFKC", text_in(cell)), day)


def _written_time(text: str, day: date) -> time:
    parts = CLOCK.fullmatch(text)
    if parts is None:
        raise Wrong(f"“{shortened(text)}”不是时间，请写成 08:05 这样。")
    before = text[: parts.start(1)].strip()
    if before:
        _check_same_day(day_in(before), day)
    try:
        return time(int(parts[1]), int(parts[2]), int(parts[3] or 0))
    except ValueError:
        raise Wrong(f"“{shortened(text)}”不是一天里有的时间，请写成 08:05 这样。") from None


def _check_same_day(written: date, day: date) -> None:
    if written != day:
        raise Wrong(f"点名时间写的是 {written}，而这一行的日期是 {day}，请改成同一天。")


def shortened(text: str, most: int = 20) -> str:
    """The text as a message quotes it: never so long that it buries the message."""
    return text if len(text) <= most else text[:most] + "…"
