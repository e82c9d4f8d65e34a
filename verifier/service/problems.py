"""What the service refuses a request with: problem details (RFC 9457) in English and zh-Hant.

A problem speaks of the request. It never says anything about a document: whoever got one still does
not know whether the document is genuine, and each text says what to do next.
"""

from collections.abc import Mapping
from typing import Final

from registry.mirror.problems import MEDIA_TYPE, Problem
from verifier.words import Language

__all__ = ["MEDIA_TYPE", "PROBLEMS", "Problem", "RefusedError"]

_KIND: Final = "urn:sealroot:problem:"


class RefusedError(Exception):
    """Ends a request with a problem; one place makes an answer of it."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.title)
        self.problem = problem
        self.headers = dict(headers or {})


def _problem(status: int, name: str, english: tuple[str, str], chinese: tuple[str, str]) -> Problem:
    return Problem(status, english[0], chinese[0], english[1], chinese[1], _KIND + name)


NOT_JSON: Final = _problem(
    400,
    "not-json",
    (
        "Not the JSON we read",
        (
            "The body is not one JSON value in UTF-8 without repeated names, NaN and deep nesting. "
            "Nothing was checked. Send what openapi.json describes."
        ),
    ),
    (
        "不是可接受的 JSON",
        (
            "內容不是一個 UTF-8 JSON 值，或含有重複名稱、NaN 或過深的巢狀結構。"
            "文件尚未查驗，請依 openapi.json 傳送。"
        ),
    ),
)
NOT_A_FORM: Final = _problem(
    400,
    "not-a-form",
    (
        "Not a form we read",
        (
            "The body is not a whole multipart/form-data message with at least one file. Nothing "
            "was "
            "checked. Send each document as one part with a file name."
        ),
    ),
    (
        "不是可接受的表單",
        (
            "內容不是完整的 multipart/form-data，或沒有任何檔案。"
            "文件尚未查驗，請將每份文件作為一個含檔名的部分傳送。"
        ),
    ),
)
BROKEN_BODY: Final = _problem(
    400,
    "broken-body",
    ("The body broke off", "The request ended before its body was whole. Nothing was checked."),
    ("內容中斷", "請求在內容完整送達前即結束。文件尚未查驗。"),
)
KEY_NEEDED: Final = _problem(
    401,
    "key-needed",
    (
        "A key is needed",
        (
            "Send `Authorization: Bearer` with a key of this service that has not been revoked. "
            "Whoever runs the service hands out keys."
        ),
    ),
    (
        "需要金鑰",
        "請在 Authorization: Bearer 中提供本服務有效且未撤銷的金鑰。金鑰由服務營運者核發。",
    ),
)
NOT_HERE: Final = _problem(
    404,
    "not-here",
    ("Not here", "There is nothing at this address. See openapi.json for what there is."),
    ("此處沒有", "此網址沒有內容。可用的功能請見 openapi.json。"),
)
NO_BUNDLE: Final = _problem(
    503,
    "no-bundle",
    (
        "No trust data yet",
        "This service holds no trust bundle at the moment. Take one from a mirror, or try again.",
    ),
    ("尚無信任資料", "本服務目前沒有信任資料包。請改由鏡像取得，或稍後再試。"),
)
METHOD: Final = _problem(
    405,
    "method",
    (
        "Another method",
        "This address does not answer that method. See openapi.json for those it answers.",
    ),
    ("方法不符", "此網址不接受這個方法。可用的方法請見 openapi.json。"),
)
TOO_SLOW: Final = _problem(
    408,
    "too-slow",
    ("Too slow", "The body did not arrive in time. Nothing was checked. Send it again."),
    ("傳送過慢", "內容未能及時送達。文件尚未查驗，請重新傳送。"),
)
TOO_LARGE: Final = _problem(
    413,
    "too-large",
    (
        "Too large",
        (
            "The body or one of its parts is over a limit that openapi.json names. Nothing was "
            "checked."
            " Send fewer documents at once, or a smaller picture."
        ),
    ),
    (
        "內容過大",
        (
            "內容或其中一部分超過 openapi.json 所列的上限。"
            "文件尚未查驗，請減少每次傳送的文件，或使用較小的圖片。"
        ),
    ),
)
MEDIA: Final = _problem(
    415,
    "media-type",
    (
        "Another kind of body",
        (
            "The Content-Type or Content-Encoding is not one this address reads. Nothing was "
            "checked. "
            "See openapi.json for those it reads; bodies must not be compressed."
        ),
    ),
    (
        "內容類型不符",
        (
            "此網址不接受這種 Content-Type 或 Content-Encoding。"
            "文件尚未查驗；可接受的類型請見 openapi.json，內容不得壓縮。"
        ),
    ),
)
UNUSABLE: Final = _problem(
    422,
    "unusable",
    (
        "Not understood",
        "The request is well formed but is not what openapi.json describes. Nothing was checked.",
    ),
    ("無法理解的請求", "請求格式正確，但與 openapi.json 所述不符。文件尚未查驗。"),
)
TOO_OFTEN: Final = _problem(
    429,
    "too-often",
    (
        "Too many requests",
        (
            "More requests came than are allowed in this time. Nothing was checked. Wait as long "
            "as "
            "Retry-After says, then send it again."
        ),
    ),
    ("請求過於頻繁", "請求次數超過此期間的上限。文件尚未查驗，請依 Retry-After 等候後再傳送。"),
)
USED_UP: Final = _problem(
    429,
    "quota-used-up",
    (
        "The quota of today is used up",
        (
            "This key or address has had as many documents checked as it may in one day (UTC). "
            "Nothing "
            "was checked. Go on after Retry-After, or ask for a larger quota."
        ),
    ),
    (
        "今日額度已用完",
        (
            "此金鑰或位址今日（UTC）可查驗的文件數已用完。"
            "文件尚未查驗，請於 Retry-After 後再試，或申請較高額度。"
        ),
    ),
)
BROKEN: Final = _problem(
    500,
    "broken",
    (
        "Something failed here",
        (
            "The service could not answer. This says nothing about your documents: check them in "
            "another way, or try again."
        ),
    ),
    ("此處發生錯誤", "本服務無法回應。這與您的文件無關，請改以其他方式查驗或稍後再試。"),
)
NO_RECEIPTS: Final = _problem(
    422,
    "no-receipts",
    (
        "No check receipts here",
        "This service has no key to sign check receipts with. Ask again without one.",
    ),
    ("不提供查驗收據", "本服務沒有簽署查驗收據的金鑰，請勿要求收據後再試。"),
)
RECEIPT_FAILED: Final = _problem(
    500,
    "receipt-failed",
    (
        "The check receipt could not be signed",
        (
            "The key that signs check receipts does not answer or failed. This says nothing about "
            "your documents, which count as checked. Ask again without a receipt, or later."
        ),
    ),
    (
        "無法簽署查驗收據",
        "簽署查驗收據的金鑰沒有回應或發生錯誤。這與您的文件無關，文件已計入查驗次數。請勿要求收據再試，或稍後再試。",
    ),
)
BUSY: Final = _problem(
    503,
    "busy",
    (
        "Busy",
        (
            "As much work as this service takes on at once is under way. Nothing was checked. Try "
            "again"
            " after Retry-After."
        ),
    ),
    ("忙碌中", "本服務同時處理的工作已滿。文件尚未查驗，請於 Retry-After 後再試。"),
)

PROBLEMS: Final = (
    *(NOT_JSON, NOT_A_FORM, BROKEN_BODY, KEY_NEEDED, NOT_HERE, METHOD, TOO_SLOW, TOO_LARGE),
    *(MEDIA, UNUSABLE, TOO_OFTEN, USED_UP, BROKEN, NO_RECEIPTS, RECEIPT_FAILED, BUSY, NO_BUNDLE),
)
_BY_STATUS: Final = {404: NOT_HERE, 405: METHOD, 413: TOO_LARGE, 415: MEDIA, 422: UNUSABLE}


def problem_of(status: int) -> Problem:
    """The problem that goes with a status of the web framework."""
    return _BY_STATUS.get(status, BROKEN if status >= 500 else UNUSABLE._replace(status=status))


def language_asked(accepted: str) -> Language:
    """Return the language of words for an Accept-Language header (RFC 9110 §12.5.4)."""
    best, found = 0.0, "en"
    for part in accepted[:1_000].lower().split(","):
        tag, _, weight = part.strip().partition(";")
        try:
            preference = float(weight.replace(" ", "").removeprefix("q=") or 1)
        except ValueError:
            continue
        if preference > best and tag.strip()[:2] in {"zh", "en"}:
            best, found = preference, tag.strip()[:2]
    return "zh-Hant" if found == "zh" else "en"
