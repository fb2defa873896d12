"""Notices to the guardian, and the receipt of their service."""

from __future__ import annotations

from notoneless.core.terms import Act
from notoneless.records.models import Child, PaperIssued, PaperServed
from notoneless.services.paper_values.days import day_in_china, day_of, moment_of
from notoneless.services.paper_values.doings import acts_of, case_of
from notoneless.services.paper_values.filling import Filling, office
from notoneless.services.paper_values.pupil import NOT_KNOWN, guardians, person, school_name
from notoneless.services.paper_values.spell import missing
from notoneless.services.paper_values.value import NONE, Text, Values, contact

TO_BRING = "户口簿或者居住证明"


def to_return(filling: Filling) -> Values:
    """劝学通知书, 限期返校通知书, 责令通知书: by which day the child is to be back."""
    child, case = filling.child, case_of(filling.child)
    since = day_in_china(case.opened_at) if case else None
    away = missing(child, filling.about.kind, filling.as_of)
    assert filling.due_on is not None  # refused before
    return {
        **_letter(filling),
        "末次到校日": day_of(away.last_seen) or NOT_KNOWN,
        "劝返次数": str(len(acts_of(child, (Act.PERSUADE,), since))),
        "返校期限": day_of(filling.due_on),
        "返校天数": str((filling.due_on - filling.today).days),
        "已送文书": served_before(child),
    }


def to_enrol(filling: Filling) -> Values:
    """义务教育入学通知书: when and where the child is to be brought to school."""
    school = school_name(filling.child, filling.today)
    return {
        **_letter(filling),
        "就读学校": school,
        "报到地点": school,
        "报到期限": day_of(filling.due_on),
        "所需材料": TO_BRING,
    }


def receipt(filling: Filling) -> Values:
    """送达回证 of one notice; what is not known yet is left to the pen."""
    notice = filling.about.row
    assert isinstance(notice, PaperIssued)
    served = PaperServed.objects.filter(paper=notice).select_related("by").first()
    return {
        "送达单位": office(notice.place),
        "文书名称": notice.kind.zh,
        "文书文号": notice.numbered,
        "受送达人": contact(served.receiver) if served else _addressee(filling.child),
        "与学生关系": contact(served.relation) if served else "",
        "送达地点": contact(served.where) if served else "",
        "送达时间": moment_of(served.served_at) if served else "",
        "送达方式": served.how.zh if served else "",
        "见证人": served.witnesses if served else "",
        "送达人": served.by.name if served else "",
        "返校期限": day_of(notice.due_on),
        "备注": served.note if served else "",
        "受送达人签名": "",
        "送达人签名": "",
        "见证人签名": "",
    }


def served_before(child: Child) -> str:
    """《劝学通知书》义劝通字〔2026〕3号（2026年11月20日送达）, one after the other; 无 for none."""
    rows = PaperServed.objects.filter(paper__child=child).select_related("paper").order_by("served_at")
    said = [
        f"《{row.paper.kind.zh}》{row.paper.numbered}（{day_of(day_in_china(row.served_at))}送达）"
        for row in rows
    ]
    return "、".join(said) or NONE


def _letter(filling: Filling) -> dict[str, Text]:
    return {
        **person(filling.child, filling.today),
        "监护人姓名": _addressee(filling.child),
        **signed(filling),
    }


def signed(filling: Filling) -> dict[str, Text]:
    """The foot of a letter: whom to ask, which office, which day."""
    return {
        "联系人": filling.person.name,
        "联系电话": filling.person.phone or NOT_KNOWN,
        "出具单位": filling.office,
        "签发日期": day_of(filling.today),
    }


def _addressee(child: Child) -> Text:
    """The guardians by name; a letter that nobody is named in goes to whoever has the care of the child."""
    names = "、".join(each.name for each in guardians(child))
    return contact(names) if names else f"{child.name}的监护人"
