"""The vocabulary: every code the system stores, with its one Chinese and one English label."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A stored code: an upper-case word that knows its label in both languages."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str, en: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        member.en = en
        return member

    def label(self, language: str = "zh") -> str:
        """The label shown to people, Chinese unless `language` starts with "en"."""
        return self.en if language.startswith("en") else self.zh


class AttendanceStatus(Term):
    """考勤标记: what one roll call says of one child; silence is a value of its own."""

    PRESENT = "PRESENT", "到校", "present"
    ABSENT = "ABSENT", "旷课", "absent"
    LEAVE = "LEAVE", "请假", "on leave"
    LATE = "LATE", "迟到", "late"
    UNRECORDED = "UNRECORDED", "未点名", "unrecorded"


class AbsenceReason(Term):
    """原因: why a child is not in class, as far as anybody knows."""

    UNEXCUSED = "UNEXCUSED", "无故", "no reason"
    UNKNOWN = "UNKNOWN", "不明", "not known"
    SICK = "SICK", "病假", "sick"
    PERSONAL = "PERSONAL", "事假", "personal"
    OFFICIAL = "OFFICIAL", "公假", "school business"


class SessionKind(Term):
    """节次: the part of a school day that one roll call covers."""

    MORNING = "MORNING", "晨检", "morning check"
    LESSON = "LESSON", "课", "lesson"
    EVENING = "EVENING", "晚点名", "evening check"


class Act(Term):
    """应办动作: what a rule obliges somebody to do."""

    TAKE_ROLL_CALL = "TAKE_ROLL_CALL", "点名", "take the roll call"
    RECORD = "RECORD", "登记", "write down"
    REPORT = "REPORT", "报告", "report"
    CONTACT_GUARDIAN = "CONTACT_GUARDIAN", "联系家长", "contact the guardian"
    HOME_VISIT = "HOME_VISIT", "家访", "visit the home"
    HOSPITAL_VISIT = "HOSPITAL_VISIT", "到院看望", "visit in hospital"
    PERSUADE = "PERSUADE", "劝返", "persuade to return"
    PLAN = "PLAN", "制定劝返方案", "make a plan"
    REGISTER = "REGISTER", "登记造册", "enter in the register"
    MARK_IN_NATIONAL_SYSTEM = (
        "MARK_IN_NATIONAL_SYSTEM",
        "在学籍系统标记",
        "mark in the national enrolment system",
    )
    LOG_IN_NATIONAL_SYSTEM = (
        "LOG_IN_NATIONAL_SYSTEM",
        "登录学籍系统核对异动",
        "log in to the enrolment system and check changes",
    )
    WRITTEN_REPORT = "WRITTEN_REPORT", "书面报告", "report in writing"
    NOTICE = "NOTICE", "发出通知书", "issue a notice"
    VERIFY = "VERIFY", "核实", "verify"
    FOLLOW_UP_CALL = "FOLLOW_UP_CALL", "电话回访", "call back"
    PAIR = "PAIR", "结对帮扶", "pair with a helper"
    HELP = "HELP", "帮扶", "help"
    MEET = "MEET", "开会研究", "meet"
    PUBLICISE = "PUBLICISE", "宣传", "publicise"
    DRAW_UP = "DRAW_UP", "编制报表", "draw up a report"
    REVIEW = "REVIEW", "复核", "review"
    INSPECT = "INSPECT", "督导", "inspect"
    SIGN = "SIGN", "签订", "sign"
    HAND_OVER = "HAND_OVER", "移交", "hand over"
    CLOSE_OUT = "CLOSE_OUT", "销号", "close out"
    ANSWER_TRANSFER = "ANSWER_TRANSFER", "答复转学申请", "answer the transfer request"
    CONFIRM_TRANSFER = "CONFIRM_TRANSFER", "确认接收转学", "confirm that the child is received"
    APPROVE_CHANGE = "APPROVE_CHANGE", "审批学籍异动", "decide on the enrolment change"
    RESUME_OR_RENEW = "RESUME_OR_RENEW", "办理复学或续休", "resume school or renew the suspension"
    TAKE_IN = "TAKE_IN", "办理入学", "take the child into school"
    EXPLAIN = "EXPLAIN", "说明去向", "say where the child is"


class Post(Term):
    """岗位: who answers; a post is held by a person for a time, obligations belong to the post."""

    CLASS_TEACHER = "CLASS_TEACHER", "班主任", "class teacher"
    ROLL_CALL_TAKER = "ROLL_CALL_TAKER", "点名教师", "teacher who took the roll call"
    SUBJECT_TEACHER = "SUBJECT_TEACHER", "科任教师", "subject teacher"
    ASSIGNED_TEACHER = "ASSIGNED_TEACHER", "挂包教师", "teacher assigned to the class"
    VISITING_TEACHER = "VISITING_TEACHER", "家访教师", "teacher who visits"
    GRADE_HEAD = "GRADE_HEAD", "年级组长", "head of grade"
    HOUSE_PARENT = "HOUSE_PARENT", "生活教师", "house parent"
    DUTY_OFFICER = "DUTY_OFFICER", "值日行政", "duty officer"
    SCHOOL_OFFICE = "SCHOOL_OFFICE", "教导处", "school office"
    ENROLMENT_OFFICER = "ENROLMENT_OFFICER", "学籍管理员", "enrolment officer"
    REPORTING_OFFICER = "REPORTING_OFFICER", "监测报告员", "reporting officer"
    VICE_PRINCIPAL = "VICE_PRINCIPAL", "分管副校长", "vice-principal"
    PRINCIPAL = "PRINCIPAL", "校长", "principal"
    CENTRAL_SCHOOL = "CENTRAL_SCHOOL", "中心校", "central school"
    VILLAGE_COMMITTEE = "VILLAGE_COMMITTEE", "村委会", "village committee"
    VILLAGE_CADRE = "VILLAGE_CADRE", "包保干部", "assigned cadre"
    TOWNSHIP = "TOWNSHIP", "乡镇政府", "township government"
    COUNTY_BUREAU = "COUNTY_BUREAU", "县教育局", "county education bureau"
    SUPERVISION_OFFICE = "SUPERVISION_OFFICE", "督导室", "supervision office"
    CITY_BUREAU = "CITY_BUREAU", "市教育局", "city education bureau"
    PROVINCE = "PROVINCE", "省教育厅", "provincial education department"
    MINISTRY = "MINISTRY", "教育部", "Ministry of Education"
    GUARDIAN = "GUARDIAN", "监护人", "guardian"
    SYSTEM_OFFICER = "SYSTEM_OFFICER", "系统管理员", "system officer"
    SECURITY_OFFICER = "SECURITY_OFFICER", "安全管理员", "security officer"
    AUDIT_OFFICER = "AUDIT_OFFICER", "审计管理员", "audit officer"


class ActOutcome(Term):
    """结果: what an act found or achieved."""

    DONE = "DONE", "已办", "done"
    REACHED = "REACHED", "联系上", "reached"
    UNREACHABLE = "UNREACHABLE", "联系不上", "could not be reached"
    PROMISED_RETURN = "PROMISED_RETURN", "承诺返校", "promised to return"
    REFUSED = "REFUSED", "拒绝返校", "refused to return"
    CONFIRMED_DROPOUT = "CONFIRMED_DROPOUT", "确认辍学", "dropout confirmed"
    ELSEWHERE = "ELSEWHERE", "在外地就读", "attends school elsewhere"


class EventKind(Term):
    """事件: something a person states about a child that may set a rule going."""

    CAME_BACK = "CAME_BACK", "返校", "came back to school"
    UNREACHABLE = "UNREACHABLE", "联系不上", "cannot be reached"
    ASKED_TO_LEAVE = "ASKED_TO_LEAVE", "要求退学", "asked to leave school"
    WEARY_OF_SCHOOL = "WEARY_OF_SCHOOL", "厌学", "weary of school"
    SIGNS_OF_LEAVING = "SIGNS_OF_LEAVING", "有辍学苗头", "signs of leaving"
    INJURY_AT_SCHOOL = "INJURY_AT_SCHOOL", "在校受伤", "injured at school"
    FAMILY_MISFORTUNE = "FAMILY_MISFORTUNE", "家庭变故", "misfortune in the family"
    MARKS_FELL = "MARKS_FELL", "成绩明显下降", "marks fell"
    MISCONDUCT = "MISCONDUCT", "违纪", "misconduct"
    PROGRESS = "PROGRESS", "明显进步", "clear progress"
    ON_ROLL_NOT_ATTENDING = "ON_ROLL_NOT_ATTENDING", "在籍不在校", "on roll, not attending"
    TRANSFER_ASKED = "TRANSFER_ASKED", "申请转学", "transfer asked for"
    TRANSFER_AGREED = "TRANSFER_AGREED", "转出学校同意转学", "the school it leaves agreed to the transfer"
    TRANSFER_ENDED = "TRANSFER_ENDED", "转学终止", "transfer refused or taken back"
    CHANGE_AGREED = "CHANGE_AGREED", "学校同意学籍异动", "the school agreed to the enrolment change"
    CHANGE_ENDED = "CHANGE_ENDED", "学籍异动终止", "enrolment change refused or taken back"
    SUSPENSION_ENDING = "SUSPENSION_ENDING", "休学将到期", "suspension about to end"
    SUSPENSION_ENDED = "SUSPENSION_ENDED", "休学到期", "suspension over"
    RESUMED = "RESUMED", "复学", "resumed school"
    DIED = "DIED", "死亡", "died"
    DEFERRAL_ENDED = "DEFERRAL_ENDED", "延缓入学到期", "deferred entry over"
    NOT_ON_ROSTER = "NOT_ON_ROSTER", "名册上没有了", "no longer on the roster"
    NEVER_ENROLLED = "NEVER_ENROLLED", "查明从未入学", "found never to have been enrolled"
    SAME_CHILD = "SAME_CHILD", "查明是重复记录", "found to be a second record of one child"


class Stage(Term):
    """阶段: where a child stands between the first sign and the settled ledger line."""

    ATTENDING = "ATTENDING", "在校", "attending"
    AT_RISK = "AT_RISK", "临界", "at risk"
    SUSPECTED_DROPOUT = "SUSPECTED_DROPOUT", "疑似辍学", "suspected dropout"
    DROPOUT = "DROPOUT", "辍学", "dropout"
    NEVER_ENROLLED = "NEVER_ENROLLED", "失学", "out of school, never enrolled"
    ENROLLED_ELSEWHERE = "ENROLLED_ELSEWHERE", "在外就读", "on roll elsewhere"
    BACK = "BACK", "已返校", "back in school"
    HELD = "HELD", "稳定在校", "held"
    CLOSED = "CLOSED", "已销号", "closed out"


class StageEvent(Term):
    """阶段事件: what moves a child from one stage to another (the table is in `stages`)."""

    AT_RISK = "AT_RISK", "出现临界情形", "found at risk"
    SUSPECTED = "SUSPECTED", "达到疑似辍学", "suspected"
    CONFIRMED = "CONFIRMED", "确认辍学", "confirmed"
    NEVER_ENROLLED = "NEVER_ENROLLED", "查明失学", "found never enrolled"
    FOUND_ELSEWHERE = "FOUND_ELSEWHERE", "查明在外就读", "found on roll elsewhere"
    CAME_BACK = "CAME_BACK", "返校", "came back"
    HELD = "HELD", "达到稳定在校", "stayed long enough"
    CLOSED_OUT = "CLOSED_OUT", "销号", "closed out"


class ObligationState(Term):
    """状态: how an obligation stands; late is a property of its own and never wears off."""

    OPEN = "OPEN", "待办", "open"
    OVERDUE = "OVERDUE", "逾期", "overdue"
    MET = "MET", "已办", "met"
    WITHDRAWN = "WITHDRAWN", "撤回", "withdrawn"


class DayKind(Term):
    """时限单位: which kind of time a limit counts; a limit that does not say is refused."""

    HOUR = "HOUR", "小时", "hour"
    SCHOOL_HOUR = "SCHOOL_HOUR", "在校小时", "school hour"
    LESSON = "LESSON", "节课", "lesson"
    SESSION = "SESSION", "节次", "session"
    HALF_DAY = "HALF_DAY", "半个上课日", "half school day"
    SAME_DAY = "SAME_DAY", "当日", "same day"
    MORNING_CHECK = "MORNING_CHECK", "次日晨检前", "before the next morning check"
    SCHOOL_DAY = "SCHOOL_DAY", "上课日", "school day"
    WORKING_DAY = "WORKING_DAY", "工作日", "working day"
    CALENDAR_DAY = "CALENDAR_DAY", "日历日", "calendar day"
    WEEK_OF_TERM = "WEEK_OF_TERM", "开学第几周", "week of term"
    BY_THE_NTH = "BY_THE_NTH", "每月几日前", "by the nth of the month"
    MONTH_END = "MONTH_END", "月底前", "month end"
    TERM_END = "TERM_END", "学期末前", "term end"
    SCHOOL_YEAR_END = "SCHOOL_YEAR_END", "学年末前", "school year end"


class Evidence(Term):
    """佐证: what must lie beside an act before it counts."""

    VISIT_RECORD = "VISIT_RECORD", "家访记录", "visit record"
    CONTACT_RECORD = "CONTACT_RECORD", "联系记录", "contact record"
    PERSUASION_RECORD = "PERSUASION_RECORD", "劝返记录", "persuasion record"
    PLAN_DOCUMENT = "PLAN_DOCUMENT", "劝返方案", "plan"
    WRITTEN_REPORT = "WRITTEN_REPORT", "书面报告", "written report"
    ATTENDANCE = "ATTENDANCE", "到校记录", "attendance"
    TRANSFER_CONFIRMATION = "TRANSFER_CONFIRMATION", "接收学校确认", "receiving school's confirmation"
    TRAVEL_PROOF = "TRAVEL_PROOF", "出境证明", "proof of living abroad"
    DEATH_CERTIFICATE = "DEATH_CERTIFICATE", "死亡证明", "death certificate"
    COMPLETION_PROOF = "COMPLETION_PROOF", "毕（结）业或超龄证明", "proof of completion or age"
    IDENTITY_PROOF = "IDENTITY_PROOF", "身份核实证明", "proof of the right identity"
    DUPLICATE_PROOF = "DUPLICATE_PROOF", "重复户籍证明", "proof of a double register entry"
    PLACEMENT_PROOF = "PLACEMENT_PROOF", "安置证明", "proof of placement"
    SERVICE_RECEIPT = "SERVICE_RECEIPT", "送达回证", "receipt of service"


class CloseOutKind(Term):
    """销号类型: why a ledger line may be settled."""

    STABLE_RETURN = "STABLE_RETURN", "稳定返校", "stable return"
    TRANSFER_CONFIRMED = "TRANSFER_CONFIRMED", "转学已接收", "transfer confirmed"
    ABROAD = "ABROAD", "出境", "moved abroad"
    DEATH = "DEATH", "死亡", "died"
    OVER_AGE = "OVER_AGE", "超龄或已完成义务教育", "over age or completed"
    DATA_ERROR = "DATA_ERROR", "身份信息有误", "wrong identity data"
    DUPLICATE = "DUPLICATE", "户籍重复登记", "registered twice"
    SPECIAL_PLACEMENT = "SPECIAL_PLACEMENT", "特殊安置", "special placement"


class SkipReason(Term):
    """不计原因: why an interval does not count towards a time limit."""

    VACATION = "VACATION", "不在学期内", "outside term"
    WEEKEND = "WEEKEND", "周末", "weekend"
    HOLIDAY = "HOLIDAY", "法定节假日", "public holiday"
    CLOSURE = "CLOSURE", "停课", "closed"
    OUT_OF_HOURS = "OUT_OF_HOURS", "不在上课时间", "outside school hours"
    UNDER_WAY = "UNDER_WAY", "已经开始的一节", "lesson already under way"


class PlaceKind(Term):
    """单位类别: the kinds of place in the tree."""

    PROVINCE = "PROVINCE", "省", "province"
    CITY = "CITY", "市", "city"
    COUNTY = "COUNTY", "县", "county"
    TOWNSHIP = "TOWNSHIP", "乡镇", "township"
    VILLAGE = "VILLAGE", "村", "village"
    CENTRAL_SCHOOL = "CENTRAL_SCHOOL", "中心校", "central school"
    SCHOOL = "SCHOOL", "学校", "school"
    TEACHING_POINT = "TEACHING_POINT", "教学点", "teaching point"
    GRADE = "GRADE", "年级", "grade"
    BOARDING_HOUSE = "BOARDING_HOUSE", "宿舍", "boarding house"


class Sex(Term):
    """性别 as GB/T 2261.1 codes it."""

    MALE = "MALE", "男", "male"
    FEMALE = "FEMALE", "女", "female"


class KeyGroup(Term):
    """重点对象: why a child is looked after with particular care; never shown to whoever need not know."""

    POVERTY_RELIEVED = "POVERTY_RELIEVED", "脱贫户", "household out of poverty"
    LOW_INCOME = "LOW_INCOME", "低保", "on minimum income support"
    HARDSHIP = "HARDSHIP", "家庭困难", "family in hardship"
    ORPHAN = "ORPHAN", "孤儿", "orphan"
    UNATTENDED = "UNATTENDED", "事实无人抚养", "without anybody to bring it up"
    LEFT_BEHIND_ONE = "LEFT_BEHIND_ONE", "单亲留守", "left behind by one parent"
    LEFT_BEHIND_BOTH = "LEFT_BEHIND_BOTH", "双亲留守", "left behind by both parents"
    MIGRANT = "MIGRANT", "随迁", "child of migrant workers"
    RELOCATED = "RELOCATED", "易地搬迁", "relocated family"
    DISABLED = "DISABLED", "残疾", "disabled"
    ILL = "ILL", "长期患病", "ill for a long time"
    STUDY_DIFFICULTY = "STUDY_DIFFICULTY", "学困", "in difficulty with learning"
    JUSTICE = "JUSTICE", "涉案", "in a case at law"


class GapKind(Term):
    """缺口: why nobody, or more than one, answers for a rung."""

    VACANT = "VACANT", "空缺", "nobody holds the post"
    TWO_HOLDERS = "TWO_HOLDERS", "两人同任", "two people hold the post"
    DEACTIVATED = "DEACTIVATED", "账号已停用", "the holder is deactivated"
    NO_CLASS = "NO_CLASS", "未编班", "the child is in no class"
    NO_SCHOOL = "NO_SCHOOL", "班级无学校", "the class lies in no township or county"
    NOT_RECEIVED = "NOT_RECEIVED", "移交未接收", "a hand-over is not received"


class DeviceKind(Term):
    """设备: whose device somebody signs in on; how long it then stands for them follows from it."""

    OWN = "OWN", "我自己的手机", "my own phone"
    OFFICE = "OFFICE", "办公电脑", "office computer"
    SHARED = "SHARED", "公用电脑", "a computer others use too"


class Channel(Term):
    """渠道: how a message reaches a person."""

    EMAIL = "EMAIL", "电子邮件", "e-mail"
    SMS = "SMS", "短信", "text message"
    WECOM = "WECOM", "企业微信", "WeCom"
    DINGTALK = "DINGTALK", "钉钉", "DingTalk"
    FEISHU = "FEISHU", "飞书", "Feishu"
    WEBHOOK = "WEBHOOK", "接口推送", "webhook"
    PRINTED_SLIP = "PRINTED_SLIP", "纸质提醒条", "printed slip"
    RELAY = "RELAY", "其他推送服务", "another push service"


class TellKind(Term):
    """提醒事由: why a person is told something; texts say counts and moments, never whom it is about."""

    MORNING = "MORNING", "每日晨间提醒", "the morning's list"
    DUE = "DUE", "新的当日待办", "newly due today"
    SOON = "SOON", "即将到期", "about to run out"
    ESCALATE = "ESCALATE", "逾期督办", "overdue, taken a step up"
    HAND_OVER = "HAND_OVER", "移交待接收", "a hand-over waits"
    COVERAGE = "COVERAGE", "岗位空缺", "a gap in the chain of people"
    CLOSE_OUT = "CLOSE_OUT", "销号待审", "a close-out waits"
    CASE = "CASE", "个案事项", "a matter of a case"
    BREAK_GLASS = "BREAK_GLASS", "紧急查看告知", "somebody saw a record by break-glass"
    PUBLIC = "PUBLIC", "家长与群众来件", "something from families or the public"
    REPORT = "REPORT", "报表逾期未报", "a report is overdue"
    UNDELIVERED = "UNDELIVERED", "提醒未送达", "messages could not be delivered"
    CONTRADICTION = "CONTRADICTION", "数据核对", "records that contradict each other"
    QUESTION = "QUESTION", "存疑待核实", "a question about records"
    INSPECTION = "INSPECTION", "督导整改", "a finding of an inspection"
    REPORT_TURN = "REPORT_TURN", "报表待办", "a report waits for a step"
    ASKED = "ASKED", "申请待批", "a request waits for a decision"
    DECIDED = "DECIDED", "申请有结果", "a request was decided"


class MessageState(Term):
    """消息状态: how a message to one person stands."""

    WAITING = "WAITING", "待发", "waiting"
    SENT = "SENT", "已发", "sent"
    IN_DOUBT = "IN_DOUBT", "是否送达不明", "in doubt"
    FAILED = "FAILED", "未送达", "not delivered"
    DROPPED = "DROPPED", "无需再发", "nothing left to tell"


class SendProblem(Term):
    """未送达原因: why a message is not known to have arrived."""

    NOT_REACHED = "NOT_REACHED", "连不上对方服务器", "the server was not reached"
    NO_ANSWER = "NO_ANSWER", "发出后没有应答", "no answer after sending"
    BUSY = "BUSY", "对方忙或限流", "the server was busy"
    REFUSED = "REFUSED", "对方拒收", "refused by the server"
    GARBLED = "GARBLED", "应答无法识别", "the answer was not understood"
    FORBIDDEN_HOST = "FORBIDDEN_HOST", "地址不在许可范围", "the address is not on the allowed list"
    NOT_SET_UP = "NOT_SET_UP", "渠道未配置", "the channel is not set up"
    BAD_ADDRESS = "BAD_ADDRESS", "地址写法不对", "the address is badly written"
    NO_WAY = "NO_WAY", "没有可用的联系方式", "no way to reach the person"
    CUT_OFF = "CUT_OFF", "发送中断", "sending was cut off"


class ResponsibilityLine(Term):
    """双线: the two lines of those who answer for a child."""

    EDUCATION = "EDUCATION", "教育线", "education line"
    ADMINISTRATION = "ADMINISTRATION", "行政线", "administrative line"


class AnswersAs(Term):
    """责任来源: why it is this person who answers on a rung."""

    HOLDER = "HOLDER", "任职", "holds the post"
    DEPUTY = "DEPUTY", "代理", "deputises"
    ASSIGNED = "ASSIGNED", "包保到人", "assigned to the child"


class ChangeKind(Term):
    """学籍异动: what may change in an enrolment; leaving school is none of them in the compulsory grades."""

    TRANSFER_OUT = "TRANSFER_OUT", "转出", "transfer out"
    TRANSFER_IN = "TRANSFER_IN", "转入", "transfer in"
    SUSPENSION = "SUSPENSION", "休学", "suspension"
    RESUMPTION = "RESUMPTION", "复学", "resumption"
    MOVED_ABROAD = "MOVED_ABROAD", "出境", "moved abroad"
    REPEAT = "REPEAT", "留级", "repeating a grade"
    SKIP = "SKIP", "跳级", "skipping a grade"
    DEATH = "DEATH", "死亡", "death"
    GRADUATION = "GRADUATION", "毕业", "graduation"
    ADVANCEMENT = "ADVANCEMENT", "升学", "going on to junior school"


class ChangeStep(Term):
    """异动步骤: how far an enrolment change has come; the last three end it."""

    ASKED = "ASKED", "已申请", "asked for"
    SCHOOL_AGREED = "SCHOOL_AGREED", "学校同意", "school agreed"
    RECEIVER_CONFIRMED = "RECEIVER_CONFIRMED", "接收学校确认", "receiving school confirmed"
    BUREAU_AGREED = "BUREAU_AGREED", "教育局核准", "bureau agreed"
    DONE = "DONE", "已办结", "done"
    REFUSED = "REFUSED", "未同意", "refused"
    WITHDRAWN = "WITHDRAWN", "已撤回", "taken back"


class Paper(Term):
    """证明材料: what an enrolment change must have beside it."""

    GUARDIAN_REQUEST = "GUARDIAN_REQUEST", "监护人书面申请", "guardian's written request"
    RESIDENCE_PROOF = "RESIDENCE_PROOF", "户籍或居住证明", "proof of household or residence"
    RECEIVER_LETTER = "RECEIVER_LETTER", "接收学校接收证明", "receiving school's letter"
    SENDER_LETTER = "SENDER_LETTER", "转出学校学籍证明", "letter of the school left"
    MEDICAL_PROOF = "MEDICAL_PROOF", "病历或诊断证明", "medical record or diagnosis"
    HEALTH_PROOF = "HEALTH_PROOF", "可以上学的健康证明", "certificate of fitness for school"
    TRAVEL_PROOF = "TRAVEL_PROOF", "出境有效证件", "valid papers for living abroad"
    DEATH_CERTIFICATE = "DEATH_CERTIFICATE", "死亡证明", "death certificate"
    SCHOOL_ASSESSMENT = "SCHOOL_ASSESSMENT", "学校评估意见", "the school's assessment"


class Quadrant(Term):
    """四象限: two facts that do not follow from each other, on the roll here and attending here."""

    ON_ROLL_ATTENDING = "ON_ROLL_ATTENDING", "在籍在校", "on roll, attending"
    ON_ROLL_AWAY = "ON_ROLL_AWAY", "在籍不在校", "on roll, not attending"
    ATTENDING_OFF_ROLL = "ATTENDING_OFF_ROLL", "在校不在籍", "attending, not on roll"
    NEITHER = "NEITHER", "不在籍不在校", "neither on roll nor attending"


class HouseholdRegister(Term):
    """户籍类型: where the household register lies and where the child is at school."""

    HERE_HERE = "HERE_HERE", "本在本", "registered here, at school here"
    HERE_ELSEWHERE = "HERE_ELSEWHERE", "本在外", "registered here, at school elsewhere"
    ELSEWHERE_HERE = "ELSEWHERE_HERE", "外在本", "registered elsewhere, at school here"
    NONE = "NONE", "无户籍", "not in any register"
    UNKNOWN = "UNKNOWN", "未核实", "not checked"


class RouteKind(Term):
    """特殊安置: a way of schooling other than an ordinary place in a class."""

    INCLUSIVE_PLACEMENT = "INCLUSIVE_PLACEMENT", "随班就读", "placement in an ordinary class"
    HOME_TUITION = "HOME_TUITION", "送教上门", "home tuition"
    SPECIALISED_SCHOOL = "SPECIALISED_SCHOOL", "专门学校", "specialised school"
    SPECIAL_SCHOOL = "SPECIAL_SCHOOL", "特殊教育学校", "special education school"
    DEFERRED_ENTRY = "DEFERRED_ENTRY", "延缓入学", "deferred entry"


class LinkPurpose(Term):
    """家长链接: what a guardian's link is for, and so how long it lasts."""

    WEEK = "WEEK", "七天链接", "link for seven days"
    SCHOOL_YEAR = "SCHOOL_YEAR", "学年链接", "link for the school year"


