"""The one access table: which post may do what, to what, how far from where it is held, seeing which fields.

Everything asks here: the pages by their address, the door to rows (`scopes`), the acts
(`services.permissions`), exports and counts by their field sets. A post that no row names may do nothing; an
address that ADDRESSES does not name fails the build. It is the county's 权限矩阵.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from notoneless.core.case_terms import PairingPurpose
from notoneless.core.terms import KeyGroup, Post, Term


class Thing(Term):
    """对象: what is acted on."""

    CHILD = "CHILD", "学生", "child"
    CLASS = "CLASS", "班级", "class"
    ROLL_CALL = "ROLL_CALL", "点名", "roll call"
    CASE = "CASE", "个案", "case"
    CASE_HAND_OFF = "CASE_HAND_OFF", "个案移送", "hand-off of a case"
    SUPPORT = "SUPPORT", "帮扶", "support"
    PAPER = "PAPER", "文书", "paper"
    TEMPLATE = "TEMPLATE", "文书模板", "template of a paper"
    OFFLINE = "OFFLINE", "离线上传", "what phones sent in"
    OBLIGATION = "OBLIGATION", "应办事项", "obligation"
    SCHOOL_BOARD = "SCHOOL_BOARD", "学校看板", "school board"
    TOWNSHIP_BOARD = "TOWNSHIP_BOARD", "乡镇看板", "township board"
    COUNTY_BOARD = "COUNTY_BOARD", "县看板", "county board"
    VILLAGE_BOARD = "VILLAGE_BOARD", "本村看板", "village board"
    REGISTER = "REGISTER", "花名册", "register"
    ROSTER = "ROSTER", "名册导入", "roster file"
    CHANGE = "CHANGE", "学籍异动", "enrolment change"
    ENROLMENT = "ENROLMENT", "学籍核对", "check of the rolls"
    NEVER_ENROLLED = "NEVER_ENROLLED", "应入学未入学", "children never enrolled"
    SAME_CHILD = "SAME_CHILD", "重复记录", "two records of one child"
    POLICY = "POLICY", "制度", "policy"
    PEOPLE = "PEOPLE", "人员与任职", "people and posts"
    PLACE = "PLACE", "单位与班级", "places and classes"
    HAND_OVER = "HAND_OVER", "移交", "hand-over"
    GAP = "GAP", "缺口", "gap"
    BREAK_GLASS = "BREAK_GLASS", "紧急查看", "break-glass"
    TIP = "TIP", "群众监督线索", "tip"
    FORWARDED_TIP = "FORWARDED_TIP", "转办线索", "tip passed on"
    CONTEST = "CONTEST", "家长异议", "contested record"
    FEEDBACK = "FEEDBACK", "家长反馈", "questionnaire"
    LEDGER = "LEDGER", "台账", "ledger"
    FIGURE = "FIGURE", "指标", "figure"
    REPORT = "REPORT", "报表", "report"
    CONTRADICTION = "CONTRADICTION", "数据核对", "contradictions"
    QUESTION = "QUESTION", "存疑事项", "questions about records"
    INSPECTION = "INSPECTION", "督导", "inspection"
    RECOGNITION = "RECOGNITION", "评选", "recognition"
    INSPECTION_PACK = "INSPECTION_PACK", "迎检材料", "inspection pack"
    COMPLIANCE_PACK = "COMPLIANCE_PACK", "未成年人信息合规材料", "compliance pack"
    OUTBOX = "OUTBOX", "通知", "messages"
    JOURNAL = "JOURNAL", "流水", "journal"


class Verb(Term):
    """动作: what is done to it."""

    SEE = "SEE", "查看", "see"
    COUNT = "COUNT", "看数字", "see counts"
    EXPORT = "EXPORT", "导出", "export"
    TAKE = "TAKE", "点名", "take"
    CORRECT = "CORRECT", "更正", "correct"
    SETTLE = "SETTLE", "选定", "settle"
    REVIEW = "REVIEW", "记为已看过", "mark as reviewed"
    RECORD = "RECORD", "记录", "record"
    GRANT_LEAVE = "GRANT_LEAVE", "准假", "grant leave"
    CHANGE = "CHANGE", "修改", "change"
    CLOSE_OUT = "CLOSE_OUT", "销号", "close out"
    REBASE = "REBASE", "改按现行制度", "re-base"
    IMPORT = "IMPORT", "导入", "import"
    ADOPT = "ADOPT", "采用", "adopt"
    ASK = "ASK", "申请", "ask for"
    CONFIRM = "CONFIRM", "确认", "confirm"
    APPROVE = "APPROVE", "核准", "approve"
    ISSUE = "ISSUE", "签发", "issue"
    DRAW_UP = "DRAW_UP", "编制", "draw up"
    CHECK = "CHECK", "核对", "check"
    SIGN = "SIGN", "签字", "sign"
    APPOINT = "APPOINT", "任免", "appoint"
    INVITE = "INVITE", "开通账号", "invite"
    ANSWER = "ANSWER", "答复", "answer"
    FORWARD = "FORWARD", "转办", "pass on"
    MERGE = "MERGE", "撤并", "close or merge"


class Fields(Term):
    """字段组: which part of a child's data; whoever has none of a set does not get it in any form."""

    BASIC = "BASIC", "基本信息", "basics"  # name, sex, class, marks, stage, masked identity number
    CONTACT = "CONTACT", "联系方式", "contacts"  # guardians, telephones, where it lives
    IDENTITY = "IDENTITY", "证件号码", "identity number"  # the whole number, on request, journalled
    HARDSHIP = "HARDSHIP", "困难情况", "hardship"
    HEALTH = "HEALTH", "健康情况", "health"
    NOTES = "NOTES", "私密记录", "private notes"
    REPORTER = "REPORTER", "举报人", "reporter"  # who gave a tip; never for the school


