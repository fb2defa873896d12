"""The words of casework: visits, reasons, plans, support and what a phone sends in."""

from __future__ import annotations

from notoneless.core.terms import Term


class VisitKind(Term):
    """走访方式: how somebody was seen or spoken to; all of them are one record."""

    HOME = "HOME", "家访", "home visit"
    PHONE = "PHONE", "电话联系", "telephone contact"
    LEAVE_FOLLOW_UP = "LEAVE_FOLLOW_UP", "请假回访", "call back on leave"
    GROUP = "GROUP", "集体家访", "group visit"
    HOSPITAL = "HOSPITAL", "到院看望", "hospital visit"
    HOLIDAY = "HOLIDAY", "节假日走访", "holiday visit"
    PERSUASION = "PERSUASION", "劝返", "persuasion"


class VisitTrigger(Term):
    """走访事由: what led to the visit; the first six are those of the home-visit register."""

    SICK_ABSENCE = "SICK_ABSENCE", "患病缺席", "absent with illness"
    MISFORTUNE = "MISFORTUNE", "家庭重大变故", "misfortune in the family"
    INJURY = "INJURY", "在校伤害事故", "injured at school"
    UNEXPLAINED = "UNEXPLAINED", "无故迟到或缺席", "late or absent without reason"
    MARKS_OR_CONDUCT = "MARKS_OR_CONDUCT", "成绩下降或行为问题", "marks fell or misconduct"
    PROGRESS = "PROGRESS", "有进步", "progress"
    SPELL = "SPELL", "连续旷课", "absence spell"
    SIGNS_OF_LEAVING = "SIGNS_OF_LEAVING", "有辍学苗头", "signs of leaving"
    ROUTINE = "ROUTINE", "普访", "routine visit"
    SEASON = "SEASON", "重要节点", "a season of worry"
    AFTER_RETURN = "AFTER_RETURN", "返校后回访", "after the return"


class VisitItem(Term):
    """家访内容六项: what a visit talks about."""

    AT_SCHOOL = "AT_SCHOOL", "汇报在校表现", "told how it does at school"
    AT_HOME = "AT_HOME", "了解在家情况", "asked how it does at home"
    FAMILY = "FAMILY", "家庭结构与经济环境", "family and means"
    METHODS = "METHODS", "商量教育方法", "agreed how to bring up"
    PARENT_CHILD = "PARENT_CHILD", "亲子关系", "parents and child"
    FEELINGS = "FEELINGS", "情感交流", "feelings shared"


class RecordFlag(Term):
    """存疑: what a reader of a record must know; it is shown beside it and takes nothing away."""

    BACK_DATED = "BACK_DATED", "补记", "written down later"
    BEFORE_ORDERED = "BEFORE_ORDERED", "早于交办时间", "before it was ordered"
    CLOCK_AHEAD = "CLOCK_AHEAD", "手机时间超前", "the phone's clock was ahead"
    POST_NOT_HELD = "POST_NOT_HELD", "当日未任该岗位", "did not hold the post that day"
    NO_LONGER_THEIRS = "NO_LONGER_THEIRS", "上传时已不负责该生", "no longer theirs when it arrived"
    REPEATED_NUMBER = "REPEATED_NUMBER", "设备序号重复", "the device used a number twice"
    SAME_PICTURE = "SAME_PICTURE", "照片与以前相同", "the same picture as before"
    OTHER_ACCOUNT = "OTHER_ACCOUNT", "另有一份不同的记录", "there is another, different account"


class AttachmentKind(Term):
    """附件: what a picture shows; never a face."""

    DOOR = "DOOR", "门牌或门口", "the door"
    NOTICE = "NOTICE", "张贴或送达的通知书", "the notice"
    PAPER = "PAPER", "证明材料扫描件", "a paper"


class CaseReason(Term):
    """辍学原因: why a child stays away; each brings advice and who shares the work."""

    LEARNING = "LEARNING", "学习困难、厌学", "difficulty with learning, weary of school"
    WORKING = "WORKING", "外出务工", "went away to work"
    EARLY_MARRIAGE = "EARLY_MARRIAGE", "早婚早育", "early marriage or child"
    RELIGION = "RELIGION", "信教", "religion"
    POVERTY = "POVERTY", "家庭贫困", "poverty"
    ILLNESS = "ILLNESS", "疾病残疾", "illness or disability"
    LOST_CONTACT = "LOST_CONTACT", "随迁失联", "moved with the parents, contact lost"
    MOVED = "MOVED", "搬迁", "moved house"
    BULLYING = "BULLYING", "校园欺凌", "bullying"
    FAMILY = "FAMILY", "家庭变故", "misfortune in the family"
    INTERNET = "INTERNET", "沉迷网络", "lost to the internet"
    SENT_AWAY = "SENT_AWAY", "校方致离校", "sent away by the school"
    OTHER = "OTHER", "其他", "other"
    UNKNOWN = "UNKNOWN", "尚未查明", "not known yet"


class HandOffOutcome(Term):
    """移送结果: what the receiver said; until then the case stays where it was."""

    CONFIRMED = "CONFIRMED", "已接收", "received"
    REFUSED = "REFUSED", "未接收", "refused"
    WITHDRAWN = "WITHDRAWN", "已撤回", "taken back"


class PlacementKind(Term):
    """返校安置: where a child sits who comes back."""

    SAME_CLASS = "SAME_CLASS", "回原班", "back to its class"
    GRADE_BELOW = "GRADE_BELOW", "低一年级", "one grade below"
    BY_AGE = "BY_AGE", "按年龄编班", "by age"
    SEPARATE_CLASS = "SEPARATE_CLASS", "单独编班", "a class of their own"
    VOCATIONAL = "VOCATIONAL", "普职融合", "with vocational teaching"


class ReliefKind(Term):
    """减免缓助补: what eases the cost of school."""

    REDUCE = "REDUCE", "减", "reduced"
    EXEMPT = "EXEMPT", "免", "exempted"
    DEFER = "DEFER", "缓", "deferred"
    ASSIST = "ASSIST", "助", "assisted"
    SUPPLEMENT = "SUPPLEMENT", "补", "supplemented"


class Decision(Term):
    """审批结果: what was decided on something asked for."""

    AGREED = "AGREED", "同意", "agreed"
    REFUSED = "REFUSED", "不同意", "refused"


class PairingPurpose(Term):
    """结对目的: what a helper is there for."""

    RETURN_CARE = "RETURN_CARE", "返校后一对一", "one-to-one after the return"
    STUDY = "STUDY", "学习辅导", "help with learning"
    HARDSHIP = "HARDSHIP", "困难帮扶", "hardship"
    LEFT_BEHIND = "LEFT_BEHIND", "留守关爱", "care for a child left behind"
    PERSUADING = "PERSUADING", "劝返包保", "persuading to return"


class HelpWay(Term):
    """帮扶方式: what a helper did."""

    TALK = "TALK", "谈心", "a talk"
    VISIT = "VISIT", "家访", "a visit"
    CALL = "CALL", "通话", "a call"
    LESSON = "LESSON", "辅导", "a lesson"
    GOODS = "GOODS", "物资", "goods"


class OfflineKind(Term):
    """离线记录: what a phone without signal may write down."""

    ROLL_CALL = "ROLL_CALL", "点名", "roll call"
    VISIT = "VISIT", "走访记录", "visit"


class OfflineState(Term):
    """上传结果: what became of a record a phone sent; nothing that arrived is thrown away."""

    RECORDED = "RECORDED", "已入账", "recorded"
    TO_CHECK = "TO_CHECK", "已保存，待核对", "kept, to be checked by a person"
