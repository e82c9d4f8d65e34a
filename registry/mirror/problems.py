"""Problem details (RFC 9457) of services, in English and zh-Hant. Inner code knows no status."""

import json
from typing import Final, Literal, NamedTuple

MEDIA_TYPE: Final = "application/problem+json"


class Problem(NamedTuple):
    """What a reader is told: the kind of problem, and what to do."""

    status: int
    title: str
    title_zh_hant: str
    detail: str
    detail_zh_hant: str
    kind: str = "about:blank"

    def members(self, language: Literal["en", "zh-Hant"] = "en") -> dict[str, str | int]:
        """The members of the body; `title` and `detail` are in the language that was asked for."""
        in_chinese = language == "zh-Hant"
        return {
            "type": self.kind,
            "title": self.title_zh_hant if in_chinese else self.title,
            "title_zh_hant": self.title_zh_hant,
            "status": self.status,
            "detail": self.detail_zh_hant if in_chinese else self.detail,
            "detail_zh_hant": self.detail_zh_hant,
        }

    def content(self, language: Literal["en", "zh-Hant"] = "en") -> bytes:
        """The bytes of the body."""
        return json.dumps(self.members(language), ensure_ascii=False).encode()


NOT_HERE: Final = Problem(
    404,
    "Not here",
    "此處沒有",
    "This mirror has no such file. See mirror.json for where it stands, and openapi.json for what "
    "it serves.",
    "此鏡像沒有這個檔案。目前進度見 mirror.json，可取得的資源見 openapi.json。",
)
METHOD: Final = Problem(
    405,
    "Read only",
    "僅供讀取",
    "A mirror only answers GET and HEAD; nothing can be changed here.",
    "鏡像僅回應 GET 與 HEAD，無法在此變更任何內容。",
)
UNUSABLE: Final = Problem(
    422,
    "Not understood",
    "無法理解的請求",
    "A part of the address is not of the form that openapi.json describes.",
    "網址的一部分不符合 openapi.json 所述的格式。",
)
EMPTY: Final = Problem(
    503,
    "Nothing is mirrored yet",
    "尚無鏡像資料",
    "This mirror has not taken anything in yet. Try again in some minutes, or ask another mirror.",
    "此鏡像尚未取得任何資料。請於數分鐘後再試，或改用其他鏡像。",
)
BROKEN: Final = Problem(
    500,
    "Something failed here",
    "此處發生錯誤",
    "The mirror could not answer. Nothing is wrong with your documents; ask another mirror.",
    "此鏡像無法回應。您的文件並無問題，請改用其他鏡像。",
)

_BY_STATUS: Final = {problem.status: problem for problem in (NOT_HERE, METHOD, UNUSABLE, EMPTY)}


def problem_of(status: int) -> Problem:
    """The problem that goes with a status of the web framework."""
    return _BY_STATUS.get(status, BROKEN if status >= 500 else UNUSABLE._replace(status=status))
