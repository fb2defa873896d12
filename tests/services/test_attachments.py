"""Pictures kept with a child: once, sealed, looked at only by who may and never unseen."""

from __future__ import annotations

from typing import Any

import pytest
from builders_db import School, a_school, at
from drawn_pictures import drawn

from notoneless.core.case_terms import AttachmentKind, RecordFlag, VisitKind
from notoneless.records.models import ActRecord, Attachment, AttachmentBytes, JournalEntry
from notoneless.services.attachments import attach, may_read, picture_ready, read_attachment
from notoneless.services.flags import flags_of
from notoneless.services.refusals import Refusal
from notoneless.services.visits import record_visit

pytestmark = pytest.mark.django_db
NOON = at("2025-09-08 12:00")
SENT = drawn(200, 100)


@pytest.fixture
def school(db: None) -> School:
    return a_school()


def kept(school: School, **more: Any) -> Attachment:
    told: dict[str, Any] = {
        "by": school.teacher,
        "child": school.pupils[0],
        "kind": AttachmentKind.DOOR,
        "name": "门口.jpg",
        "content": SENT,
        "at": NOON,
    }
    return attach(**told | more)


def visit(school: School, **more: Any) -> ActRecord:
    told: dict[str, Any] = {"by": school.teacher, "child": school.pupils[0], "kind": VisitKind.HOME}
    return record_visit(**told, happened_at=NOON, at=NOON, findings="见到祖母", **more).act


def test_a_picture_is_kept_sealed_and_once(school: School) -> None:
    act = visit(school)
    first, again = (kept(school, act=act) for _ in range(2))
    assert first == again
    assert Attachment.objects.count() == 1
    row = AttachmentBytes.objects.get()
    assert b"JFIF" not in bytes(row.sealed)
    assert row.content().startswith(b"\xff\xd8")
    entry = JournalEntry.objects.get(act="ATTACH")
    assert entry.body == {"attachment": str(first.pk), "act": str(act.pk)}


def test_a_name_of_three_hundred_characters_with_folders_is_shortened_not_refused(school: School) -> None:
    made = kept(school, name="../../" + "门" * 300 + "\x00\u202e.png")
    assert made.name == "门" * 80 + ".jpg"


def test_the_same_picture_as_before_is_kept_with_a_flag_that_names_no_child(school: School) -> None:
    kept(school)
    act = visit(school, pictures=[picture_ready(AttachmentKind.DOOR, "a.jpg", SENT)])
    found = flags_of("act", [str(act.pk)])[str(act.pk)]
    assert [(each.flag, each.note) for each in found] == [(RecordFlag.SAME_PICTURE, "2025-09-08")]
    assert Attachment.objects.count() == 2
    alone = kept(school, child=school.pupils[1])
    assert flags_of("attachment", [str(alone.pk)])


def test_a_picture_that_is_none_is_refused_and_nothing_is_kept(school: School) -> None:
    for content in (b"", b"GIF89a", SENT[:300]):
        with pytest.raises(Refusal) as caught:
            kept(school, content=content)
        assert caught.value.code.startswith("PICTURE_")
    assert not Attachment.objects.exists()


def test_a_visit_whose_picture_may_not_be_kept_is_not_recorded(school: School) -> None:
    far = a_school(name="石门完小")
    with pytest.raises(Refusal):
        kept(school, by=far.teacher)
    with pytest.raises(Refusal) as caught:
        kept(school, child=school.pupils[1], act=visit(school))
    assert caught.value.code == "OTHER_CHILD"


def test_looking_at_a_picture_is_journalled(school: School) -> None:
    made = kept(school)
    assert read_attachment(by=school.office, attachment=made, at=NOON).startswith(b"\xff\xd8")
    entry = JournalEntry.objects.get(act="READ_PICTURE")
    assert (entry.by, entry.subject_id) == (school.office, str(school.pupils[0].pk))


def test_a_picture_of_a_private_record_is_for_whoever_must_know(school: School) -> None:
    made = kept(school, act=visit(school, private=True))
    assert may_read(school.teacher, made, NOON) is None
    with pytest.raises(Refusal) as caught:
        read_attachment(by=school.bureau, attachment=made, at=NOON)
    assert caught.value.code == "PRIVATE_PICTURE"
    assert not JournalEntry.objects.filter(act="READ_PICTURE").exists()
    assert may_read(a_school(name="石门完小").teacher, made, NOON) is not None
