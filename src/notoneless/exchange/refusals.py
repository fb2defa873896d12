"""Why a file is refused as a whole; shared by the child that reads it and the parent that explains."""

from __future__ import annotations


class Refused(Exception):
    """The file cannot be read; `code` is a key of SENTENCES, sheet and cell where they are known."""

    def __init__(self, code: str, sheet: str = "", cell: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.sheet = sheet
        self.cell = cell


# Each sentence says what is wrong and what would be right; `{…}` are fields of Limits.
SENTENCES = {
    "missing": "打不开这个文件，请确认文件还在，再选一次。",
    "empty": "文件是空的，请选有内容的花名册或考勤表。",
    "file_too_big": "文件超过 {file_megabytes} MB，请按年级或班级拆开，再分别导入。",
    "unpacks_too_big": ("文件展开后大得不正常，请把数据复制到一个新建的工作簿，另存为 .xlsx 再导入。"),
    "too_many_members": "文件内部的部件多得不正常，请把数据复制到一个新建的工作簿，另存为 .xlsx 再导入。",
    "too_many_sheets": "工作表超过 {sheets} 张，请拆成几个文件，再分别导入。",
    "too_many_rows": "这一格在第 {rows} 行以下，请删去数据下面多余的内容，或者拆成几个文件。",
    "too_many_columns": "这一格在第 {columns} 列以右，请删去数据右边多余的内容。",
    "too_many_cells": "全部工作表合计超过 {cells} 格，请拆成几个文件，再分别导入。",
    "cell_too_long": "这一格的文字超过 {cell_characters} 个字，请改短。",
    "too_much": (
        "文件要用的内存太多，多半是远处有多余的格子；请把数据复制到新建的工作簿，另存为 .xlsx 再导入。"
    ),
    "too_slow": "文件读了太久还没读完，请把数据复制到一个新建的工作簿，另存为 .xlsx 再导入。",
    "damaged": "文件已损坏或没有传完整，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
    "password": "文件设了打开密码，请去掉密码另存后再导入。",
    "html": "这其实是网页（HTML），只是名字像表格；请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
    "xml": "这其实是 XML 表格，只是名字像 .xls；请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
    "xlsb": "这是二进制工作簿（.xlsb），请用 Excel 另存为 .xlsx 再导入。",
    "ods": "这是 OpenDocument 表格（.ods），请另存为 .xlsx 再导入。",
    "not_a_table": "这不是表格文件；能导入的是 .xlsx、.xls、.csv 和用制表符分隔的 .txt。",
    "not_text": "文件里有文字以外的内容；能导入的是 .xlsx、.xls、.csv 和用制表符分隔的 .txt。",
    "bad_quotes": "这一行的引号不成对，请检查后再导入。",
}
