"""What openapi.json says of streams, numbers and receipt keys."""

from collections.abc import Callable
from typing import Any, Final

from verifier.service.limits import Limits
from verifier.verdict import Outcome

_ID: Final = {"oneOf": [{"type": "string", "maxLength": 200}, {"type": "integer"}]}
_DIGEST: Final = {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"}
LINE_ANSWER: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["line", "outcome", "codes"],
    "properties": {
        "line": {"type": "integer", "minimum": 1},
        "id": _ID,
        "outcome": {"type": "string", "enum": [one.value for one in Outcome]},
        "codes": {
            "type": "array",
            "items": {"type": "string"},
            "description": "The codes of verdict.md of what did not pass.",
        },
        "leaf": {**_DIGEST, "description": "SHA-256(0x00 || entry), as in check receipts."},
        "error": {"type": "object", "description": "Why the line could not be read."},
    },
}
METRICS: Final[dict[str, Any]] = {
    "operationId": "metrics",
    "summary": "Numbers for Prometheus / Prometheus 指標",
    "description": "Counts by outcome and code, times, the age of the trust data, children. "
    "Nothing of a document, a key or an address.",
    "responses": {
        "200": {
            "description": "All workers together.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    },
}
RECEIPT_KEY: Final[dict[str, Any]] = {
    "operationId": "receiptKey",
    "summary": "The keys that sign check receipts / 查驗收據的公鑰",
    "responses": {
        "200": {
            "description": "A COSE_KeySet (docs/formats/check-receipt.md).",
            "content": {
                "application/cose-key-set": {"schema": {"type": "string", "format": "binary"}}
            },
        },
        "304": {"description": "Not changed."},
    },
}
_EXAMPLE: Final = (
    '{"id":"first","text":"https://verify.example.gov.tw/s/#12345678901234567"}\n'
    '{"id":"第二份","sealed":"glhA"}\n'
)
_ANSWER: Final = (
    '{"line":1,"id":"first","outcome":"INVALID","codes":["form.encoding"],"leaf":null}\n'
    '{"line":2,"id":"\\u7b2c\\u4e8c\\u4efd","outcome":"INVALID","codes":["form.encoding"],"leaf":null}\n'
)


def line_schema() -> dict[str, Any]:
    """Return what a line of a stream may be."""
    text = {"type": "string", "minLength": 1}
    sealed = {"type": "string", "minLength": 1, "contentEncoding": "base64"}
    return {
        "oneOf": [
            {
                "type": "object",
                "properties": {name: schema, "id": _ID, "name": {"type": "string"}},
                "required": [name],
                "additionalProperties": False,
            }
            for name, schema in (("text", text), ("sealed", sealed))
        ]
    }


def batch(limits: Limits, problem_answers: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Return the operation of streams."""
    lang = {"type": "string", "enum": ["en", "zh-Hant"]}
    return {
        "operationId": "verifyBatch",
        "summary": "Check a stream of credentials / 串流查驗",
        "description": (
            f"One JSON value a line (schema Line), at most {limits.lines:,} lines of "
            f"{limits.line_bytes:,} bytes. Each line is answered with one line (LineAnswer), in "
            "order, also a broken one. Read answers while you send: the service takes nothing more "
            "in while you do not read. With full=1 each answer is a whole Finding with its "
            "line.\n\n"
            "每行一個 JSON，依序逐行回覆，格式錯誤的行也會回覆。請一邊傳送一邊讀取回覆；"
            "未讀取時服務不再接收。"
        ),
        "parameters": [
            {"name": "full", "in": "query", "schema": {"type": "boolean"}},
            {"name": "lang", "in": "query", "schema": lang},
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/x-ndjson": {"schema": {"type": "string"}, "example": _EXAMPLE}
            },
        },
        "responses": {
            "200": {
                "description": "The answers.",
                "content": {
                    "application/x-ndjson": {"schema": {"type": "string"}, "example": _ANSWER}
                },
            },
            **problem_answers(401, 405, 415, 422, 429, 503),
        },
    }
