"""How much a file may ask of us before it is refused."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """Bounds on one file; rows, columns and cells count what is used, not what is formatted."""

    file_bytes: int = 30_000_000
    unpacked_bytes: int = 600_000_000
    unpacked_ratio: int = 200  # asked only of files that unpack to more than 20 MB
    members: int = 5_000
    sheets: int = 300
    rows: int = 200_000
    columns: int = 400
    cells: int = 8_000_000
    cell_characters: int = 32_767  # a spreadsheet cell holds no more
    answer_bytes: int = 400_000_000
    memory_bytes: int = 1 << 30
    cpu_seconds: int = 40
    wall_seconds: int = 60

    @property
    def file_megabytes(self) -> int:
        """The file size in the unit people know."""
        return self.file_bytes // 1_000_000
