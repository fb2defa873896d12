"""The pictures and scans themselves, when they are asked for: opened once, each look journalled as one "
"export."""

from __future__ import annotations

from notoneless.exchange.bundle import File
from notoneless.records.access import Fields
from notoneless.records.models import AttachmentBytes
from notoneless.services.inspection_pack.asked import PackAsked
from notoneless.services.inspection_pack.pieces import Made, plain

SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


def pictures(asked: PackAsked, stem: str) -> Made:
    """Each picture of the year that is no part of a private record, under the child's name."""
    rows = (
        AttachmentBytes.objects.filter(
            attachment__child__in=asked.theirs().values("pk"),
            attachment__at__gte=asked.begin,
            attachment__at__lte=asked.end,
        )
        .select_related("attachment", "attachment__act")
        .order_by("attachment__at", "attachment")
    )
    open_to = [row for row in rows if _may(row, asked)]
    files = tuple(File(_name(row, asked, stem), row.content()) for row in open_to)
    return Made(files, len(files), asked.named(row.attachment.child_id for row in open_to))


def _may(row: AttachmentBytes, asked: PackAsked) -> bool:
    act = row.attachment.act
    private = act is not None and act.private
    return row.attachment.child_id in asked.names and (not private or Fields.NOTES in asked.fields)


def _name(row: AttachmentBytes, asked: PackAsked, stem: str) -> str:
    kept = row.attachment
    suffix = SUFFIX.get(kept.media, "bin")
    return f"{stem}/{plain(asked.name(kept.child_id))} {kept.at:%Y%m%d} {str(kept.pk)[:8]}.{suffix}"
