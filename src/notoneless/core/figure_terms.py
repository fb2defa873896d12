"""The words of figures: what is counted, which formula counts it, and by which register."""

from __future__ import annotations

from notoneless.core.terms import Term


class Tally(Term):
    """统计项: one list of children that figures and reports count; every number anywhere is one of these.

    Stocks stand at a moment, movements lie in a period. Of the movements each child is in one at most for
    each way (in, out) and class, so that opening + in − out = closing can be checked and not only asserted.
    """

    # Stocks of a class.
    OPENING = "OPENING", "期初在校", "attending at the start"
    CLOSING = "CLOSING", "期末在校", "attending at the end"
    ON_ROLL = "ON_ROLL", "在籍", "on roll"
    ON_ROLL_ATTENDING = "ON_ROLL_ATTENDING", "在籍在校", "on roll, attending"
    ON_ROLL_AWAY = "ON_ROLL_AWAY", "在籍不在校", "on roll, not attending"
    ATTENDING_OFF_ROLL = "ATTENDING_OFF_ROLL", "在校不在籍", "attending, not on roll"
    # Movements in.
    ENTERED = "ENTERED", "新生", "entered"
    TRANSFERRED_IN = "TRANSFERRED_IN", "转入", "transferred in"
    RESUMED = "RESUMED", "复学", "resumed"
    RETURNED = "RETURNED", "劝返返校", "came back"
    CLASS_IN = "CLASS_IN", "班间调入", "from another class"
    OTHER_IN = "OTHER_IN", "其他增加", "other increase"
    # Movements out.
    GRADUATED = "GRADUATED", "毕（结）业", "graduated"
    TRANSFERRED_OUT = "TRANSFERRED_OUT", "转出", "transferred out"
    SUSPENDED = "SUSPENDED", "休学", "suspended"
    MOVED_ABROAD = "MOVED_ABROAD", "出境", "moved abroad"
    DIED = "DIED", "死亡", "died"
    ROUTED = "ROUTED", "转特殊安置", "to another way of schooling"
    MARKED_SUSPECTED = "MARKED_SUSPECTED", "疑似辍学减少", "left as a suspected dropout"
    MARKED_DROPOUT = "MARKED_DROPOUT", "辍学减少", "left as a dropout"
    MARKED_ELSEWHERE = "MARKED_ELSEWHERE", "在外就读待确认", "said to be at school elsewhere"
    CLASS_OUT = "CLASS_OUT", "班间调出", "to another class"
    OTHER_OUT = "OTHER_OUT", "其他减少", "other decrease"
    # Where cases stand at the end.
    AT_RISK = "AT_RISK", "临界", "at risk"
    SUSPECTED = "SUSPECTED", "疑似辍学", "suspected dropouts"
    DROPOUTS = "DROPOUTS", "辍学", "dropouts"
    NEVER_ENROLLED = "NEVER_ENROLLED", "失学", "never enrolled"
    ELSEWHERE = "ELSEWHERE", "在外就读", "on roll elsewhere"
    BACK = "BACK", "已返校", "back in school"
    HELD = "HELD", "稳定在校", "held"
    # What became of cases in the period.
    NEW_SUSPECTED = "NEW_SUSPECTED", "新增疑似辍学", "newly suspected"
    NEW_DROPOUTS = "NEW_DROPOUTS", "新增辍学", "new dropouts"
    CAME_BACK = "CAME_BACK", "本期返校", "came back in the period"
    CLOSED_OUT = "CLOSED_OUT", "本期销号", "closed out in the period"
    PERSUADED = "PERSUADED", "本期劝返", "persuaded in the period"
    # A school year.
    BASELINE = "BASELINE", "学年初在籍", "on roll on 1 September"
    EVER_DROPPED = "EVER_DROPPED", "学年内曾辍学", "dropout at any time in the year"
    DATA_ERRORS = "DATA_ERRORS", "信息有误销号", "closed out as wrong data"
    NORMAL_CHANGES = "NORMAL_CHANGES", "正常异动", "regular changes"
    REGISTERED_ELSEWHERE = "REGISTERED_ELSEWHERE", "户口在外", "registered elsewhere"
    GUESTS_ELSEWHERE = "GUESTS_ELSEWHERE", "在外借读", "guest pupils elsewhere"
    EVER_LOST = "EVER_LOST", "学年内流失", "lost in the year"
    DUE = "DUE", "应有学生", "pupils that should be there"
    ORIGINAL = "ORIGINAL", "原有学生", "pupils originally enrolled"
    ORIGINAL_PRESENT = "ORIGINAL_PRESENT", "原有学生中在校", "of them still attending"
    # Cohorts.
    INTAKE = "INTAKE", "该届入学", "the cohort's intake"
    FINAL_CLASS = "FINAL_CLASS", "毕业班学生", "in the final class"
    YEAR_BEFORE = "YEAR_BEFORE", "上学年该年级", "the grade a year before"
    YEAR_AFTER = "YEAR_AFTER", "本学年升入年级", "the grade a year on"
    COHORT_IN = "COHORT_IN", "该届转入", "transferred in since"
    COHORT_OUT = "COHORT_OUT", "该届转出", "transferred out since"
    # By household register and age.
    SCHOOL_AGE = "SCHOOL_AGE", "适龄人口", "children of school age"
    SCHOOL_AGE_IN_SCHOOL = "SCHOOL_AGE_IN_SCHOOL", "适龄人口中在校", "of school age and in school"
    AGED_15 = "AGED_15", "15周岁人口", "aged 15"
    AGED_15_DONE = "AGED_15_DONE", "15周岁完成初等教育", "aged 15, primary completed"
    AGED_17 = "AGED_17", "17周岁人口", "aged 17"
    AGED_17_DONE = "AGED_17_DONE", "17周岁完成初级中等教育", "aged 17, junior completed"
    DISABLED = "DISABLED", "适龄残疾儿童少年", "disabled children of school age"
    DISABLED_IN_SCHOOL = "DISABLED_IN_SCHOOL", "适龄残疾儿童少年中入学", "of them in school"
    # Returns, in school days.
    DROPPED_SO_FAR = "DROPPED_SO_FAR", "累计辍学", "dropouts so far"
    RETURNED_STEADY = "RETURNED_STEADY", "复学且连续出勤达标", "back and steadily present"
    RETURNED_30 = "RETURNED_30", "返校满30个上课日", "back for 30 school days"
    HELD_30 = "HELD_30", "其中留住", "of them held"
    RETURNED_60 = "RETURNED_60", "返校满60个上课日", "back for 60 school days"
    HELD_60 = "HELD_60", "其中留住", "of them held"
    RETURNED_90 = "RETURNED_90", "返校满90个上课日", "back for 90 school days"
    HELD_90 = "HELD_90", "其中留住", "of them held"