class ContestKind(Term):
    """家长异议: what a guardian asks the school to look at again, or to hand out."""

    MARK = "MARK", "考勤记录不对", "an attendance mark is wrong"
    RECORD = "RECORD", "其他记录不对", "another record is wrong"
    COPY = "COPY", "要一份孩子的资料", "a copy of the child's data"


class ContestOutcome(Term):
    """异议结果: what came of it."""

    CORRECTED = "CORRECTED", "已更正", "corrected"
    KEPT = "KEPT", "核实无误，维持原记录", "checked and kept as it was"
    GIVEN = "GIVEN", "资料已给家长", "the data were handed out"


class TipStage(Term):
    """线索进度: as far as whoever has the receipt number is told."""

    SENT = "SENT", "已收到，待受理", "received, not yet taken up"
    CHECKED = "CHECKED", "正在核实", "being checked"
    ANSWERED = "ANSWERED", "已办结", "answered"


class TipFinding(Term):
    """核实结果: what a tip led to."""

    FOUND_OUT = "FOUND_OUT", "确有孩子没上学，已按制度跟进", "a child is out of school and is followed up"
    IN_SCHOOL = "IN_SCHOOL", "孩子在上学", "the child attends school"
    NOT_FOUND = "NOT_FOUND", "没有找到", "could not be found"
    OTHER = "OTHER", "不属于控辍保学，已转有关部门", "another matter, passed on"


