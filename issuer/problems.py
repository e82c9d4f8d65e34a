"""What is wrong with one row of the input, with the words for the clerk who must put it right."""

from typing import NamedTuple

from credential.rules import Refusal, refuse_text
from credential.type_fields import Text
from issuer.errors import Problem

_SHOWN = 60


class RowProblem(NamedTuple):
    """One reason why one row cannot be issued; as in a spreadsheet, the header is row 1."""

    row: int
    column: str
    shown: str
    """The value, shortened; a character that does not show is written as its number."""
    code: str

    @property
    def text(self) -> Text:
        """What is wrong and what to do, in both languages."""
        return REASONS[self.code]

    def as_problem(self) -> Problem:
        """Return the problem as `InputError` carries it."""
        value = f" 「{self.shown}」" if self.shown else ""
        reason = f"{self.text.zh_hant}{value} / {self.text.en} [{self.code}]"
        return Problem(self.row, self.column, reason)


def shown(value: str) -> str:
    """Return the value as it may stand in a report: short, one line, nothing hidden."""
    visible = "".join(
        character if refuse_text(f"x{character}x") is None else f"\\u{{{ord(character):X}}}"
        for character in value[:_SHOWN]
    )
    return visible + ("…" if len(value) > _SHOWN else "")


REASONS: dict[str, Text] = {
    "row.cells": Text(
        "欄數與標題列不符，請檢查逗號與引號。",
        "The row has another number of cells than the header: check its commas and quotes.",
    ),
    "row.duplicate": Text(
        "與前面某列完全相同，請刪除重複者。",
        "The row is the same as an earlier one: remove one of them.",
    ),
    "row.not_unique": Text(
        "此值在同一檔案中已出現於前面某列，請確認何者正確。",
        "An earlier row of this file has the same value: find out which one is right.",
    ),
    "group.differs": Text(
        "同一組各列此欄應相同，請核對登記資料。",
        "Rows of one group must agree in this column: compare them with the register.",
    ),
    "group.too_long": Text(
        "同一組的列數超過此類憑證上限。",
        "The group has more rows than this type of credential can hold.",
    ),
    "group.refused": Text(
        "同組另有錯誤之列，故整組不予核發。",
        "Another row of the same group is refused, so the whole group is.",
    ),
    "field.missing": Text("必填欄位空白，請補登。", "A required value is empty: enter it."),
    "field.too_long": Text(
        "超過此欄字數上限，請縮短。", "The text is longer than this field may be: shorten it."
    ),
    "field.code": Text(
        "不是此欄代碼表中的值，請改用表列代碼或名稱。",
        "The value is not in the code list of this column: use a code or a name of the list.",
    ),
    "field.number": Text(
        "應為零以上之整數且不超過上限。", "The value must be a whole number within its limit."
    ),
    "dates.order": Text(
        "有效期間之末日早於首日，請核對兩個日期。",
        "The last day of validity is before the first: compare both dates.",
    ),
    "dates.range": Text(
        "有效期間之日期須介於西元 1970 年與 9998 年之間。",
        "A day of validity must lie in the years 1970 to 9998.",
    ),
    Refusal.NATIONAL_ID_FORM: Text(
        "統一編號應為一個英文字母加九碼。", "An ID number is a letter and nine more characters."
    ),
    Refusal.NATIONAL_ID_CHECK: Text(
        "統一編號檢查碼不符，請與證件核對。",
        "The check digit of the ID number does not fit: compare it with the document.",
    ),
    Refusal.BUSINESS_NO_FORM: Text(
        "統一編號應為八位數字。", "A unified business number has eight digits."
    ),
    Refusal.BUSINESS_NO_CHECK: Text(
        "統一編號檢查碼不符，請與登記資料核對。",
        "The unified business number does not pass its check: compare it with the register.",
    ),
    Refusal.ROC_DATE_FORM: Text(
        "日期應為民國年月日七碼，例如 0990101。",
        "The date must be seven digits of the Republic of China calendar, such as 0990101.",
    ),
    Refusal.ISO_DATE_FORM: Text("日期應寫成 YYYY-MM-DD。", "The date must be written YYYY-MM-DD."),
    Refusal.NO_SUCH_DAY: Text(
        "曆法上沒有這一天，請核對日期。", "There is no such day: compare the date."
    ),
    Refusal.DIGITS_FORM: Text("只能有半形數字 0 至 9。", "Only the digits 0 to 9 may stand here."),
    Refusal.CHARACTER_CONTROL: Text(
        "含有控制字元，請刪除後重新輸入。", "The text holds a control character: type it again."
    ),
    Refusal.CHARACTER_INVISIBLE: Text(
        "含有看不見的字元（零寬、雙向控制或標籤字元），請重新輸入。",
        "The text holds an invisible character (zero-width, direction or tag): type it again.",
    ),
    Refusal.CHARACTER_PRIVATE: Text(
        "含有造字區字元，他人無法辨識；請改用 Unicode 正式字碼。",
        "The text holds a private-use character nobody else can read: use its Unicode code.",
    ),
    Refusal.CHARACTER_UNASSIGNED: Text(
        "含有未編碼或不完整的字元，請重新輸入。",
        "The text holds an unassigned or broken character: type it again.",
    ),
    Refusal.CHARACTER_SPACE: Text(
        "含有特殊空白，請改用一般空白或全形空白。",
        "The text holds an unusual space: use a plain or an ideographic one.",
    ),
    Refusal.SPACE_AT_END: Text(
        "首尾有空白，請刪除。", "The text begins or ends with a space: remove it."
    ),
    Refusal.STRAY_MARK: Text(
        "附加符號位置不當或過多。", "A combining mark stands alone, or too many on one letter."
    ),
    Refusal.NAME_CHARACTER: Text(
        "姓名含有不應出現的字元，請核對。", "A character does not belong in a name: compare it."
    ),
    "text.not_printable": Text(
        "字型沒有這個字，無法印出；請確認字碼，或洽系統管理者更新字型。",
        "The font cannot show this character: check its code, or have the font renewed.",
    ),
    Refusal.NAME_NO_LETTER: Text("姓名沒有任何文字。", "The name has no letter at all."),
}
"""The words for every reason code; the codes are stable."""
