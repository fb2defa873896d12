"""Every table, by subject."""

from notoneless.records.models.accounts import CodeDevice, Invitation, SignIn, WrongPasswords
from notoneless.records.models.attendance import AttendanceMark, LeaveGranted, RollCall, RollCallSettled
from notoneless.records.models.cases import ActRecord, Case, CaseChange, CaseCounter, EventRecord
from notoneless.records.models.enrolment import (
    ChangeStepTaken,
    Enrolment,
    EnrolmentChange,
    OnRoll,
    SpecialRoute,
)
from notoneless.records.models.imports import FileImported
from notoneless.records.models.journal import JournalEntry
from notoneless.records.models.obligations import LIVE, Obligation
from notoneless.records.models.outbox import ContactWay, Message, Outbox
from notoneless.records.models.people import Boarding, Child, Guardian, InKeyGroup, Person, Residence
from notoneless.records.models.place_acts import PlaceAct
from notoneless.records.models.places import ClassGroup, ConstantsVersion, Place
from notoneless.records.models.policy import ClosureDeclared, PackAdopted, PackText
from notoneless.records.models.public import (
    Contest,
    ContestAnswered,
    Explained,
    ExplainedTaken,
    FeedbackCount,
    FeedbackSlips,
    FeedbackUsed,
    GuardianLink,
    Knocks,
    Tip,
    TipAnswered,
    TipForwarded,
    TipReply,
)
from notoneless.records.models.responsibility import (
    Assigned,
    BreakGlass,
    CoverageGap,
    HandOver,
    HandOverReceipt,
    PostHeld,
)

__all__ = [
    "LIVE",
    "ActRecord",
    "Assigned",
    "AttendanceMark",
    "Boarding",
    "BreakGlass",
    "Case",
    "CaseChange",
    "CaseCounter",
    "ChangeStepTaken",
    "Child",
    "ClassGroup",
    "ClosureDeclared",
    "CodeDevice",
    "ConstantsVersion",
    "ContactWay",
    "Contest",
    "ContestAnswered",
    "CoverageGap",
    "Enrolment",
    "EnrolmentChange",
    "EventRecord",
    "Explained",
    "ExplainedTaken",
    "FeedbackCount",
    "FeedbackSlips",
    "FeedbackUsed",
    "FileImported",
    "Guardian",
    "GuardianLink",
    "HandOver",
    "HandOverReceipt",
    "InKeyGroup",
    "Invitation",
    "JournalEntry",
    "Knocks",
    "LeaveGranted",
    "Message",
    "Obligation",
    "OnRoll",
    "Outbox",
    "PackAdopted",
    "PackText",
    "Person",
    "Place",
    "PlaceAct",
    "PostHeld",
    "Residence",
    "RollCall",
    "RollCallSettled",
    "SignIn",
    "SpecialRoute",
    "Tip",
    "TipAnswered",
    "TipForwarded",
    "TipReply",
    "WrongPasswords",
]