class Scope(Term):
    """范围: how far the holder of a post reaches from where it is held."""

    CLASS = "CLASS", "本班", "the class"
    GRADE = "GRADE", "本年级", "the grade"
    BOARDERS = "BOARDERS", "本宿舍", "the boarding house"
    PLACE = "PLACE", "本单位及下级", "the place and all below"
    ITSELF = "ITSELF", "本单位", "the place itself"
    RESIDENTS = "RESIDENTS", "本村住户", "those who live there"
    ASSIGNED = "ASSIGNED", "包保对象", "the children assigned"


class Row(NamedTuple):
    """These posts may do these verbs to the thing within the scope, with these fields of a child."""

    thing: Thing
    verbs: frozenset[Verb]
    scope: Scope
    posts: frozenset[Post]
    fields: frozenset[Fields] = frozenset()


class Asked(NamedTuple):
    """What an address asks for: to be shown (`see`) and, where it takes a form, to act (`do`)."""

    thing: Thing
    see: Verb = Verb.SEE
    do: Verb | None = None


class Open(NamedTuple):
    """An address that needs no row: for anybody, or (`signed_in`) for everybody who is signed in."""

    signed_in: bool


PUBLIC, OWN = Open(False), Open(True)


def _row(thing: Thing, verbs: Iterable[Verb], scope: Scope, posts: Iterable[Post], *fields: Fields) -> Row:
    return Row(thing, frozenset(verbs), scope, frozenset(posts), frozenset(fields))


_P, _T, _V, _F, _S = Post, Thing, Verb, Fields, Scope

_TEACHERS = {_P.SUBJECT_TEACHER, _P.ROLL_CALL_TAKER, _P.ASSIGNED_TEACHER, _P.VISITING_TEACHER}
_IN_CLASS = {_P.CLASS_TEACHER} | _TEACHERS
_HEADS = {_P.PRINCIPAL, _P.VICE_PRINCIPAL}
_OFFICE = {_P.SCHOOL_OFFICE} | _HEADS
_SCHOOL = _OFFICE | {_P.DUTY_OFFICER, _P.ENROLMENT_OFFICER}
_TOWN = {_P.CENTRAL_SCHOOL, _P.TOWNSHIP}
_COUNTY = {_P.COUNTY_BUREAU, _P.SUPERVISION_OFFICE}
_ABOVE = _TOWN | _COUNTY
_FAR = {_P.CITY_BUREAU, _P.PROVINCE, _P.MINISTRY}
_VILLAGE = {_P.VILLAGE_COMMITTEE, _P.VILLAGE_CADRE}

