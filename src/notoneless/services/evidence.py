"""佐证: what each piece of evidence about a child rests on; a tick alone is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.terms import ChangeKind, ChangeStep, Evidence
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    Attachment,
    Child,
    EnrolmentChange,
    EvidencePiece,
    PaperIssued,
    Person,
)
from notoneless.services.assessments import Entry, hold, keep
from notoneless.services.change_standing import last_step
from notoneless.services.deriving import Changes
from notoneless.services.finding import answering_at, the_child, the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of, key_used
from notoneless.services.transactions import one_act
from notoneless.services.written import written

# Counted from the register or lying with the acts themselves; nobody hands them in.
COUNTED = frozenset(
    {
        Evidence.ATTENDANCE,
        Evidence.CONTACT_RECORD,
        Evidence.VISIT_RECORD,
        Evidence.PERSUASION_RECORD,
        Evidence.PLAN_DOCUMENT,
    }
)
_IDENTITY = re.compile(r"\d{17}[\dXx]")
NUMBER, ISSUER, NOTE = 100, 100, 300  # characters


class Basis(NamedTuple):
    """What a kind of evidence may rest on."""

    changes: frozenset[ChangeKind] = frozenset()  # an enrolment change of the child that is done
    letter: bool = False  # a document outside this system: its number and who issued it
    scan: bool = False  # a scanned paper
    scan_with_number: bool = False  # a scanned paper with the number it bears
    paper: bool = False  # a paper issued here


_SOMETHING = Basis(letter=True, scan=True, paper=True)
_K = ChangeKind
BASES: Mapping[Evidence, Basis] = {
    **{kind: _SOMETHING for kind in Evidence if kind not in COUNTED},
    Evidence.TRANSFER_CONFIRMATION: Basis(
        changes=frozenset({_K.TRANSFER_OUT, _K.TRANSFER_IN, _K.ADVANCEMENT}), letter=True
    ),
    Evidence.DEATH_CERTIFICATE: Basis(changes=frozenset({_K.DEATH}), scan_with_number=True),
    Evidence.TRAVEL_PROOF: Basis(changes=frozenset({_K.MOVED_ABROAD}), scan_with_number=True),
    Evidence.COMPLETION_PROOF: _SOMETHING._replace(changes=frozenset({_K.GRADUATION})),
}


@one_act
def add_evidence(
    *,
    by: Person | int,
    child: Child | UUID,
    evidence: Evidence,
    at: datetime,
    attachment: Attachment | None = None,
    paper: PaperIssued | None = None,
    change: EnrolmentChange | None = None,
    number: str = "",
    issuer: str = "",
    note: str = "",
    key: str | None = None,
) -> EvidencePiece:
    """Put a piece of evidence with a child; the same `key` again gives the first. Raises Refusal.

    What it rests on depends on its kind (`BASES`): a change that is done, a scanned paper, a paper of ours,
    or the number and issuer of a document outside this system.
    """
    person, pupil = the_person(by), the_child(child)
    require(person, Thing.CASE, Verb.CHANGE, answering_at(pupil, at.date()), at.date())
    if key and (first := EvidencePiece.objects.filter(pk=id_of(key)).first()) is not None:
        return _the_same(first, pupil, evidence)
    piece = EvidencePiece(
        id=id_of(key),
        child=pupil,
        evidence=evidence,
        attachment=attachment,
        paper=paper,
        change=change,
        number=_text(number, NUMBER, "文号", "Number"),
        issuer=_text(issuer, ISSUER, "出具单位", "Issuer"),
        note=_text(note, NOTE, "说明", "Note"),
        by=person,
        at=at,
    )
    refuse_without_basis(piece)
    hold([pupil.pk])
    piece.save(force_insert=True)
    body: dict[str, object] = {
        "evidence": evidence.value,
        "piece": str(piece.pk),
        "rests_on": rests_on(piece),
    }
    keep(Changes(), at=at, entry=Entry("ADD_EVIDENCE", "child", str(pupil.pk), body, person))
    return piece


def rests_on(piece: EvidencePiece) -> list[str]:
    """Which grounds a piece has: change, scan, paper, letter; empty for a mere tick."""
    grounds = {
        "change": piece.change_id is not None,
        "scan": piece.attachment_id is not None,
        "paper": piece.paper_id is not None,
        "letter": bool(piece.number and piece.issuer),
    }
    return [name for name, there in grounds.items() if there]


def changes_that_prove(child: Child, evidence: Evidence) -> list[EnrolmentChange]:
    """Changes of the child, done or confirmed by the receiver, that prove it; newest first."""
    kinds = BASES[evidence].changes if evidence in BASES else frozenset()
    rows = EnrolmentChange.objects.filter(child=child, kind__in=kinds).prefetch_related("steps")
    return [row for row in rows.order_by("-from_day") if proves(row)]


def proves(change: EnrolmentChange) -> bool:
    """Whether a change has come so far that it proves what it says."""
    return last_step(change) in (ChangeStep.DONE, ChangeStep.RECEIVER_CONFIRMED)


def needed_words(evidence: Evidence) -> tuple[str, str]:
    """What such evidence must rest on, in Chinese and English."""
    basis = BASES[evidence]
    zh, en = [], []
    if basis.changes:
        kinds = [kind for kind in ChangeKind if kind in basis.changes]
        zh.append(f"已办结的学籍异动（{'、'.join(kind.zh for kind in kinds)}）")
        en.append(f"an enrolment change that is done ({', '.join(kind.en for kind in kinds)})")
    for there, words_zh, words_en in (
        (basis.scan_with_number, "证明的照片和文号", "a picture of the certificate with its number"),
        (basis.scan, "证明材料的照片", "a picture of the paper"),
        (basis.paper, "本系统签发的文书", "a paper issued here"),
        (basis.letter, "证明的文号和出具单位", "the number and issuer of the document"),
    ):
        if there:
            zh.append(words_zh)
            en.append(words_en)
    return "，或".join(zh), ", or ".join(en)


def refuse_without_basis(piece: EvidencePiece) -> None:
    """Refuse a piece that rests on nothing that its kind asks for, or on what is another child's."""
    kind: Evidence = piece.evidence
    if kind in COUNTED:
        raise Refusal(
            "COUNTED_BY_ITSELF",
            f"“{kind.zh}”由系统从记录里取，不用另附。",
            f'"{kind.en}" is taken from the records; nothing is handed in.',
        )
    _refuse_other_child(piece)
    if not _enough(piece, BASES[kind]):
        zh, en = needed_words(kind)
        raise Refusal(
            "NO_BASIS",
            f"“{kind.zh}”不能只打勾，要有{zh}。",
            f'A tick is no evidence: "{kind.en}" needs {en}.',
        )


