"""The words that stand on every printed document, whatever its type."""

from typing import Final

from credential.type_fields import Text

NUMBER: Final = Text("證書編號", "Certificate number")
ISSUED: Final = Text("核發日期", "Date of issue")
VALID_UNTIL: Final = Text("有效至", "Valid until")
PAGE: Final = ("第", "頁")
CONTINUED: Final = Text("（續）", "(continued)")
END: Final = Text("以下空白", "Nothing follows")
SYMBOL: Final = "證書 {number} 之查驗條碼 QR code of certificate {number}"
SEALED_FILE: Final = "封印憑證，供查驗用 The sealed credential, for verifying"
RECORD_FILE: Final = "全部記事，其摘要載於封印憑證 The full record bound by the sealed credential"
HOW_TO_VERIFY: Final = (
    Text(
        "查驗：以查驗程式掃描條碼（可離線），並逐欄核對畫面與本紙是否相同。",
        "To verify, scan the code with a verifier, offline too, and compare every field it shows"
        " with this paper.",
    ),
    Text(
        "紙本本身不具證明力：僅條碼內經簽章之資料可信，且須另核對持有人身分。",
        "The paper alone proves nothing: only the signed data in the code count, and they do not"
        " show that the bearer is the person named.",
    ),
    Text(
        "列印後仍可能停止或廢止：以查驗當時之結果為準。",
        "It may have been suspended or revoked since it was printed: the result at the time of"
        " verifying counts.",
    ),
)
