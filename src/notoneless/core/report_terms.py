"""The words of reporting: ledgers, reports and their steps, contradictions, questions, supervision."""

from __future__ import annotations

from notoneless.core.terms import Term


class LedgerKind(Term):
    """台账: a numbered list of a kind of child or matter, opened and closed with evidence."""

    SCHOOL_AGE = "SCHOOL_AGE", "适龄儿童少年台账", "ledger of school-age children"
    SUSPECTED = "SUSPECTED", "疑似辍学台账（含失学）", "ledger of suspected dropouts"
    DROPOUTS = "DROPOUTS", "辍学台账", "ledger of dropouts"
    AT_RISK = "AT_RISK", "临界辍学生劝返复学台账", "ledger of children at risk"
    HOME_TUITION = "HOME_TUITION", "送教上门台账", "ledger of home tuition"
    RELOCATED = "RELOCATED", "易地搬迁子女入学台账", "ledger of relocated families' children"
    INCLUSIVE = "INCLUSIVE", "随班就读台账", "ledger of placements in ordinary classes"
    SPECIAL_SCHOOL = "SPECIAL_SCHOOL", "特校就读台账", "ledger of special schools"
    ON_ROLL_AWAY = "ON_ROLL_AWAY", "在籍不在校台账", "ledger of those on roll, not attending"
    TO_VERIFY = "TO_VERIFY", "待核查入学台账", "ledger of enrolments to verify"
    KEY_CHILDREN = "KEY_CHILDREN", "重点关注台账", "ledger of key groups"
    SUPPORT = "SUPPORT", "帮扶台账", "ledger of support"
    VISITS = "VISITS", "家访台账", "ledger of visits"
    RELIEF = "RELIEF", "资助台账", "ledger of relief"
    TIPS = "TIPS", "群众监督台账", "ledger of tips"
    MEETINGS = "MEETINGS", "宣传和会议台账", "ledger of publicity and meetings"


class ReportKind(Term):
    """报表: what is drawn up, checked, signed and sent upward, by its period."""

    DAILY = "DAILY", "日报告", "daily report"
    WEEKLY = "WEEKLY", "周查表", "weekly check"
    MONTHLY = "MONTHLY", "月报表", "monthly report"
    SPRING = "SPRING", "春季报告", "spring report"
    AUTUMN = "AUTUMN", "秋季报告", "autumn report"
    QUARTERLY = "QUARTERLY", "季度复核", "quarterly review"
    TERMLY = "TERMLY", "学期报告", "report of a term"
    YEARLY = "YEARLY", "学年报告", "report of a school year"


class ReportStep(Term):
    """报表环节: how far a report has come; nothing is taken back, a returned one is drawn up anew."""

    DRAWN = "DRAWN", "已编制", "drawn up"
    CHECKED = "CHECKED", "已核对", "checked"
    REVIEWED = "REVIEWED", "已复核", "reviewed"
    SIGNED = "SIGNED", "已签发", "signed"
    ACCEPTED = "ACCEPTED", "已接收", "accepted"
    RETURNED = "RETURNED", "已退回", "returned"
    REPLACED = "REPLACED", "已重编", "drawn up anew"


class OnTime(Term):
    """报送情况: whether a report came when it was due."""

    ON_TIME = "ON_TIME", "按时", "on time"
    LATE = "LATE", "迟报", "late"
    MISSING = "MISSING", "未报", "missing"
    NOT_DUE = "NOT_DUE", "未到期", "not due yet"


class FindingAnswer(Term):
    """核对结果: what became of a contradiction; the facts decide whether it is gone."""

    MENDED = "MENDED", "已更正", "mended"
    EXPLAINED = "EXPLAINED", "情况属实，已说明", "true as it stands, explained"


class QuestionKind(Term):
    """存疑事项: a record that needs somebody's look; a question, never a verdict."""

    BACK_DATED = "BACK_DATED", "集中补记", "many records written down later"
    CLONED = "CLONED", "内容雷同", "the same words again"
    IMPOSSIBLE = "IMPOSSIBLE", "时间上做不到", "cannot have happened at that time"
    THRESHOLD = "THRESHOLD", "总在时限前一天返校", "always back the day before a limit"
    SAME_PICTURE = "SAME_PICTURE", "照片重复", "the same picture again"
    EVERYONE_PRESENT = "EVERYONE_PRESENT", "长期全勤", "nobody ever absent"
    RECLASSIFIED = "RECLASSIFIED", "旷课改为请假", "absence turned into leave"
    OFF_BEFORE_DATE = "OFF_BEFORE_DATE", "报表截止前调出、其后调入", "off the roll over the report's day"
    BRIEF_RETURN = "BRIEF_RETURN", "返校即再离校", "back for a day, then away again"
    NIL_WITH_SIGNS = "NIL_WITH_SIGNS", "零报告与线索不符", "nil report beside other signs"
    HANDED_ON_DUE_DAY = "HANDED_ON_DUE_DAY", "到期当日转手", "handed on the day it was due"
    SPRING_LEAVERS = "SPRING_LEAVERS", "九年级春季集中离校", "many leaving grade 9 in spring"


class QuestionOutcome(Term):
    """答复结论: what the supervisor found."""

    LATE_ENTRY = "LATE_ENTRY", "补录，情况属实", "written down late, and true"
    IN_ORDER = "IN_ORDER", "核实无误", "in order"
    TO_CORRECT = "TO_CORRECT", "记录有误，已要求更正", "wrong, to be corrected"
    TO_INSPECT = "TO_INSPECT", "转督导核查", "passed to an inspection"


class InspectionKind(Term):
    """督导类型: why somebody came to look."""

    ROUTINE = "ROUTINE", "例行督导", "routine"
    SEASON = "SEASON", "开学督导", "start of term"
    SPECIAL = "SPECIAL", "专项督导", "on one matter"
    REVISIT = "REVISIT", "抽样回访", "re-visit of a sample"
    REVIEW = "REVIEW", "季度复核", "quarterly review"


class FindingStep(Term):
    """问题整改: what followed from what an inspection found."""

    ORDERED = "ORDERED", "责令限期整改", "ordered to rectify by a date"
    REPORTED = "REPORTED", "已报整改情况", "reported as rectified"
    CONFIRMED = "CONFIRMED", "复查合格", "confirmed on re-inspection"
    NOT_ENOUGH = "NOT_ENOUGH", "复查未通过", "not enough on re-inspection"


class MeasureKind(Term):
    """问责方式: what was said to those who answer; money and posts are never among it."""

    TALK = "TALK", "约谈", "called in for a talk"
    CIRCULAR = "CIRCULAR", "通报", "circular"
    PRAISE = "PRAISE", "通报表扬", "circular of praise"


class RecognitionKind(Term):
    """评选: what a class, a grade or a school may be recognised for; reporting counts beside the outcome."""

    CLASS_WITHOUT_DROPOUT = "CLASS_WITHOUT_DROPOUT", "无辍班级", "class without a dropout"
    GRADE_WITHOUT_DROPOUT = "GRADE_WITHOUT_DROPOUT", "无辍年级", "grade without a dropout"
    SCHOOL_WITHOUT_DROPOUT = "SCHOOL_WITHOUT_DROPOUT", "无辍学校", "school without a dropout"
    HONEST_REPORTING = "HONEST_REPORTING", "如实报送", "honest reporting"
