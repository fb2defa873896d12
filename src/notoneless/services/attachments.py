"""附件: pictures of a door, a notice or a paper, kept with a child and looked at only by who may."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.case_terms import AttachmentKind, RecordFlag
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import SensitiveRead
from notoneless.exchange.pictures import PictureRefused, read_picture, safe_name
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import ActRecord, Attachment, AttachmentBytes, Child, JournalEntry, Person
from notoneless.records.scopes import fields_for
from notoneless.services.finding import answering_at, the_child, the_person
from notoneless.services.flags import ACT, FlagGiven, put_flags
from notoneless.services.permissions import may_not, posts_in
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

MEDIA = "image/jpeg"
OF_ITSELF = "attachment"  # the subject of a flag about a picture that belongs to no act


class PictureReady(NamedTuple):
    """A picture that was read and made small, not kept yet."""

    kind: AttachmentKind
    name: str
    content: bytes
    digest: str


def picture_ready(kind: AttachmentKind, name: str, sent: bytes) -> PictureReady:
    """Read a picture before anything is written, as that takes a while. Raises Refusal."""
    try:
        picture = read_picture(sent)
    except PictureRefused as refused:
        raise Refusal(
            f"PICTURE_{refused.code.upper()}", refused.sentence(), refused.sentence("en")
        ) from refused
    return PictureReady(kind, safe_name(name), *picture)


def attach(
    *,
    by: Person | int,
    child: Child | UUID,
    kind: AttachmentKind,
    name: str,
    content: bytes,
    at: datetime,
    act: ActRecord | None = None,
) -> Attachment:
    """Keep a picture with a child, and with its act; sent again it is kept once. Raises Refusal."""
    ready = picture_ready(kind, name, content)
    return keep_picture(by=by, child=child, picture=ready, at=at, act=act)


@one_act
def keep_picture(
    *,
    by: Person | int,
    child: Child | UUID,
    picture: PictureReady,
    at: datetime,
    act: ActRecord | None = None,
) -> Attachment:
    """Keep what `picture_ready` read. Raises Refusal."""
    person, pupil = the_person(by), the_child(child)
    if act is None or act.by_id != person.pk:
        _require(person, pupil, at)
    if act is not None and act.child_id != pupil.pk:
        raise Refusal("OTHER_CHILD", "这项记录是另一名学生的。", "This record is about another child.")
    if (first := Attachment.objects.filter(child=pupil, act=act, digest=picture.digest).first()) is not None:
        return first
    before = Attachment.objects.filter(digest=picture.digest).order_by("at").first()
    made = Attachment.objects.create(
        child=pupil,
        act=act,
        kind=picture.kind,
        name=picture.name,
        media=MEDIA,
        size=len(picture.content),
        digest=picture.digest,
        by=person,
        at=at,
    )
    AttachmentBytes.of(made, picture.content).save(force_insert=True)
    if before is not None:
        _flag_same(made, before, at)
    _journal("ATTACH", person, made, at)
    return made


@one_act
def read_attachment(*, by: Person | int, attachment: Attachment, at: datetime) -> bytes:
    """The picture, journalled as looked at. Raises Refusal when it belongs to a private record."""
    person = the_person(by)
    if (refusal := may_read(person, attachment, at)) is not None:
        raise refusal
    _journal(SensitiveRead.READ_PICTURE.value, person, attachment, at)
    return attachment.content.content()


def may_read(person: Person, attachment: Attachment, at: datetime) -> Refusal | None:
    """Why this person may not look at a picture of a child they see, or None."""
    fields = fields_for(person, attachment.child, at.date())
    private = attachment.act is not None and attachment.act.private
    if (Fields.NOTES if private else Fields.BASIC) in fields:
        return None
    return Refusal(
        "PRIVATE_PICTURE",
        "这张照片属于私密记录，只给班主任、教导处和校长看。",
        "This picture belongs to a private record: for the class teacher, the office and the principal.",
    )


def _require(person: Person, pupil: Child, at: datetime) -> None:
    if not posts_in(person, Thing.CHILD, Verb.RECORD, pupil, at.date()):
        raise may_not(Thing.CHILD, Verb.RECORD, answering_at(pupil, at.date()).name)


def _flag_same(made: Attachment, before: Attachment, at: datetime) -> None:
    """Whose picture it was before is not told: it may be a child that the reader does not see."""
    when = before.at.astimezone(CHINA_TIME).date()
    subject = (ACT, str(made.act_id)) if made.act_id else (OF_ITSELF, str(made.pk))
    put_flags(*subject, [FlagGiven(RecordFlag.SAME_PICTURE, when.isoformat())], at)


def _journal(act: str, person: Person, attachment: Attachment, at: datetime) -> None:
    body = {"attachment": str(attachment.pk), "act": str(attachment.act_id or "")}
    JournalEntry.objects.create(
        at=at,
        by=person,
        act=act,
        subject_kind="child",
        subject_id=str(attachment.child_id),
        body={name: value for name, value in body.items() if value},
    )
