"""What the law asks of whoever keeps minors' data, and which table of the pack answers it."""

from __future__ import annotations

from typing import NamedTuple

from notoneless.services.compliance.asked import YearAsked
from notoneless.services.compliance.keeping import minors_under_14
from notoneless.services.pack_sections import Section, Words, said


class Asked(NamedTuple):
    """One duty, where it stands, and where it is answered."""

    law: Words
    duty: Words
    answered: Words


_NET: Words = ("《未成年人网络保护条例》", "Regulations on Protecting Minors Online ")
_PIPL: Words = ("《个人信息保护法》", "Personal Information Protection Law ")


def _in(law: Words, number: int) -> Words:
    return f"{law[0]}第{number}条", f"{law[1]}art. {number}"


ASKED: tuple[Asked, ...] = (
    Asked(
        _in(_NET, 36),
        ("按最小授权限定工作人员的访问权限", "staff see no more than their task needs"),
        ("表“谁能看什么”“全年有权限的人员及变动”", 'tables "Who may see what", "People with access"'),
    ),
    Asked(
        _in(_NET, 36),
        ("访问经负责人审批并留下记录", "access is approved by whoever is in charge, and recorded"),
        (
            "任职由谁批准见“依据”列；超出任职范围的查看见“敏感读取和紧急查看”",
            'who appointed: column "basis"; looks beyond: table "Sensitive reads"',
        ),
    ),
    Asked(
        _in(_NET, 36),
        ("采取技术措施防止违法处理", "technical measures against unlawful handling"),
        (
            "表“加密和密钥”“应有而没有第二重验证的账号”“失败的登录和查看”“离线设备登记与撤销”",
            'tables "Encryption and keys", "Accounts without the second factor", "Failed sign-ins", '
            '"Telephones"',
        ),
    ),
    Asked(
        _in(_NET, 37),
        (
            "每年对处理未成年人信息做一次合规审计并报告网信等部门",
            "an audit each year of how minors' data are handled, reported to the authorities",
        ),
        (
            "本材料即审计的依据；审计意见和报告日期由本单位填写",
            "this pack is what it rests on; the finding is written by the office",
        ),
    ),
    Asked(
        _in(_PIPL, 55),
        (
            "处理敏感个人信息（含不满十四周岁未成年人的信息）前做影响评估并记录",
            "an assessment before sensitive data (all data of children under 14) are handled",
        ),
        (
            "导出见“导出”表；评估由本单位填写",
            'what left the system: table "Exports"; the assessment is written by the office',
        ),
    ),
    Asked(
        _in(_PIPL, 56),
        (
            "评估写明目的和方式是否正当必要、对权益的影响、保护措施；评估和处理记录至少保存三年",
            "it says whether purpose and means are needed, what it means for people, which measures "
            "protect; kept three years",
        ),
        (
            "表“保存期限的事实”；流水只增不删",
            'table "How long records have been kept"; the journal is never cut',
        ),
    ),
    Asked(
        _in(_PIPL, 50),
        (
            "受理个人行使权利的申请，拒绝的说明理由",
            "requests of people about their data are taken up, refusals explained",
        ),
        ("表“家长的异议和索取”", 'table "What guardians contested and asked for"'),
    ),
)


def checklist(asked: YearAsked) -> Section:
    """The duties, each with the table that answers it and room for the office's own finding."""
    young, unknown = minors_under_14(asked)
    rows = [(*(said(words, asked.language) for words in each), "") for each in ASKED]
    return Section(
        "checklist",
        ("法律要求与本材料对照", "What the law asks, and where it is answered"),
        (
            f"全系统不满十四周岁的 {young} 人，出生日期未知 {unknown} 人。“本单位意见”由审计人填写，"
            "系统不代写结论。",
            f"{young} children under 14 in the whole system, {unknown} without a date of birth. The "
            "finding is "
            "the auditor's to write.",
        ),
        (
            ("依据", "law"),
            ("要求", "asks"),
            ("本材料中的依据", "answered by"),
            ("本单位意见", "finding of the office"),
        ),
        rows,
    )