def _enough(piece: EvidencePiece, basis: Basis) -> bool:
    change = piece.change
    return (
        (change is not None and change.kind in basis.changes and proves(change))
        or (basis.letter and bool(piece.number and piece.issuer))
        or (basis.scan and piece.attachment_id is not None)
        or (basis.scan_with_number and piece.attachment_id is not None and bool(piece.number))
        or (basis.paper and piece.paper_id is not None)
    )


def _refuse_other_child(piece: EvidencePiece) -> None:
    for row in (piece.attachment, piece.paper, piece.change):
        if row is not None and row.child_id != piece.child_id:
            raise Refusal(
                "OTHER_CHILD",
                f"这份材料不是{piece.child.name}的；请选这名学生的材料。",
                f"This belongs to another child than {piece.child.name}.",
            )


def _text(text: str, most: int, zh: str, en: str) -> str:
    found = written(text, most, zh, en)
    if _IDENTITY.search(found):
        raise Refusal(
            "IDENTITY_NUMBER",
            f"“{zh}”里不要写身份证号；请写证明本身的文号。",
            f'Leave identity numbers out of "{en}"; give the number of the document itself.',
        )
    return found


def _the_same(first: EvidencePiece, pupil: Child, evidence: Evidence) -> EvidencePiece:
    if (first.child_id, first.evidence) != (pupil.pk, evidence):
        raise key_used()
    return first
