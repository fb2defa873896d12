"""Our words: each Chinese term of the field with its English, its name in code, and where its code stands."""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """One row of the glossary; `where` is "module" or "module:name", empty for words of later work."""

    zh: str
    prose: str
    code: str
    where: str
    why: str = ""


WORDS: tuple[Word, ...] = (
    Word(
        "适龄儿童少年",
        "school-age child",
        "Child",
        "records.models.people:Child",
        "not Student: a child out of school is none",
    ),
    Word(
        "学籍 / 学籍号",
        "enrolment / enrolment number",
        "Enrolment",
        "records.models.enrolment:Enrolment",
        "a dated relation between child and school",
    ),
    Word("花名册", "roster", "Roster", "exchange.rosters:read_roster"),
    Word("考勤表", "attendance sheet", "Attendance", "exchange.attendance:read_attendance"),
    Word(
        "身份证件号",
        "identity number",
        "identity_no",
        "exchange.identity:check_identity_no",
        "sealed in the database, masked on screen",
    ),
    Word(
        "点名 / 考勤",
        "roll call / attendance",
        "RollCall",
        "records.models.attendance:RollCall",
        "the act; “check-in” is the child's own act",
    ),
    Word("节次", "session", "Session", "core.calendar:Session"),
    Word("晨检", "morning check", "MORNING", "core.terms:SessionKind"),
    Word(
        "考勤标记",
        "attendance mark",
        "AttendanceMark",
        "core.facts:Mark",
        "never a bare mark: that is an exam result",
    ),
    Word(
        "到校 / 旷课 / 请假 / 迟到 / 未点名",
        "present / absent / leave / late / unrecorded",
        "PRESENT ABSENT LEAVE LATE UNRECORDED",
        "core.terms:AttendanceStatus",
        "absent is without leave; unrecorded is a value of its own",
    ),
    Word("请假", "leave", "Leave", "core.facts:Leave"),
    Word("销假", "end of leave", "end_leave", "services.leave:end_leave"),
    Word(
        "连续旷课",
        "absence spell",
        "Spell",
        "core.spells:spells",
        "the statisticians' word; streaks are for winners",
    ),
    Word(
        "班级 / 班主任",
        "class group / class teacher",
        "ClassGroup, CLASS_TEACHER",
        "records.models.places:ClassGroup",
    ),
    Word("岗位", "post", "Post", "core.terms:Post", "posts own, people hold posts for a time"),
    Word(
        "双线 / 责任链",
        "the two lines / the chain of those who answer",
        "ResponsibilityLine, chain_of",
        "services.responsibility:chain_of",
        "exactly one current person on each rung, or a gap",
    ),
    Word("任职 / 代理", "post held / deputy", "PostHeld", "records.models.responsibility:PostHeld"),
    Word(
        "包保",
        "assigned to a child",
        "Assigned",
        "records.models.responsibility:Assigned",
        "one person for one child on a rung, before whoever holds the post in general",
    ),
    Word("移交 / 接收", "hand-over / receipt", "HandOver", "records.models.responsibility:HandOver"),
    Word(
        "缺口",
        "gap",
        "CoverageGap",
        "records.models.responsibility:CoverageGap",
        "a rung without its one answering person, and whose duty it is to fill it",
    ),
    Word("现住村", "residence", "Residence", "records.models.people:Residence"),
    Word("重点对象", "key group", "KeyGroup", "core.terms:KeyGroup"),
    Word("紧急查看", "break-glass", "BreakGlass", "records.models.responsibility:BreakGlass"),
    Word(
        "临界 / 疑似辍学 / 辍学",
        "at risk / suspected dropout / dropout",
        "AT_RISK SUSPECTED_DROPOUT DROPOUT",
        "core.stages:TABLE",
    ),
    Word(
        "劝返",
        "persuasion (to return)",
        "PERSUADE",
        "services.casework:record_persuasion",
        "one attempt, one record",
    ),
    Word("家访", "home visit", "HOME_VISIT", "services.casework:record_visit"),
    Word("联系家长", "contact with the guardian", "CONTACT_GUARDIAN", "services.casework:record_contact"),
    Word(
        "返校",
        "back in school",
        "came_back",
        "core.evaluate:evaluate",
        "physical; resumption 复学 is the formal act",
    ),
    Word(
        "个案 / 一人一案",
        "case",
        "Case",
        "records.models.cases:Case",
        "one case a child, its number survives reopening",
    ),
    Word(
        "销号",
        "close-out",
        "close_out",
        "services.closing:close_out",
        "a ledger line settled with evidence; never “delete”",
    ),
    Word("县教育局", "county education bureau", "COUNTY_BUREAU", "core.terms:Post"),
    Word(
        "校历 / 上课日 / 调休",
        "school calendar / school day / make-up day",
        "SchoolCalendar",
        "core.calendar:SchoolCalendar",
    ),
    Word("停课", "closure", "Closure", "core.calendar:Closure"),
    Word("放假安排", "public holidays and make-up days", "Workdays", "core.workdays:Workdays"),
    Word(
        "制度、方案",
        "policy document",
        "PolicyPack",
        "core.policy.pack:PolicyPack",
        "“policy” alone never means permission",
    ),
    Word("条款", "clause", "clause", "core.policy.library:known_clauses"),
    Word("计法", "reading", "reading", "core.policy.pack:Rule", "how we count where the text does not say"),
    Word("算例", "worked example", "Example", "core.policy.examples:read_example"),
    Word("生效", "in force", "in_force_from", "core.policy.in_force:in_force"),
    Word("触发", "trigger", "Trigger", "core.policy.when:read_trigger"),
    Word(
        "应办事项",
        "obligation",
        "Obligation",
        "core.obligations:Obligation",
        "not task (whose?), not duty (值日)",
    ),
    Word(
        "时限 / 到期 / 逾期",
        "time limit / due / overdue",
        "TimeLimit, due_at, OVERDUE",
        "core.time_limit:due",
    ),
    Word("不计的时间", "proof of a due moment", "Skipped", "core.proof:Skipped"),
    Word("未点名（到期事项）", "roll call owed", "roll_calls_owed", "core.recurring:roll_calls_owed"),
    Word(
        "日报告 / 月报",
        "recurring duty: daily, monthly report",
        "duties_of_the_date",
        "core.recurring:duties_of_the_date",
    ),
    Word("依据", "why: the derivation of an obligation", "why", "core.explain:why"),
    Word(
        "撤回",
        "withdrawn",
        "WITHDRAWN",
        "services.assessments:reassess",
        "facts changed; never deleted, late stays late",
    ),
    Word(
        "提醒",
        "message (to one person)",
        "Message",
        "records.models.outbox:Message",
        "counts and moments; 通知书 is the notice to a family",
    ),
    Word("待提醒", "outbox", "Outbox", "services.telling:queue", "written with the act, told by the worker"),
    Word("联系方式", "contact way", "ContactWay", "records.models.outbox:ContactWay"),
    Word("渠道", "channel", "Channel", "delivery.channels:send"),
    Word("免打扰时段", "quiet hours", "QuietHours", "delivery.quiet:QuietHours"),
    Word("晨间提醒", "the morning's list", "MORNING", "services.telling_watch:watch"),
    Word(
        "是否送达不明",
        "in doubt",
        "IN_DOUBT",
        "services.telling_sending:send_due",
        "not sent again where the receiver knows no key",
    ),
    Word("提醒条", "printed slip", "printed_slip", "delivery.printed_slip:send"),
    Word("督办 / 升级", "escalate", "escalate", "services.due:act_on_due"),
    Word(
        "流水",
        "journal",
        "JournalEntry",
        "records.models.journal:JournalEntry",
        "what was done; a ledger is what is owed",
    ),
    Word(
        "更正",
        "correction",
        "correct",
        "services.corrections:correct",
        "adds a fact that supersedes, never edits",
    ),
    Word(
        "数量要求", "quota", "Quota", "core.policy.quota:measure", "children and person-times are told apart"
    ),
    Word(
        "法定底线",
        "floor",
        "floor",
        "core.policy.floors:refuse_below_floors",
        "nearer rules may only be stricter",
    ),
    Word("条款落实", "coverage of clauses", "coverage", "core.policy.coverage:coverage"),
    Word("制度比较", "difference of two packs", "Difference", "core.policy.compare:compare"),
    Word("制度说明页", "a pack as a page", "page_of", "core.policy.describe:page_of"),
    Word("采用", "adopt (a pack)", "adopt", "services.policies:adopt"),
    Word("改按现行制度办理", "re-base (a case)", "rebase", "services.policies:rebase"),
    Word("例行工作", "duty of the date", "date_duties", "services.date_duties:open_date_duties"),
    Word("8:30 看板", "morning board", "morning_board", "web.views.board"),
    Word("县一览", "county overview", "county_board", "web.read.boards_county:county_board"),
    Word(
        "已看过",
        "reviewed",
        "mark_reviewed",
        "services.reviewing:mark_reviewed",
        "a board looked at; 复核 is the county's quarterly review of cases",
    ),
    Word("返校后留住", "return that held", "holds", "web.read.holds:holds", "after 30, 60, 90 school days"),
    Word(
        "大小节点", "season", "Season", "web.read.seasons:Season", "weeks of a term in which children leave"
    ),
    Word("一句话反馈", "one-line update", "tell", "services.updates:tell", "what a cadre found out"),
    Word("重算", "replay", "replay", "batch.replay:replay"),
    Word(
        "初筛",
        "prefilter",
        "could_be_touched",
        "batch.candidates:could_be_touched",
        "over-includes, never decides",
    ),
    Word("演示县", "demo county", "simulate", "batch.simulate:simulate"),
    Word(
        "登录",
        "sign-in",
        "SignIn",
        "records.models.accounts:SignIn",
        "one device standing for one person for a time",
    ),
    Word(
        "邀请链接",
        "invitation",
        "Invitation",
        "records.models.accounts:Invitation",
        "a link by which people set their own password, once",
    ),
    Word(
        "验证码（第二因素）",
        "second factor",
        "CodeDevice",
        "records.models.accounts:CodeDevice",
        "a code from the telephone, from school office upward",
    ),
    Word(
        "家长链接",
        "guardian's link",
        "GuardianLink",
        "records.models.public:GuardianLink",
        "shows one guardian their own child; its address says nothing",
    ),
    Word(
        "家长说明",
        "guardian's explanation",
        "Explained",
        "services.guardian_links:explain",
        "not leave: excuses nothing until leave is granted on it",
    ),
    Word(
        "家长异议",
        "contested record",
        "Contest",
        "services.contests:contest",
        "not complaint: it asks that a record be checked, or for a copy",
    ),
    Word(
        "群众监督线索",
        "tip",
        "Tip",
        "services.tips:send_tip",
        "a child out of school, seen by somebody who stays unknown below the county",
    ),
    Word("转办", "pass on", "TipForwarded", "services.tips:forward", "in the county's own words"),
    Word("家长反馈 / 反馈单", "questionnaire / slip", "FeedbackSlips", "services.feedback:make_slips"),
    Word("佐证", "evidence", "Evidence", "core.terms:Evidence"),
    Word(
        "人籍分离、空挂",
        "on roll elsewhere / ghost enrolment",
        "enrolled_elsewhere",
        "",
        "enrolment life, later work",
    ),
    Word("台账", "ledger", "Ledger", "", "ledgers, later work"),
    Word("零报告", "nil report", "nil", "", "reports, later work"),
    Word("勾稽关系", "balance", "Balance", "", "figures, later work"),
)


def markdown(terms: dict[str, tuple[tuple[str, str, str], ...]]) -> str:
    """The glossary page: our words, then every stored code with its two labels, by vocabulary."""
    lines = [
        "# Glossary · 术语表",
        "",
        "Generated by `tools/generate_glossary.py` from `core/glossary.py` and `core/terms.py`.",
        "One word for one thing, in code, pages and documents. “Where” names the module below `notoneless`.",
        "",
        "| 中文 | in prose | in code | where | why this word |",
        "|---|---|---|---|---|",
        *(
            f"| {w.zh} | {w.prose} | `{w.code}` | {f'`{w.where}`' if w.where else '—'} | {w.why} |"
            for w in WORDS
        ),
        "",
        "# Stored codes · 代码",
        "",
    ]
    for name, rows in terms.items():
        lines += [f"## {name}", "", "| code | 中文 | English |", "|---|---|---|"]
        lines += [f"| `{code}` | {zh} | {en} |" for code, zh, en in rows] + [""]
    return "\n".join(lines)
