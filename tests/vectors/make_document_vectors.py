"""Texts of codes, as a picture shows them or a person types them, and what a document holds."""

from collections.abc import Iterator
from typing import Any

from credential.qr_text import qr_decode, qr_encode
from verifier.reasons import Reason

Json = dict[str, Any]

_SEALED = bytes(range(0x82, 0x82 + 100))
_OURS = qr_encode(_SEALED)
_OURS_WITH_URL = qr_encode(_SEALED, "https://verify.example.gov/s/")
_DAMAGED = _OURS[:50] + "x" + _OURS[51:]
_MENU = "https://example.com/menu"
_RESULT = "SEALROOT-RESULT:VALID 2026-11-24T00:00:00Z"


def document_code_vectors() -> Iterator[tuple[str, Json]]:
    """What is held, in order of the texts; or the code of *document*."""
    held = {
        "picture_of_ours": ("picture", [_OURS]),
        "picture_of_ours_with_a_url": ("picture", [_OURS_WITH_URL]),
        "picture_of_ours_beside_a_foreign_code": ("picture", [_MENU, _OURS]),
        "picture_of_ours_beside_a_result": ("picture", [_RESULT, _OURS]),
        "text_of_ours": ("text", [_OURS_WITH_URL]),
    }
    for name, (source, texts) in held.items():
        sealed, url = qr_decode(texts[-1])
        one = {"sealed": sealed.hex(), "url": url, "fault": None}
        yield name, {"from": source, "texts": texts, "held": [one]}
    for source in ("picture", "text"):
        fault = {"sealed": _DAMAGED.encode().hex(), "url": None, "fault": "form.text"}
        yield f"{source}_of_ours_damaged", {"from": source, "texts": [_DAMAGED], "held": [fault]}
        for name, text in {
            "a_result": _RESULT,
            "a_result_of_nothing": "SEALROOT-RESULT:",
            "a_result_with_ours_behind_it": f"SEALROOT-RESULT:{_OURS_WITH_URL}",
            "a_result_with_digits_behind_it": f"SEALROOT-RESULT:{_OURS}",
            "a_result_with_a_hash_and_digits": f"SEALROOT-RESULT:#{_OURS}",
        }.items():
            yield (
                f"{source}_of_{name}_fail",
                _refused(source, [text], Reason.DOCUMENT_IS_RESULT),
            )
    foreign_and_result = _refused("picture", [_MENU, _RESULT], Reason.DOCUMENT_IS_RESULT)
    yield "picture_of_a_foreign_code_and_a_result_fail", foreign_and_result
    for name, text in {
        "a_foreign_code": _MENU,
        "a_result_in_small_letters": _RESULT.lower(),
        "a_result_behind_a_space": f" {_RESULT}",
    }.items():
        yield f"picture_of_{name}_fail", _refused("picture", [text], Reason.DOCUMENT_NO_CODE)
    small = _RESULT.lower()
    fault = {"sealed": small.encode().hex(), "url": None, "fault": "form.text"}
    yield "text_in_small_letters", {"from": "text", "texts": [small], "held": [fault]}


def _refused(source: str, texts: list[str], reason: Reason) -> Json:
    return {"from": source, "texts": texts, "expect": reason.value}