TABLE: tuple[Row, ...] = (
    # 学生: whoever works with a child can reach its family; what is sensitive is for who must act on it.
    _row(
        _T.CHILD,
        {_V.SEE, _V.RECORD, _V.GRANT_LEAVE, _V.CHANGE},
        _S.CLASS,
        {_P.CLASS_TEACHER},
        *(_F.BASIC, _F.CONTACT, _F.HARDSHIP, _F.HEALTH, _F.NOTES),
    ),
    _row(_T.CHILD, {_V.SEE, _V.RECORD}, _S.CLASS, _TEACHERS, _F.BASIC, _F.CONTACT),
    _row(_T.CHILD, {_V.SEE, _V.RECORD}, _S.GRADE, {_P.GRADE_HEAD}, _F.BASIC, _F.CONTACT),
    _row(_T.CHILD, {_V.SEE, _V.RECORD}, _S.BOARDERS, {_P.HOUSE_PARENT}, _F.BASIC, _F.CONTACT, _F.HEALTH),
    _row(
        _T.CHILD,
        {_V.SEE, _V.RECORD, _V.GRANT_LEAVE, _V.CHANGE, _V.EXPORT},
        _S.PLACE,
        _OFFICE,
        *(_F.BASIC, _F.CONTACT, _F.HARDSHIP, _F.HEALTH, _F.NOTES),
    ),
    _row(_T.CHILD, {_V.SEE, _V.RECORD, _V.GRANT_LEAVE}, _S.PLACE, {_P.DUTY_OFFICER}, _F.BASIC, _F.CONTACT),
    _row(
        _T.CHILD,
        {_V.SEE, _V.RECORD, _V.GRANT_LEAVE, _V.CHANGE, _V.EXPORT},
        _S.PLACE,
        {_P.ENROLMENT_OFFICER},
        *(_F.BASIC, _F.CONTACT, _F.IDENTITY),
    ),
    _row(_T.CHILD, {_V.SEE, _V.RECORD}, _S.PLACE, {_P.REPORTING_OFFICER}, _F.BASIC),
    _row(_T.CHILD, {_V.SEE, _V.RECORD}, _S.PLACE, {_P.CENTRAL_SCHOOL}, _F.BASIC, _F.CONTACT),
    _row(_T.CHILD, {_V.SEE, _V.RECORD}, _S.PLACE, {_P.TOWNSHIP}, _F.BASIC, _F.CONTACT, _F.HARDSHIP),
    _row(
        _T.CHILD,
        {_V.SEE, _V.RECORD, _V.EXPORT},
        _S.PLACE,
        {_P.COUNTY_BUREAU},
        *(_F.BASIC, _F.CONTACT, _F.IDENTITY, _F.HARDSHIP),
    ),
    _row(_T.CHILD, {_V.SEE, _V.RECORD}, _S.PLACE, {_P.SUPERVISION_OFFICE}, _F.BASIC, _F.CONTACT),
    _row(_T.CHILD, {_V.SEE, _V.RECORD}, _S.RESIDENTS, _VILLAGE, _F.BASIC, _F.CONTACT),
    _row(_T.CHILD, {_V.SEE, _V.RECORD}, _S.ASSIGNED, _VILLAGE | {_P.TOWNSHIP}, _F.BASIC, _F.CONTACT),
    _row(_T.CHILD, {_V.COUNT}, _S.PLACE, _SCHOOL | _ABOVE | _FAR),
    # 班级与点名
    _row(_T.CLASS, {_V.SEE}, _S.CLASS, _IN_CLASS),
    _row(_T.CLASS, {_V.SEE}, _S.GRADE, {_P.GRADE_HEAD}),
    _row(_T.CLASS, {_V.SEE}, _S.PLACE, _SCHOOL | _ABOVE | {_P.REPORTING_OFFICER}),
    _row(_T.ROLL_CALL, {_V.SEE, _V.TAKE}, _S.CLASS, _IN_CLASS),
    _row(_T.ROLL_CALL, {_V.CORRECT}, _S.CLASS, {_P.CLASS_TEACHER, _P.ROLL_CALL_TAKER}),
    _row(_T.ROLL_CALL, {_V.SEE}, _S.GRADE, {_P.GRADE_HEAD}),
    _row(_T.ROLL_CALL, {_V.TAKE}, _S.PLACE, _OFFICE | {_P.DUTY_OFFICER}),
    _row(_T.ROLL_CALL, {_V.SEE, _V.CORRECT, _V.SETTLE}, _S.PLACE, _SCHOOL),
    _row(_T.ROLL_CALL, {_V.SEE}, _S.PLACE, _ABOVE | {_P.REPORTING_OFFICER}),
    # 个案
    _row(_T.CASE, {_V.SEE}, _S.CLASS, _IN_CLASS),
    _row(_T.CASE, {_V.SEE}, _S.GRADE, {_P.GRADE_HEAD}),
    _row(_T.CASE, {_V.SEE}, _S.BOARDERS, {_P.HOUSE_PARENT}),
    _row(_T.CASE, {_V.SEE}, _S.PLACE, _SCHOOL | _ABOVE | {_P.REPORTING_OFFICER}),
    _row(_T.CASE, {_V.SEE}, _S.RESIDENTS, _VILLAGE),
    _row(_T.CASE, {_V.SEE}, _S.ASSIGNED, _VILLAGE | {_P.TOWNSHIP}),
    _row(_T.CASE, {_V.CHANGE}, _S.CLASS, {_P.CLASS_TEACHER}),
    _row(_T.CASE, {_V.CHANGE}, _S.PLACE, _OFFICE | {_P.CENTRAL_SCHOOL, _P.TOWNSHIP, _P.COUNTY_BUREAU}),
    _row(_T.CASE, {_V.CLOSE_OUT}, _S.PLACE, _OFFICE | {_P.COUNTY_BUREAU}),
    # The second reviewer of a close-out; the policy says which of them for which kind.
    _row(_T.CASE, {_V.APPROVE}, _S.PLACE, _HEADS | {_P.CENTRAL_SCHOOL, _P.TOWNSHIP, _P.COUNTY_BUREAU}),
    _row(_T.CASE, {_V.EXPORT}, _S.PLACE, _OFFICE | _COUNTY),
    _row(
        _T.CASE_HAND_OFF,
        {_V.SEE, _V.ASK, _V.CONFIRM},
        _S.PLACE,
        _OFFICE | {_P.CENTRAL_SCHOOL, _P.TOWNSHIP, _P.COUNTY_BUREAU},
    ),
    # 帮扶: whoever helps sees their own pairings by being the helper.
    _row(_T.SUPPORT, {_V.SEE, _V.ASK, _V.RECORD}, _S.CLASS, {_P.CLASS_TEACHER}),
    _row(_T.SUPPORT, {_V.SEE, _V.ASK, _V.RECORD}, _S.PLACE, _OFFICE),
    _row(_T.SUPPORT, {_V.APPROVE}, _S.PLACE, {_P.PRINCIPAL, _P.COUNTY_BUREAU}),
    _row(_T.SUPPORT, {_V.SEE}, _S.PLACE, {_P.TOWNSHIP, _P.COUNTY_BUREAU}),
    # 文书: which office may issue which follows from the paper (`services.paper_issuing`).
    _row(_T.PAPER, {_V.SEE, _V.ISSUE}, _S.CLASS, {_P.CLASS_TEACHER}),
    _row(
        _T.PAPER,
        {_V.SEE, _V.ISSUE, _V.EXPORT},
        _S.PLACE,
        _OFFICE | {_P.ENROLMENT_OFFICER, _P.TOWNSHIP, _P.COUNTY_BUREAU},
    ),
    _row(_T.PAPER, {_V.SEE}, _S.PLACE, {_P.CENTRAL_SCHOOL, _P.SUPERVISION_OFFICE}),
    _row(_T.PAPER, {_V.RECORD}, _S.PLACE, _OFFICE | {_P.TOWNSHIP, _P.COUNTY_BUREAU}),
    _row(_T.PAPER, {_V.SEE, _V.RECORD}, _S.RESIDENTS, _VILLAGE),
    _row(_T.TEMPLATE, {_V.SEE, _V.CHANGE}, _S.PLACE, _OFFICE | {_P.TOWNSHIP, _P.COUNTY_BUREAU}),
    _row(_T.OFFLINE, {_V.SEE, _V.SETTLE}, _S.PLACE, _OFFICE | {_P.COUNTY_BUREAU}),
    _row(_T.CASE, {_V.REBASE}, _S.PLACE, {_P.PRINCIPAL, _P.COUNTY_BUREAU}),
    # 应办事项: who may act on one follows from the post that owes it and those above (`services.posts`).
    _row(_T.OBLIGATION, {_V.SEE}, _S.CLASS, _IN_CLASS),
    _row(_T.OBLIGATION, {_V.SEE}, _S.GRADE, {_P.GRADE_HEAD}),
    _row(_T.OBLIGATION, {_V.SEE}, _S.PLACE, _SCHOOL | _ABOVE | {_P.REPORTING_OFFICER}),
    _row(_T.OBLIGATION, {_V.SEE}, _S.ITSELF, _VILLAGE | _FAR),
    _row(_T.OBLIGATION, {_V.SEE}, _S.RESIDENTS, _VILLAGE),
    _row(_T.OBLIGATION, {_V.SEE}, _S.ASSIGNED, _VILLAGE | {_P.TOWNSHIP}),
    # 看板
    _row(_T.SCHOOL_BOARD, {_V.SEE}, _S.PLACE, _SCHOOL | _ABOVE | {_P.REPORTING_OFFICER}),
    _row(_T.TOWNSHIP_BOARD, {_V.SEE}, _S.PLACE, _ABOVE),
    _row(_T.COUNTY_BOARD, {_V.SEE, _V.REVIEW}, _S.PLACE, _COUNTY),
    _row(_T.VILLAGE_BOARD, {_V.SEE, _V.RECORD}, _S.RESIDENTS, _VILLAGE),
    _row(_T.VILLAGE_BOARD, {_V.SEE, _V.RECORD}, _S.ASSIGNED, _VILLAGE),
    # 花名册与学籍
    _row(_T.REGISTER, {_V.SEE}, _S.CLASS, {_P.CLASS_TEACHER}),
    _row(_T.REGISTER, {_V.SEE, _V.EXPORT}, _S.PLACE, _OFFICE | {_P.ENROLMENT_OFFICER, _P.COUNTY_BUREAU}),
    _row(_T.ROSTER, {_V.SEE, _V.IMPORT}, _S.PLACE, _SCHOOL | {_P.COUNTY_BUREAU}),
    _row(_T.ENROLMENT, {_V.SEE}, _S.PLACE, _OFFICE | {_P.ENROLMENT_OFFICER, _P.CENTRAL_SCHOOL} | _COUNTY),
    _row(_T.CHANGE, {_V.SEE}, _S.CLASS, {_P.CLASS_TEACHER}),
    _row(_T.CHANGE, {_V.SEE, _V.ASK, _V.CONFIRM}, _S.PLACE, _OFFICE | {_P.ENROLMENT_OFFICER}),
    _row(_T.CHANGE, {_V.SEE}, _S.PLACE, _TOWN | {_P.SUPERVISION_OFFICE}),
    _row(_T.CHANGE, {_V.SEE, _V.APPROVE}, _S.PLACE, {_P.COUNTY_BUREAU}),
    # 应入学未入学: whoever finds such a child writes it down; a village for those who live there.
    _row(
        _T.NEVER_ENROLLED,
        {_V.SEE, _V.RECORD},
        _S.PLACE,
        _OFFICE | _TOWN | {_P.ENROLMENT_OFFICER, _P.COUNTY_BUREAU},
    ),
    _row(_T.NEVER_ENROLLED, {_V.SEE}, _S.PLACE, {_P.SUPERVISION_OFFICE}),
    _row(_T.NEVER_ENROLLED, {_V.SEE, _V.RECORD}, _S.ITSELF, _VILLAGE),
    _row(_T.SAME_CHILD, {_V.ASK}, _S.PLACE, _OFFICE | {_P.ENROLMENT_OFFICER, _P.COUNTY_BUREAU}),
    # 台账、指标、报表: a number is for whoever answers for the place; its children for whoever sees them.
    _row(_T.LEDGER, {_V.SEE}, _S.CLASS, {_P.CLASS_TEACHER}),
    _row(_T.LEDGER, {_V.SEE, _V.EXPORT}, _S.PLACE, _OFFICE | {_P.ENROLMENT_OFFICER} | _COUNTY),
    _row(_T.LEDGER, {_V.SEE}, _S.PLACE, _TOWN),
    _row(_T.FIGURE, {_V.SEE}, _S.PLACE, _SCHOOL | _ABOVE | {_P.REPORTING_OFFICER}),
    _row(_T.FIGURE, {_V.EXPORT, _V.RECORD}, _S.PLACE, _OFFICE | {_P.ENROLMENT_OFFICER} | _COUNTY),
    _row(_T.REPORT, {_V.SEE, _V.CHECK}, _S.CLASS, {_P.CLASS_TEACHER}),
    _row(_T.REPORT, {_V.SEE}, _S.PLACE, _SCHOOL | _ABOVE | {_P.REPORTING_OFFICER}),
    _row(
        _T.REPORT,
        {_V.DRAW_UP, _V.EXPORT},
        _S.PLACE,
        _OFFICE | _ABOVE | {_P.ENROLMENT_OFFICER, _P.REPORTING_OFFICER},
    ),
    # By whom among them each step is taken follows from the policy in force.
    _row(_T.REPORT, {_V.CHECK}, _S.PLACE, _OFFICE | {_P.ENROLMENT_OFFICER, _P.REPORTING_OFFICER} | _ABOVE),
    _row(_T.REPORT, {_V.SIGN}, _S.PLACE, {_P.PRINCIPAL} | _ABOVE),
    _row(_T.REPORT, {_V.CONFIRM}, _S.PLACE, _ABOVE),
    _row(_T.CONTRADICTION, {_V.SEE}, _S.CLASS, {_P.CLASS_TEACHER}),
    _row(_T.CONTRADICTION, {_V.ANSWER}, _S.CLASS, {_P.CLASS_TEACHER}),
    _row(_T.CONTRADICTION, {_V.SEE, _V.ANSWER}, _S.PLACE, _OFFICE | {_P.ENROLMENT_OFFICER} | _ABOVE),
    _row(_T.CONTRADICTION, {_V.IMPORT}, _S.PLACE, _OFFICE | {_P.ENROLMENT_OFFICER} | _ABOVE),
    # 督导: those who are asked are never those who wrote the record.
    _row(_T.QUESTION, {_V.SEE, _V.ANSWER}, _S.PLACE, {_P.PRINCIPAL} | _ABOVE),
    _row(_T.INSPECTION, {_V.SEE}, _S.PLACE, _OFFICE | _ABOVE),
    _row(_T.INSPECTION, {_V.RECORD}, _S.PLACE, _COUNTY),
    _row(_T.INSPECTION, {_V.ANSWER}, _S.PLACE, {_P.PRINCIPAL} | _TOWN),
    _row(_T.RECOGNITION, {_V.SEE}, _S.PLACE, _OFFICE | _ABOVE),
    _row(_T.RECOGNITION, {_V.ASK}, _S.PLACE, _HEADS),
    _row(_T.RECOGNITION, {_V.APPROVE}, _S.PLACE, _COUNTY),
    _row(_T.INSPECTION_PACK, {_V.EXPORT}, _S.PLACE, _OFFICE | {_P.TOWNSHIP} | _COUNTY),
    _row(_T.COMPLIANCE_PACK, {_V.EXPORT}, _S.PLACE, {_P.COUNTY_BUREAU, _P.AUDIT_OFFICER}),
    # 制度
    _row(_T.POLICY, {_V.SEE, _V.ADOPT}, _S.PLACE, {_P.PRINCIPAL, _P.COUNTY_BUREAU}),
    # 人员: the security officer grants and sees no child; nobody appoints themselves (`services.appointing`).
    _row(_T.PEOPLE, {_V.SEE, _V.APPOINT, _V.INVITE}, _S.PLACE, _OFFICE | _TOWN | {_P.COUNTY_BUREAU}),
    _row(_T.PEOPLE, {_V.SEE, _V.APPOINT, _V.INVITE}, _S.PLACE, {_P.SECURITY_OFFICER}),
    _row(_T.PEOPLE, {_V.SEE, _V.INVITE}, _S.PLACE, {_P.SYSTEM_OFFICER}),
    _row(_T.PEOPLE, {_V.SEE}, _S.PLACE, {_P.AUDIT_OFFICER, _P.SUPERVISION_OFFICE}),
    _row(_T.PLACE, {_V.SEE, _V.CHANGE}, _S.PLACE, _OFFICE | _TOWN | {_P.COUNTY_BUREAU, _P.SYSTEM_OFFICER}),
    _row(_T.PLACE, {_V.MERGE}, _S.PLACE, {_P.COUNTY_BUREAU}),
    _row(_T.GAP, {_V.SEE}, _S.PLACE, _OFFICE | _ABOVE | {_P.SECURITY_OFFICER}),
    # 紧急查看 and what watches over it.
    _row(
        _T.BREAK_GLASS, {_V.SEE, _V.ASK}, _S.PLACE, _OFFICE | _ABOVE | {_P.DUTY_OFFICER}, _F.BASIC, _F.CONTACT
    ),
    _row(_T.JOURNAL, {_V.SEE}, _S.PLACE, {_P.AUDIT_OFFICER}),
    # Whoever keeps the telephone numbers of the staff puts right what could not be delivered.
    _row(_T.OUTBOX, {_V.SEE}, _S.PLACE, _OFFICE | _TOWN | {_P.COUNTY_BUREAU, _P.SYSTEM_OFFICER}),
    # 群众与家长: a tip is followed up above the school it may be about; below the county it is known only in
    # the words in which the county passed it on.
    _row(_T.TIP, {_V.SEE, _V.ANSWER, _V.FORWARD}, _S.PLACE, _COUNTY, _F.REPORTER),
    _row(_T.FORWARDED_TIP, {_V.SEE, _V.ANSWER}, _S.PLACE, _OFFICE | _TOWN),
    _row(_T.CONTEST, {_V.SEE, _V.ANSWER}, _S.PLACE, _OFFICE | {_P.COUNTY_BUREAU}),
    # 反馈: whoever could answer for themselves does not hand out the codes.
    _row(_T.FEEDBACK, {_V.SEE, _V.EXPORT}, _S.PLACE, _COUNTY),
    _row(_T.FEEDBACK, {_V.SEE}, _S.PLACE, _OFFICE | _TOWN),
)

