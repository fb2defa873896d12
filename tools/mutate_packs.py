"""Do a pack's examples notice a slip of the pen? Every number and kind of day in turn is written wrong.

Usage: mutate_packs.py [PACK ...] lists the slips that no example notices, for the packs named or for all.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from notoneless.core.policy.fields import PackError
from notoneless.core.policy.in_force import in_force
from notoneless.core.policy.library import beside_results, load, pack_ids, pack_text, rule_results
from notoneless.core.policy.read import pack_of, parsed

# The places that say how much and by when: a trigger's amounts, a duty's limit and times, a quota's numbers.
PLACES = re.compile(
    r"\b(?:absence|of|lasts|leave_overrun|for|by|every|each|times|least|per|window"
    r"|present_school_days|months_from|months_until|lessons_a_year|times_a_week|lessons_each|contact"
    r"|day|months|at_most|at_least|grades|below)"
    r' = (?P<said>"[^"]*"|true|[\d.]+|\[[\d, ]+\])'
)
STARTS = ("when", "obliges", "  {", "least", "per", "window")
CASE_STARTS = ("present_school_days", "months", "lessons", "times", "contact")
# Under each heading, the lines that say how much and by when; examples stay as they are.
LOOKED_AT = {
    **dict.fromkeys(("[[rule]]", "[[quota]]"), STARTS),
    **dict.fromkeys(("[[closing]]", "[[placement]]", "[[tuition]]", "[[pairing]]"), CASE_STARTS),
    "[[report]]": ("day", "by", "months"),
    "[[target]]": ("at_most", "at_least", "grades", "below"),
}
BESIDE_RULES = LOOKED_AT.keys() - {"[[rule]]", "[[quota]]"}
# What a hurried reader mistakes for one another.
KINDS = (
    ("school day", "working day", "calendar day"),
    ("same day", "1 school day", "1 working day", "before morning check"),
    ("hour", "school hour", "lesson"),
    ("session", "lesson", "school day"),
    ("month end", "term end", "by the 20th"),
    ("term end", "month end", "school year end"),
    ("school year end", "term end"),
    ("working day", "school day"),
    ("month", "quarter", "term"),
    ("term start", "school year"),
    ("term", "school year"),
    ("spell", "term"),
    ("times", "children"),
)

SCHOOLS = {'"primary"': '"junior"', '"junior"': '"primary"'}


class Slip(NamedTuple):
    """One place written wrong: its line, what stood there, what stands there now, and the whole text."""

    line: int
    rule: str
    said: str
    says: str
    text: str
    heading: str


def slips(text: str) -> Iterator[Slip]:
    """Every slip of the pen in the rules of a pack."""
    offset, heading, rule = 0, "", ""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if line.startswith("[["):
            heading = line.strip()
            rule = heading
        elif found := re.match(r'id = "(.*)"', line):
            rule = found[1]
        if heading in LOOKED_AT and line.startswith(LOOKED_AT[heading]):
            for place in PLACES.finditer(line):
                start, end = (offset + each for each in place.span("said"))
                for wrong in misread(place["said"]):
                    if not _means_the_same(line, place["said"], wrong):
                        yield Slip(
                            number, rule, place["said"], wrong, text[:start] + wrong + text[end:], heading
                        )
        offset += len(line)


def _means_the_same(line: str, said: str, wrong: str) -> bool:
    """Slips that no child-day can tell apart, whatever the example.

    The first absent day is the first calendar day of a spell, and the second is never before the second; the
    first absent session of a spell lies on its first absent day.
    """
    days = {'"1 school day"': '"1 calendar day"', '"2 school days"': '"2 calendar days"'}
    once = f"absence = {said}" in line and "each" not in line
    return f"absence = {said}" in line and (
        days.get(said) == wrong or (once and (said, wrong) == ('"1 session"', '"1 school day"'))
    )


def misread(said: str) -> Iterator[str]:
    """The ways to get one value wrong: one more, one less, another kind of day."""
    if said == "true":
        yield "false"
    if said in SCHOOLS:
        yield SCHOOLS[said]
    for number in re.finditer(r"\d+", said):
        for count in (int(number[0]) + 1, int(number[0]) - 1):
            if count >= 1:
                yield said[: number.start()] + str(count) + said[number.end() :]
    for kind, *others in KINDS:
        if re.fullmatch(rf'"(?:\d+ )?{kind}s?"', said):
            yield from (said.replace(kind, other) for other in others)


def unnoticed(pack_id: str) -> tuple[int, list[Slip]]:
    """How many slips were tried on a shipped pack, and those that none of its examples notices."""
    text = pack_text(pack_id)
    table = parsed(text, "slip")
    tried = list(slips(text))
    return len(tried), [slip for slip in tried if not _noticed(slip, table)]


def _noticed(slip: Slip, table: dict[str, Any]) -> bool:
    try:
        pack = pack_of(_with(slip, table), slip.text, file="slip")
    except PackError:
        return True
    if slip.heading in BESIDE_RULES:  # its examples stand with it
        return any(result.problem for result in beside_results(pack))
    return any(result.problem for result in rule_results(pack, in_force(pack, load), slip.rule)) or any(
        result.problem for result in beside_results(pack)
    )


def _with(slip: Slip, table: dict[str, Any]) -> dict[str, Any]:
    """The pack's table with the one inner table that was written wrong: parsing all again takes longest."""
    lines = slip.text.splitlines(keepends=True)
    headings = [number for number, line in enumerate(lines) if line.startswith("[[")]
    start = max(number for number in headings if number < slip.line)
    end = next((number for number in headings if number >= slip.line), len(lines))
    ((key, (wrong,)),) = parsed("".join(lines[start:end]), "slip").items()
    before = sum(lines[number].strip() == slip.heading for number in headings if number < start)
    return table | {key: [*table[key][:before], wrong, *table[key][before + 1 :]]}


def main(names: list[str]) -> int:
    """Print the slips that go unnoticed; 1 if there are any."""
    survivors = 0
    for pack_id in names or pack_ids():
        tried, left = unnoticed(pack_id)
        survivors += len(left)
        print(f"{pack_id}: {tried} slips, {len(left)} unnoticed")
        for slip in left:
            print(f"  line {slip.line}, {slip.rule}: {slip.said} → {slip.says}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
