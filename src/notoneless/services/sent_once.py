"""A form that is sent twice is one row: the row's id follows from the key that the form carries."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from notoneless.services.refusals import Refusal

SENT = uuid5(NAMESPACE_URL, "https://notoneless.example/sent")


def id_of(key: str | None) -> UUID:
    """The id of the row made by the form with this key; a new one for what carries none."""
    return uuid5(SENT, key) if key else uuid4()


def key_used() -> Refusal:
    """The sentence for a key that already made something else."""
    return Refusal(
        "KEY_USED",
        "这个提交编号已用于另一条记录；请刷新页面后重新提交。",
        "This submission key belongs to another record; reload the page and submit again.",
    )