# What each address asks for; kept in the order of `web.urls`.
ADDRESSES: Mapping[str, Asked | Open] = {
    "web:today": OWN,
    "web:tip": PUBLIC,
    "web:tip_status": PUBLIC,
    "web:tip_poster": PUBLIC,
    "web:feedback": PUBLIC,
    "web:family": PUBLIC,
    "web:leave_family": PUBLIC,
    "web:family_form": PUBLIC,
    "web:guardian_link": PUBLIC,
    "web:guardian_links": Asked(_T.CHILD, do=_V.RECORD),
    "web:take_explained": Asked(_T.CHILD, do=_V.GRANT_LEAVE),
    "web:tips": Asked(_T.TIP),
    "web:passed_tips": Asked(_T.FORWARDED_TIP),
    "web:passed_tip": Asked(_T.FORWARDED_TIP, do=_V.ANSWER),
    "web:one_tip": Asked(_T.TIP, do=_V.ANSWER),
    "web:reporter": Asked(_T.TIP, do=_V.ANSWER),
    "web:contests": Asked(_T.CONTEST),
    "web:contest": Asked(_T.CONTEST, do=_V.ANSWER),
    "web:feedback_results": Asked(_T.FEEDBACK, do=_V.EXPORT),
    "web:feedback_slips": Asked(_T.FEEDBACK, see=_V.EXPORT),
    "web:my_pairings": OWN,
    "web:supports": Asked(_T.SUPPORT),
    "web:pairing": OWN,  # its helper, or whoever supports the child
    "web:record_help": OWN,
    "web:tuition": OWN,  # the teachers of the plan, or whoever supports the child
    "web:record_tuition": OWN,
    "web:correct_tuition": OWN,
    "web:support": Asked(_T.SUPPORT),
    "web:ask_relief": Asked(_T.SUPPORT, _V.ASK, _V.ASK),
    "web:decide_relief": Asked(_T.SUPPORT, _V.APPROVE, _V.APPROVE),
    "web:add_pairing": Asked(_T.SUPPORT, _V.RECORD, _V.RECORD),
    "web:end_pairing": Asked(_T.SUPPORT, _V.RECORD, _V.RECORD),
    "web:plan_tuition": Asked(_T.SUPPORT, _V.RECORD, _V.RECORD),
    "web:review_tuition": Asked(_T.SUPPORT, _V.RECORD, _V.RECORD),
    "web:support_at": Asked(_T.SUPPORT),
    "web:relief_list": Asked(_T.SUPPORT),
    "web:papers": Asked(_T.PAPER),
    "web:make_paper": Asked(_T.PAPER, _V.ISSUE, _V.ISSUE),
    "web:papers_at": Asked(_T.PAPER),
    "web:make_paper_at": Asked(_T.PAPER, _V.ISSUE, _V.ISSUE),
    "web:paper_templates": Asked(_T.TEMPLATE),
    "web:paper_template": Asked(_T.TEMPLATE, do=_V.CHANGE),
    "web:paper": Asked(_T.PAPER),
    "web:serve_paper": Asked(_T.PAPER, _V.RECORD, _V.RECORD),
    "web:replace_paper": Asked(_T.PAPER, _V.ISSUE, _V.ISSUE),
    "web:reports": Asked(_T.REPORT),
    "web:reporting": Asked(_T.REPORT),
    "web:draw_report": Asked(_T.REPORT, _V.DRAW_UP, _V.DRAW_UP),
    "web:report": Asked(_T.REPORT),  # who may take the next step follows from the policy in force
    "web:class_check": Asked(_T.REPORT, do=_V.CHECK),
    "web:report_rows": Asked(_T.REPORT),
    "web:login": PUBLIC,
    "web:second_factor": PUBLIC,  # asks for whoever gave the password a moment ago
    "web:set_up_factor": PUBLIC,
    "web:organisation": PUBLIC,
    "web:organisation_back": PUBLIC,
    "web:logout": PUBLIC,
    "web:link": PUBLIC,
    "web:account": OWN,
    "web:password": OWN,
    "web:recovery_codes": OWN,
    "web:take_off_factor": OWN,
    "web:end_all": OWN,
    "web:end_sign_in": OWN,
    "web:ways": OWN,
    "web:first_way": OWN,
    "web:stop_way": OWN,
    "web:tokens": OWN,
    "web:end_token": OWN,
    # 给程序用的接口: a token stands for a person, and the rows of the table for its posts.
    "api:docs": PUBLIC,
    "api:openapi": PUBLIC,
    "api:nothing": PUBLIC,
    "api:me": OWN,
    "api:classes": Asked(_T.ROLL_CALL),
    "api:roll_call": Asked(_T.ROLL_CALL, do=_V.TAKE),
    "api:owed": Asked(_T.OBLIGATION),
    "api:child": Asked(_T.CHILD),
    "api:silent": Asked(_T.TOWNSHIP_BOARD),
    "web:outbox": Asked(_T.OUTBOX),
    "web:invite": Asked(_T.PEOPLE, see=_V.INVITE, do=_V.INVITE),
    "web:person": OWN,  # oneself, or somebody where one of one's posts sees people
    "web:people": Asked(_T.PEOPLE),
    "web:people_at": Asked(_T.PEOPLE),
    "web:appoint": Asked(_T.PEOPLE, _V.APPOINT, _V.APPOINT),
    "web:end_post": Asked(_T.PEOPLE, _V.APPOINT, _V.APPOINT),
    "web:deputy": Asked(_T.PEOPLE, _V.APPOINT, _V.APPOINT),
    "web:pass_on": Asked(_T.PEOPLE, _V.APPOINT, _V.APPOINT),
    "web:hand_over": OWN,  # whoever hands over, takes, or made it
    "web:gaps": Asked(_T.GAP),
    "web:break_glass": Asked(_T.BREAK_GLASS, _V.ASK, _V.ASK),
    "web:sight": Asked(_T.BREAK_GLASS),
    "web:sensitive_reads": Asked(_T.JOURNAL),
    "web:places": Asked(_T.PLACE),
    "web:add_place": Asked(_T.PLACE, _V.CHANGE, _V.CHANGE),
    "web:rename_place": Asked(_T.PLACE, _V.CHANGE, _V.CHANGE),
    "web:close_place": Asked(_T.PLACE, _V.CHANGE, _V.CHANGE),  # what an office closes follows from its kind
    "web:reopen_place": Asked(_T.PLACE, _V.CHANGE, _V.CHANGE),
    "web:move_place": Asked(_T.PLACE, _V.MERGE, _V.MERGE),
    "web:add_class": Asked(_T.PLACE, _V.CHANGE, _V.CHANGE),
    "web:rename_class": Asked(_T.PLACE, _V.CHANGE, _V.CHANGE),
    "web:language": PUBLIC,
    "web:roll_call": Asked(_T.ROLL_CALL, do=_V.TAKE),
    "web:settle": Asked(_T.ROLL_CALL, do=_V.SETTLE),
    "web:receipt": Asked(_T.ROLL_CALL),
    "web:child": Asked(_T.CHILD),
    "web:proof": Asked(_T.CASE, _V.EXPORT, _V.EXPORT),
    "web:obligation": Asked(_T.CHILD),
    "web:correct": Asked(_T.ROLL_CALL, do=_V.CORRECT),
    "web:end_leave": Asked(_T.CHILD, do=_V.GRANT_LEAVE),
    "web:home": Asked(_T.CHILD, _V.CHANGE, _V.CHANGE),
    "web:house": Asked(_T.CHILD, _V.CHANGE, _V.CHANGE),
    "web:groups": Asked(_T.CHILD, _V.CHANGE, _V.CHANGE),
    "web:add_guardian": Asked(_T.CHILD, _V.CHANGE, _V.CHANGE),
    "web:guardian_phone": Asked(_T.CHILD, _V.CHANGE, _V.CHANGE),
    "web:search": Asked(_T.CHILD),
    "web:identity": Asked(_T.CHILD),  # shown to whoever has the fields; the page says who has
    "web:visit": Asked(_T.CHILD, do=_V.RECORD),
    "web:visit_record": Asked(_T.CHILD, do=_V.RECORD),
    "web:attachment": Asked(_T.CHILD),  # of a private record only with the fields; each look is journalled
    "web:group_visit": Asked(_T.CLASS),  # which of its children follows from who may record about them
    "web:visit_counts": Asked(_T.SCHOOL_BOARD),
    "web:visit_list": Asked(_T.SCHOOL_BOARD),
    "web:act": Asked(_T.CHILD, do=_V.RECORD),
    "web:duty": Asked(_T.OBLIGATION),  # who may do it follows from the post that owes it
    "web:board": OWN,
    "web:school_board": Asked(_T.SCHOOL_BOARD),
    "web:first": OWN,
    "web:lessons": Asked(_T.ROLL_CALL, do=_V.TAKE),
    "web:village": Asked(_T.VILLAGE_BOARD),
    "web:update": Asked(_T.VILLAGE_BOARD, do=_V.RECORD),
    "web:principal": Asked(_T.SCHOOL_BOARD),
    "web:township": Asked(_T.TOWNSHIP_BOARD),
    "web:county": Asked(_T.COUNTY_BOARD),
    "web:reviewed": Asked(_T.COUNTY_BOARD, do=_V.REVIEW),
    "web:season": Asked(_T.SCHOOL_BOARD),
    "web:charts": Asked(_T.FIGURE),
    "web:chart_list": Asked(_T.FIGURE),
    "web:export_chart": Asked(_T.FIGURE, _V.EXPORT),
    "web:inspection_pack": Asked(_T.INSPECTION_PACK, _V.EXPORT, _V.EXPORT),
    "web:compliance_pack": Asked(_T.COMPLIANCE_PACK, _V.EXPORT, _V.EXPORT),
    "web:list_schools": Asked(_T.SCHOOL_BOARD),
    "web:list_cases": Asked(_T.CASE),
    "web:list_returns": Asked(_T.CASE),
    "web:list_absent": Asked(_T.CHILD),
    "web:list_group": Asked(_T.CHILD),
    "web:list_overdue": Asked(_T.OBLIGATION),
    "web:figures": Asked(_T.FIGURE),
    "web:figure_list": Asked(_T.FIGURE),  # of its children, those whom the reader may see
    "web:counts_given": Asked(_T.FIGURE, _V.RECORD, _V.RECORD),
    "web:export_figures": Asked(_T.FIGURE, _V.EXPORT, _V.EXPORT),
    "web:figure_known": Asked(_T.FIGURE),
    "web:enrolment": Asked(_T.ENROLMENT),
    "web:quadrant": Asked(_T.ENROLMENT),
    "web:changes": Asked(_T.CHANGE),
    "web:change": Asked(_T.CHANGE),  # who may take the step whose turn it is follows from the change
    "web:child_enrolment": Asked(_T.CHANGE),
    "web:ask_change": Asked(_T.CHANGE, _V.ASK, _V.ASK),
    "web:route": Asked(_T.CHANGE, _V.ASK, _V.ASK),
    "web:end_route": Asked(_T.CHANGE, _V.ASK, _V.ASK),
    "web:whereabouts": Asked(_T.CHANGE, _V.ASK, _V.ASK),
    "web:transfer_in": Asked(_T.CHANGE, _V.ASK, _V.ASK),
    "web:enter_pupil": Asked(_T.CHANGE, _V.ASK, _V.ASK),
    "web:leave_together": Asked(_T.CHANGE, _V.ASK, _V.ASK),
    "web:arrive_together": Asked(_T.CHANGE, _V.ASK, _V.ASK),
    "web:take_in": Asked(_T.CHANGE, _V.ASK, _V.ASK),
    "web:complete_child": Asked(_T.CHILD, _V.CHANGE, _V.CHANGE),
    "web:same_child": Asked(_T.SAME_CHILD, _V.ASK, _V.ASK),
    "web:never_enrolled": Asked(_T.NEVER_ENROLLED),
    "web:find_never_enrolled": Asked(_T.NEVER_ENROLLED, _V.RECORD, _V.RECORD),
    "web:never_enrolled_list": Asked(_T.NEVER_ENROLLED, _V.RECORD, _V.RECORD),
    "web:roster": Asked(_T.ROSTER, _V.IMPORT, _V.IMPORT),
    "web:registers": Asked(_T.REGISTER),
    "web:register": Asked(_T.REGISTER),
    "web:export_register": Asked(_T.REGISTER, _V.EXPORT, _V.EXPORT),
    "web:child_file": Asked(_T.CHILD, do=_V.EXPORT),
    "web:class_file": Asked(_T.LEDGER, do=_V.EXPORT),
    "web:ledgers": Asked(_T.LEDGER),
    "web:ledger": Asked(_T.LEDGER),
    "web:ledger_template": Asked(_T.TEMPLATE, do=_V.CHANGE),
    "web:export_ledger": Asked(_T.LEDGER, _V.EXPORT, _V.EXPORT),
    "web:close_outs": Asked(_T.CASE, _V.CHANGE),
    "web:close": Asked(_T.CASE, do=_V.CLOSE_OUT),
    "web:evidence": Asked(_T.CASE, _V.CHANGE, _V.CHANGE),
    "web:review_close_out": Asked(_T.CASE, do=_V.APPROVE),  # by whom follows from the policy in force
    "web:placement": Asked(_T.CHANGE, _V.ASK, _V.ASK),
    "web:offline": PUBLIC,  # the empty page: what it shows comes from the telephone
    "web:offline_worker": PUBLIC,
    "web:offline_manifest": PUBLIC,
    "web:offline_rescue": OWN,
    "web:offline_device": OWN,
    "web:offline_bundle": OWN,
    "web:offline_records": OWN,
    "web:offline_devices": OWN,
    "web:revoke_device": OWN,  # one's own
    "web:offline_checks": Asked(_T.OFFLINE),
    "web:offline_check": Asked(_T.OFFLINE, do=_V.SETTLE),
    "web:case": Asked(_T.CASE),
    "web:list_reasons": Asked(_T.CASE),
    "web:case_reasons": Asked(_T.CASE, _V.CHANGE, _V.CHANGE),
    "web:case_plan": Asked(_T.CASE, _V.CHANGE, _V.CHANGE),
    "web:case_step": Asked(_T.CASE),  # who may do a part follows from the posts that owe it
    "web:honesty": Asked(_T.FIGURE),
    "web:questions": Asked(_T.QUESTION),
    "web:question": Asked(_T.QUESTION, do=_V.ANSWER),
    "web:inspections": Asked(_T.INSPECTION),
    "web:record_inspection": Asked(_T.INSPECTION, _V.RECORD, _V.RECORD),
    "web:inspection": Asked(_T.INSPECTION),
    "web:add_finding": Asked(_T.INSPECTION, _V.RECORD, _V.RECORD),
    "web:take_measure": Asked(_T.INSPECTION, _V.RECORD, _V.RECORD),
    "web:report_rectified": Asked(_T.INSPECTION, _V.ANSWER, _V.ANSWER),
    "web:reinspect": Asked(_T.INSPECTION, _V.RECORD, _V.RECORD),
    "web:samples": Asked(_T.INSPECTION),
    "web:announce_sample": Asked(_T.INSPECTION, _V.RECORD, _V.RECORD),
    "web:sample": Asked(_T.INSPECTION),
    "web:sample_list": Asked(_T.INSPECTION),
    "web:draw_sample": Asked(_T.INSPECTION, _V.RECORD, _V.RECORD),
    "web:record_revisit": Asked(_T.INSPECTION, _V.RECORD, _V.RECORD),
    "web:recognitions": Asked(_T.RECOGNITION),
    "web:ask_recognition": Asked(_T.RECOGNITION, _V.ASK, _V.ASK),
    "web:decide_recognition": Asked(_T.RECOGNITION, do=_V.APPROVE),
    "web:hand_off": Asked(_T.CASE_HAND_OFF, _V.ASK, _V.ASK),
    "web:hand_offs": Asked(_T.CASE_HAND_OFF),
    "web:answer_hand_off": Asked(_T.CASE_HAND_OFF),  # the receiver answers, the sender takes back
    "web:contradictions": Asked(_T.CONTRADICTION),
    "web:contradictions_at": Asked(_T.CONTRADICTION),
    "web:contradiction": Asked(_T.CONTRADICTION, do=_V.ANSWER),
    "web:outside_tables": Asked(_T.CONTRADICTION, _V.IMPORT, _V.IMPORT),
    "web:next_morning": PUBLIC,
}