class TipAnswer(Term):
    """线索答复: what whoever has the receipt number is told at the end; nothing of any child."""

    SEEN_TO = "SEEN_TO", "已经核实，该办的已按制度办理", "checked, and what was to be done is done"
    NOT_FOUND = (
        "NOT_FOUND",
        "没有找到；知道得更多时请再反映一次",
        "could not be found; tell us more if you can",
    )
    ELSEWHERE = (
        "ELSEWHERE",
        "不属于孩子上学的事，已转有关部门",
        "another matter, passed on to whom it concerns",
    )


class SensitiveRead(Term):
    """敏感读取: what is shown on request only; each is an entry in the journal."""

    READ_IDENTITY = "READ_IDENTITY", "查看完整证件号", "read a whole identity number"
    READ_PICTURE = "READ_PICTURE", "查看照片", "looked at a picture"
    READ_BREAK_GLASS = "READ_BREAK_GLASS", "紧急查看", "looked in an emergency"
    MISSED_BREAK_GLASS = "MISSED_BREAK_GLASS", "紧急查看未找到", "looked in an emergency, found nobody"
    EXPORT = "EXPORT", "导出", "exported"
    OPEN_REPORTER = "OPEN_REPORTER", "查看举报人", "looked who sent a tip"


class Whereabouts(Term):
    """去向说明: what the enrolment officer found out about a child that a roster no longer has."""

    STILL_HERE = "STILL_HERE", "还在本校，名册漏了", "still here, left out of the roster"
    CHANGING = "CHANGING", "正在办或已办异动", "an enrolment change is under way or done"
    NOT_ATTENDING = "NOT_ATTENDING", "没有到校，去向待查", "does not attend, to be found"
