"""The chain of one child as a page that an inspector can follow line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.explain import stamp
from notoneless.core.facts import CHINA_TIME
from notoneless.core.paper import (
    Block,
    DayCell,
    DayRow,
    Heading,
    Items,
    Page,
    Pairs,
    Paragraph,
    Signing,
    Table,
)
from notoneless.core.policy.draw_days import drawn
from notoneless.core.terms import AttendanceStatus, ObligationState, Post, SkipReason
from notoneless.records.models import CloseOutReviewed, Obligation
from notoneless.services.fingerprints import SHOWN
from notoneless.services.proof import Chain, Done, Link

ONE_DAY = timedelta(days=1)
FACTS_SHOWN = 2  # of a long spell its first and last fact; the whole is on the child's page


def proof_page(chain: Chain, language: str = "zh", handed_to: str = "") -> Page:
    """The page in one language, marked with who took it out; clause texts stay in Chinese, as documents."""
    en = language.startswith("en")
    number = chain.case.number if chain.case else str(chain.child.pk)[:8]
    title = f"Chain of proof {number}" if en else f"可核验链条 {number}"
    head = "Not One Less · for official use only" if en else "一个都不能少 · 内部资料，不得公开"
    taken = (f" · taken out by {handed_to}" if en else f" · 导出人 {handed_to}") if handed_to else ""
    return Page(title, f"{head}{taken} · {_at(chain.as_of)}", tuple(_blocks(chain, en)), dense=True)


def _blocks(chain: Chain, en: bool) -> Iterator[Block]:
    yield Pairs(_who(chain, en))
    yield Heading(2, "1. Calendar and register" if en else "一、校历与点名")
    if chain.days:
        yield DayRow(_calendar(chain, en))
    else:
        yield Paragraph("Present at every roll call." if en else "每次点名都到校。")
    yield Heading(
        2, "2. From fact and rule to obligation and act" if en else "二、从事实、条款到应办事项和已办动作"
    )
    clauses = _clauses(chain)
    yield _rules(clauses, en)
    yield _links(chain, clauses, en)
    yield Heading(2, "3. Acts beyond what was owed" if en else "三、应办之外的动作")
    if chain.others:
        yield _others(chain, en)
    else:
        yield Paragraph("None." if en else "没有。")
    yield Heading(2, "4. Stages, papers and close-out" if en else "四、阶段、文书与销号")
    yield _steps(chain, en)
    yield Heading(2, "5. How to check this" if en else "五、怎样核对")
    yield Items(_how(chain, en))
    yield Signing(("Checked by", "Date") if en else ("核对人", "日期"))


def _who(chain: Chain, en: bool) -> tuple[tuple[str, str], ...]:
    case = chain.case
    stage = (case.stage.en if en else case.stage.zh) if case else ("attending" if en else "在校")
    packs = "；".join(f"{pack.title}（{pack.id}@{pack.version[:8]}）" for pack, _, _ in chain.packs.layers)
    names = (
        ("Child", "Class", "Case and stage", "Policies in force")
        if en
        else ("学生", "学校班级", "个案与阶段", "现行制度")
    )
    values = (
        chain.child.name,
        f"{chain.school_name} {chain.class_name}",
        f"{case.number if case else '—'} · {stage}",
        packs,
    )
    return tuple(zip(names, values, strict=True))


def _calendar(chain: Chain, en: bool) -> tuple[DayCell, ...]:
    """Runs of school days of one kind, and the breaks longer than a weekend between them."""
    said = {each.day: each.outcome for each in chain.days}
    first, last = min(said), max(*said, chain.as_of.date())
    days = list(chain.calendar.school_days(first, last + ONE_DAY))
    cells: list[DayCell] = []
    for status, run in groupby(days, lambda day: said.get(day, AttendanceStatus.PRESENT)):
        for stretch in _unbroken(list(run)):
            if cells and (stretch[0] - cells[-1].last).days > 3:
                cells.append(_off(cells[-1].last + ONE_DAY, stretch[0] - ONE_DAY, chain.calendar))
            cells.append(drawn(stretch[0], stretch[-1], status, f"×{len(stretch)}", en))
    return tuple(cells)


def _unbroken(days: Sequence[date]) -> Iterator[list[date]]:
    """The days parted where more than a weekend lies between two."""
    stretch = [days[0]]
    for day in days[1:]:
        if (day - stretch[-1]).days > 3:
            yield stretch
            stretch = []
        stretch.append(day)
    yield stretch


def _off(first: date, last: date, calendar: SchoolCalendar) -> DayCell:
    between = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    reasons = [why for day in between if (why := calendar.why_no_school(day))]
    named = [name or reason.zh for reason, name in reasons if reason is not SkipReason.WEEKEND]
    return drawn(first, last, None, (named or [SkipReason.WEEKEND.zh])[0])


def _clauses(chain: Chain) -> dict[tuple[str, str], tuple[str, str]]:
    """The rules that the chain speaks of in their order: where each stands, and what it says in our words."""
    return {_rule(link): _clause(link) for link in chain.links}


def _rule(link: Link) -> tuple[str, str]:
    return link.row.pack_id, link.row.rule


def _rules(clauses: dict[tuple[str, str], tuple[str, str]], en: bool) -> Table:
    head = ("Rule", "Document and clause", "In our words") if en else ("条", "文件与条款", "条款大意")
    rows = tuple((_letter(n), *said) for n, said in enumerate(clauses.values()))
    return Table(head, rows, (4, 36, 60))


def _letter(number: int) -> str:
    """A, B … Z, then A1, B1 …"""
    return chr(ord("A") + number % 26) + (str(number // 26) if number >= 26 else "")


def _links(chain: Chain, clauses: dict[tuple[str, str], tuple[str, str]], en: bool) -> Table:
    head = (
        ("No", "Fact [journal]", "Rule", "Owed, by when", "Done", "Fingerprint [journal]")
        if en
        else ("序", "事实［流水］", "条", "应办与时限", "已办", "指纹［流水］")
    )
    letters = {rule: _letter(n) for n, rule in enumerate(clauses)}
    rows = tuple((str(n), *_link(link, letters[_rule(link)], en)) for n, link in enumerate(chain.links, 1))
    return Table(head, rows, (3, 25, 3, 29, 27, 13))


def _link(link: Link, letter: str, en: bool) -> tuple[str, str, str, str, str]:
    return _facts(link, en), letter, _owed(link, en), _met(link, en), _mark(link.met)


def _facts(link: Link, en: bool) -> str:
    facts = link.facts
    shown = [*facts[:1], *facts[-1:]] if len(facts) > FACTS_SHOWN else facts
    lines = [f"{e if en else z}{f' [{seq}]' if seq else ''}" for z, e, seq in shown]
    if len(facts) > FACTS_SHOWN:
        lines.insert(1, f"… {len(facts) - FACTS_SHOWN} …")
    return "；".join(lines) or "—"


def _clause(link: Link) -> tuple[str, str]:
    if link.owed is None:
        return f"{link.row.pack_id}#{link.row.rule} {'、'.join(link.row.clause)}", "—"
    rule, pack = link.owed.bound.rule, link.owed.bound.pack
    return f"{pack.title} {rule.pointer}（{'、'.join(rule.clause)}）", rule.says


def _owed(link: Link, en: bool) -> str:
    row = link.row
    to = f" → {_label(row.to_post, en)}" if row.to_post else ""
    posts = [_label(Post(code), en) for code in row.taking_part]  # type: ignore[call-arg]
    beside = (" with " if en else "，参加：") + "、".join(posts) if posts else ""
    due = _at(row.due_at) if row.due_at else row.due_unknown
    by = f"by {due}" if en else f"{due} 前"
    return f"{_label(row.who, en)} {_label(row.act, en)}{to}{beside}；{by}{_skipped(row, en)}"


def _skipped(row: Obligation, en: bool) -> str:
    """Why days were not counted, each reason once with the number of its stretches."""
    if not row.proof:
        return ""
    reasons: dict[str, int] = {}
    for _, _, why, name in row.proof:
        word = name or _label(SkipReason(why), en)  # type: ignore[call-arg]
        reasons[word] = reasons.get(word, 0) + 1
    said = "、".join(f"{word}×{times}" if times > 1 else word for word, times in reasons.items())
    return f" (not counted: {said})" if en else f"（不计：{said}）"


def _met(link: Link, en: bool) -> str:
    row = link.row
    if row.state is ObligationState.WITHDRAWN:
        why = ("withdrawn: " if en else "撤回：") + row.withdrawn_why
        return f"{why} {_at(row.withdrawn_at)}" if row.withdrawn_at else why
    late = (" (late)" if en else "（迟）") if row.late else ""
    if link.met is None:
        return f"{_label(row.state, en)}{late}"
    return f"{_act(link.met, en)}{late}"


def _act(done: Done, en: bool) -> str:
    act = done.act
    learned = act.recorded_at - act.happened_at
    written = ""
    if learned >= timedelta(hours=1):
        written = f" (written {_at(act.recorded_at)})" if en else f"（{_at(act.recorded_at)} 记入）"
    return (
        f"{_at(act.happened_at)} {_label(act.by_post, en)} {act.by.name}："
        f"{_label(act.act, en)}，{_label(act.outcome, en)}{written}"
    )


def _mark(done: Done | None) -> str:
    return f"{done.fingerprint[:SHOWN]} [{done.seq or '—'}]" if done else "—"


def _others(chain: Chain, en: bool) -> Table:
    head = ("Act", "Fingerprint [journal]") if en else ("动作", "指纹［流水］")
    return Table(head, tuple((_act(done, en), _mark(done)) for done in chain.others), (85, 15))


def _steps(chain: Chain, en: bool) -> Table:
    head = ("When", "What", "Known") if en else ("时间", "事项", "记入")
    steps = [
        (
            each.at,
            f"{_label(each.stage_before, en)} → {_label(each.stage, en)}"
            + (f"（{_label(each.event, en)}）" if each.event else ""),
            each.recorded_at,
        )
        for each in chain.changes
    ]
    steps += [
        (paper.at, f"{_label(paper.kind, en)} {paper.numbered} {paper.digest[:SHOWN]}", paper.at)
        for paper in chain.papers
    ]
    steps += [(each.at, _reviewed(each, en), each.at) for each in chain.close_outs]
    rows = tuple((_at(at), what, _at(known)) for at, what, known in sorted(steps))
    return Table(head, rows or ((("—",) * 3),), (20, 60, 20))


def _reviewed(each: CloseOutReviewed, en: bool) -> str:
    asked = each.asked
    return f"{_label(asked.kind, en)}：{asked.by.name} → {each.by.name} {_label(each.decision, en)}"


def _how(chain: Chain, en: bool) -> tuple[str, ...]:
    first, last = chain.journal
    if en:
        return (
            f"Numbers in brackets are places in the journal ({first}–{last}); it can only be added to.",
            "A fingerprint is the first 12 characters of the SHA-256 of all that was recorded of the act; "
            "`notoneless proof CASE --json` prints them whole.",
            "Obligations were derived anew from the facts when this page was made; where the facts have "
            "changed since, the line says withdrawn.",
        )
    return (
        f"方括号里是流水号（{first}–{last}）；流水只能增加，不能改动。",
        "指纹是这项动作全部记录的 SHA-256 的前 12 位，改一个字就不同；全长用 `notoneless proof --json` 看。",
        "应办事项是生成本页时由事实重新推导的；事实后来更正过的，该行写明“撤回”。",
    )


def _label(word: object, en: bool) -> str:
    return str(getattr(word, "en" if en else "zh", word or "—"))


def _at(moment: datetime) -> str:
    return stamp(moment.astimezone(CHINA_TIME))