# Who decides who holds which post, at and below the place where they hold their own.
_BY_OFFICE = frozenset(_IN_CLASS | {_P.GRADE_HEAD, _P.HOUSE_PARENT, _P.DUTY_OFFICER})
_BY_PRINCIPAL = _BY_OFFICE | {
    _P.SCHOOL_OFFICE,
    _P.VICE_PRINCIPAL,
    _P.ENROLMENT_OFFICER,
    _P.REPORTING_OFFICER,
}
_BY_CENTRAL_SCHOOL = _BY_PRINCIPAL | {_P.PRINCIPAL}
_BY_COUNTY = _BY_CENTRAL_SCHOOL | _VILLAGE | _TOWN
APPOINTS: Mapping[Post, frozenset[Post]] = {
    _P.SCHOOL_OFFICE: _BY_OFFICE,
    _P.VICE_PRINCIPAL: _BY_OFFICE,
    _P.PRINCIPAL: _BY_PRINCIPAL,
    _P.CENTRAL_SCHOOL: _BY_CENTRAL_SCHOOL,
    _P.TOWNSHIP: frozenset(_VILLAGE),
    _P.COUNTY_BUREAU: frozenset(_BY_COUNTY),
    # Grants every post in the county, its own successor's too, and sees no child.
    _P.SECURITY_OFFICER: frozenset(_BY_COUNTY | _COUNTY)
    | {_P.SYSTEM_OFFICER, _P.SECURITY_OFFICER, _P.AUDIT_OFFICER},
}

