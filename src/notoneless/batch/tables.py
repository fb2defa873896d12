"""Column names and types of the fact and result tables (Arrow); attendance is sparse here as everywhere."""

from __future__ import annotations

import pyarrow as pa

from notoneless.core.terms import AbsenceReason, AttendanceStatus

# Words of few, in the order in which engines number them.
STATUSES = tuple(str(status) for status in AttendanceStatus)
REASONS = tuple(str(reason) for reason in AbsenceReason)

# One row a mark that is not PRESENT (or that corrects one).
MARKS = pa.schema(
    [
        pa.field("child", pa.int64(), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("session", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("at", pa.timestamp("s"), nullable=False),  # China time
        pa.field("learned_at", pa.timestamp("s"), nullable=False),  # China time
    ]
)

# One row an obligation, in the order of the children.
OBLIGATIONS = pa.schema(
    [
        pa.field("child", pa.int64(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("duty", pa.int16(), nullable=False),
        pa.field("occasion", pa.string(), nullable=False),
        pa.field("arose_at", pa.timestamp("s"), nullable=False),
        pa.field("due_at", pa.timestamp("s")),
        pa.field("state", pa.string(), nullable=False),
    ]
)