class Figure(Term):
    """指标: a formula with its id; none is called just a dropout rate."""

    DR_MOE = "F-DR-MOE", "学年辍学率（两基口径）", "dropout rate of a school year, as for the two basics"
    DR_CASE = "F-DR-CASE", "学年辍学率（个案口径）", "dropout rate of a school year, by cases"
    DROP_STOCK = "F-DROP-STOCK", "时点辍学率", "dropouts at a moment"
    LOSS_R21 = "F-LOSS-R21", "流失率", "attrition rate"
    DENOM_FIX = "F-DENOM-FIX", "固定分母留存率", "share still there of the original class"
    CONSOL_9 = "F-CONSOL-9", "九年义务教育巩固率", "nine-year retention"
    CONSOL_SCH = "F-CONSOL-SCH", "学校巩固率", "a school's retention"
    CONSOL_GRADE = "F-CONSOL-GRADE", "年级巩固率", "retention from grade to grade"
    ENROL = "F-ENROL", "适龄人口入学率", "enrolment rate"
    COMPL_15 = "F-COMPL-15", "15周岁初等教育完成率", "primary completion at 15"
    COMPL_17 = "F-COMPL-17", "17周岁初级中等教育完成率", "junior completion at 17"
    DIS_ENROL = "F-DIS-ENROL", "适龄残疾儿童少年入学率", "enrolment rate of disabled children"
    RETURN = "F-RETURN", "复学率", "return rate"
    HOLD30 = "F-HOLD30", "返校后30个上课日留住率", "held for 30 school days"
    HOLD60 = "F-HOLD60", "返校后60个上课日留住率", "held for 60 school days"
    HOLD90 = "F-HOLD90", "返校后90个上课日留住率", "held for 90 school days"


class Basis(Term):
    """口径: by which register children belong to a place."""

    ENROLMENT = "ENROLMENT", "按学籍", "by enrolment"
    HOUSEHOLD = "HOUSEHOLD", "按户籍", "by household register"


class SumOver(Term):
    """分项: by what a list is divided; the parts sum to the whole."""

    SEX = "SEX", "性别", "sex"
    AGE = "AGE", "年龄", "age"
    GRADE = "GRADE", "年级", "grade"
    REASON = "REASON", "原因", "reason"
    DESTINATION = "DESTINATION", "去向", "destination"


class Destination(Term):
    """去向: where a child is that is not in class, as far as the records tell; each child has one."""

    AT_SCHOOL = "AT_SCHOOL", "在校", "at school"
    TRANSFERRED = "TRANSFERRED", "转往外地学校", "at a school elsewhere"
    SAID_ELSEWHERE = "SAID_ELSEWHERE", "在外就读待确认", "said to be at school elsewhere"
    TAUGHT_OTHERWISE = "TAUGHT_OTHERWISE", "特殊安置", "taught in another way"
    SUSPENDED = "SUSPENDED", "休学", "suspended"
    DEFERRED = "DEFERRED", "延缓入学", "entry deferred"
    GRADUATED = "GRADUATED", "毕业升学", "graduated"
    ABROAD = "ABROAD", "出境", "abroad"
    DIED = "DIED", "死亡", "died"
    WORKING = "WORKING", "外出务工", "away at work"
    MOVED_AWAY = "MOVED_AWAY", "随家搬迁", "moved away"
    LOST_CONTACT = "LOST_CONTACT", "失去联系", "contact lost"
    UNKNOWN = "UNKNOWN", "尚未查明", "not known yet"