# Which part of a child's data each key group belongs to.
GROUP_FIELDS: Mapping[KeyGroup, Fields] = {
    **dict.fromkeys(KeyGroup, _F.HARDSHIP),
    KeyGroup.DISABLED: _F.HEALTH,
    KeyGroup.ILL: _F.HEALTH,
    KeyGroup.STUDY_DIFFICULTY: _F.NOTES,
    KeyGroup.JUSTICE: _F.NOTES,
}


@cache
def posts_that(thing: Thing, verb: Verb) -> frozenset[Post]:
    """The posts that may do it somewhere."""
    return frozenset(p for row in TABLE if row.thing is thing and verb in row.verbs for p in row.posts)


@cache
def scopes_of(post: Post, thing: Thing, verb: Verb) -> frozenset[Scope]:
    """How far a post reaches when it does this; empty when it may not."""
    return frozenset(
        row.scope for row in TABLE if row.thing is thing and verb in row.verbs and post in row.posts
    )


@cache
def fields_of(post: Post, thing: Thing, scope: Scope) -> frozenset[Fields]:
    """The parts of a child's data that a post is shown within a scope."""
    rows = (r for r in TABLE if r.thing is thing and r.scope is scope and post in r.posts)
    return frozenset(each for row in rows for each in row.fields)


# Which part of a child's data it gives away what a helper is there for; the others may know of it.
PURPOSE_FIELDS: Mapping[PairingPurpose, frozenset[Fields]] = {
    **dict.fromkeys(PairingPurpose, frozenset()),
    PairingPurpose.STUDY: frozenset({_F.NOTES}),
    PairingPurpose.HARDSHIP: frozenset({_F.HARDSHIP}),
    PairingPurpose.LEFT_BEHIND: frozenset({_F.HARDSHIP}),
}
