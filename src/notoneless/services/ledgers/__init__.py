"""台账 as numbered views over the facts: who is in them follows from the records, the numbers are kept."""

from notoneless.services.ledgers.entry import Entry, Ledger
from notoneless.services.ledgers.kinds import LEDGERS, count_of, entries
from notoneless.services.ledgers.numbering import Posted, post_everywhere, post_lines, post_new_cases

__all__ = [
    "LEDGERS",
    "Entry",
    "Ledger",
    "Posted",
    "count_of",
    "entries",
    "post_everywhere",
    "post_lines",
    "post_new_cases",
]
