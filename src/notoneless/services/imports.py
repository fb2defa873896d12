"""Files taken in: looked at first, then committed whole or not at all, and once however often."""

from __future__ import annotations

from notoneless.services.attendance_import import AttendancePreview, commit_attendance, preview_attendance
from notoneless.services.roster_import import (
    RosterPreview,
    commit_roster,
    keep_preview,
    preview_roster,
    read_to_commit,
)
from notoneless.services.roster_kept import forget_read

__all__ = [
    "AttendancePreview",
    "RosterPreview",
    "commit_attendance",
    "commit_roster",
    "forget_read",
    "keep_preview",
    "preview_attendance",
    "preview_roster",
    "read_to_commit",
]
