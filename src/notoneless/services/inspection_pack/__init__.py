"""迎检材料: everything an inspection asks for, made at one moment from the records, as one .zip."""

from notoneless.services.inspection_pack.asked import PackAsked, Wish
from notoneless.services.inspection_pack.making import (
    Expected,
    Exported,
    ask_for,
    expected,
    hand_out,
    inspection_pack,
    make,
    work_of,
)

__all__ = [
    "Expected",
    "Exported",
    "PackAsked",
    "Wish",
    "ask_for",
    "expected",
    "hand_out",
    "inspection_pack",
    "make",
    "work_of",
]
