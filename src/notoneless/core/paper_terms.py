"""The words of papers: which there are, who may issue them, how they are served."""

from __future__ import annotations

from notoneless.core.terms import Term


class PaperKind(Term):
    """文书: an official form that is filled from the records."""

    ABSENCE_REGISTER = "ABSENCE_REGISTER", "未到校学生情况登记表", "register of pupils not at school"
    TRUANCY_REPORT = "TRUANCY_REPORT", "学生旷课报告单", "report of absence"
    DROPOUT_REPORT = "DROPOUT_REPORT", "辍学学生情况报告表", "report of a dropout"
    MONTHLY_LIST = "MONTHLY_LIST", "辍学学生月报告单", "monthly list of dropouts"
    VISIT_RECORD = "VISIT_RECORD", "家访记录表", "record of a visit"
    PERSUASION_RECORD = "PERSUASION_RECORD", "劝返记录表", "record of a persuasion"
    PERSUASION_LEDGER = "PERSUASION_LEDGER", "劝返复学台账", "ledger of persuasions"
    CASE_PLAN = "CASE_PLAN", "劝返方案（一人一案）", "plan for one child"
    HOME_TUITION_FILE = "HOME_TUITION_FILE", "送教上门一生一案", "home tuition file"
    PAIRING_LEDGER = "PAIRING_LEDGER", "结对帮扶台账", "ledger of pairings"
    RELIEF_APPLICATION = "RELIEF_APPLICATION", "困难学生减免资助申请表", "application for relief"
    FAMILY_CARD = "FAMILY_CARD", "学生家庭联系卡", "family contact card"
    RESPONSIBILITY_STATEMENT = "RESPONSIBILITY_STATEMENT", "控辍保学责任书", "responsibility statement"
    ENROLMENT_CHANGE = "ENROLMENT_CHANGE", "学籍异动申请表", "application for an enrolment change"
    REPORT_TO_TOWNSHIP = "REPORT_TO_TOWNSHIP", "疑似辍学书面报告（报乡镇）", "written report to the township"
    REPORT_TO_BUREAU = "REPORT_TO_BUREAU", "劝返无效书面报告（报教育局）", "written report to the bureau"
    NIL_REPORT = "NIL_REPORT", "零报告", "nil report"
    DAILY_REPORT = "DAILY_REPORT", "控辍保学日报告", "daily report"
    WEEKLY_CHECK = "WEEKLY_CHECK", "控辍保学周查表", "weekly check"
    MONTHLY_REPORT = "MONTHLY_REPORT", "控辍保学动态管理月报表", "monthly report"
    PERIOD_REPORT = "PERIOD_REPORT", "控辍保学情况报告表", "report of a term or a year"
    CLOSE_OUT = "CLOSE_OUT", "销号审批表", "close-out sheet"
    ENROLMENT_NOTICE = "ENROLMENT_NOTICE", "义务教育入学通知书", "notice to enrol"
    PERSUASION_NOTICE = "PERSUASION_NOTICE", "义务教育阶段劝学通知书", "notice urging return"
    NOTICE_TO_RETURN = "NOTICE_TO_RETURN", "限期返校通知书", "notice to return by a date"
    ORDER_TO_SEND = (
        "ORDER_TO_SEND",
        "责令送被监护人接受义务教育通知书",
        "order to send the child to school",
    )
    SERVICE_RECEIPT = "SERVICE_RECEIPT", "送达回证", "receipt of service"
    INSPECTION_SHEET = "INSPECTION_SHEET", "督导、约谈、通报单", "sheet of an inspection"


class PaperFormat(Term):
    """格式: the file a paper is handed out as."""

    DOCX = "DOCX", "Word 文件", "Word"
    XLSX = "XLSX", "Excel 文件", "Excel"
    PDF = "PDF", "PDF 文件", "PDF"


class ServedHow(Term):
    """送达方式: how a notice reached the guardian."""

    IN_PERSON = "IN_PERSON", "直接送达", "handed over"
    LEFT = "LEFT", "留置送达", "left before a witness"
    POST = "POST", "邮寄送达", "by post"
    ENTRUSTED = "ENTRUSTED", "委托送达", "by another office"
