"""What openapi.json says of the addresses that the framework does not serve, with examples."""

from typing import Any, Final

from fastapi import FastAPI

from verifier.service.limits import Limits
from verifier.service.openapi_streams import (
    LINE_ANSWER,
    METRICS,
    RECEIPT_KEY,
    batch,
    line_schema,
)
from verifier.service.problems import MEDIA_TYPE, PROBLEMS, Problem
from verifier.verdict import CheckName, Outcome, Result

_TEXTS: Final = ("title", "detail", "title_zh_hant", "detail_zh_hant")
PROBLEM_SCHEMA: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "title_zh_hant", "detail_zh_hant"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "status": {"type": "integer"},
        **{name: {"type": "string"} for name in _TEXTS},
    },
}
BASE64: Final = (
    "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$"
)
_OUTCOME: Final = {"type": "string", "enum": [one.value for one in Outcome]}
_TIME: Final = {"type": ["string", "null"], "format": "date-time"}
_CHECK: Final = {
    "type": "object",
    "required": ["check", "result", "code", "as_of", "text", "advice"],
    "properties": {
        "check": {"type": "string", "enum": [one.value for one in CheckName]},
        "result": {"type": "string", "enum": [one.value for one in Result]},
        "code": {"type": "string", "description": "A stable code of verdict.md."},
        "as_of": _TIME,
        "text": {"type": "string"},
        "advice": {"type": ["string", "null"]},
    },
}
_FINDING: Final = {
    "type": "object",
    "description": "What `sealroot verify --json` says of one document.",
    "required": ["input", "outcome", "document", "checks", "checked_at", "credential", "trust"],
    "properties": {
        "input": {"type": "string", "description": "What the request calls the document."},
        "outcome": _OUTCOME,
        "document": {"type": "object"},
        "checks": {"type": "array", "items": {"$ref": "#/components/schemas/Check"}},
        "checked_at": {"type": "string", "format": "date-time"},
        "confirmed": {"type": "boolean", "description": "Whether the claims were signed."},
        "credential": {"type": ["object", "null"]},
        "record": {"type": "object"},
        "places": {"type": "array", "items": {"type": "object"}},
        "trust": {"type": ["object", "null"]},
        "receipt": {"type": "string", "contentEncoding": "base64"},
    },
}
_FINDINGS: Final = {
    "type": "object",
    "required": ["outcome", "documents"],
    "properties": {
        "outcome": {**_OUTCOME, "description": "The worst of all."},
        "documents": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
    },
}
_LANG: Final = {
    "type": "string",
    "enum": ["en", "zh-Hant"],
    "description": "The language of words; else what Accept-Language prefers.",
}


def describe(
    app: FastAPI, limits: Limits, *, has_receipts: bool = False, has_keys: bool = False
) -> None:
    """The OpenAPI of the framework has the busy addresses too, and our problem details."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        described = made()
        schemas = described.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas |= {
            "Problem": PROBLEM_SCHEMA,
            "Check": _CHECK,
            "Finding": _FINDING,
            "Findings": _FINDINGS,
            "Document": _document_schema(),
        }
        schemas |= {"Line": line_schema(), "LineAnswer": LINE_ANSWER}
        described["paths"] |= {
            "/verify": {"post": _verify(limits)},
            "/verify/batch": {"post": batch(limits, problem_answers)},
            "/metrics": {"get": METRICS | {"responses": _read_answers(METRICS)}},
        }
        if has_receipts:
            described["paths"]["/receipt-key"] = {"get": RECEIPT_KEY}
        described["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        if has_keys:
            for path in ("/verify", "/verify/batch"):
                described["paths"][path]["post"]["security"] = [{"key": []}]
            described["paths"]["/metrics"]["get"]["security"] = [{"key": []}]
        return described

    app.openapi = openapi  # type: ignore[method-assign]  # the documented way to extend it


def _document_schema() -> dict[str, Any]:
    named = {"name": {"type": "string", "maxLength": 200}}
    text = {"type": "string", "minLength": 1, "description": "The text of a QR code."}
    sealed = {
        "type": "string",
        "minLength": 4,
        "contentEncoding": "base64",
        "pattern": BASE64,
        "description": "A sealed file; base64 with padding (RFC 4648, 4), the one form of it.",
    }
    return {
        "oneOf": [
            _object({"text": text, **named}, ["text"]),
            _object({"sealed": sealed, **named}, ["sealed"]),
        ]
    }


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _request_schema(limits: Limits) -> dict[str, Any]:
    wishes = {"receipt": {"type": "boolean"}, "lang": _LANG}
    alone = [
        _object({**one["properties"], **wishes}, one["required"])
        for one in _document_schema()["oneOf"]
    ]
    documents = {
        "type": "array",
        "minItems": 1,
        "maxItems": limits.documents,
        "items": {"$ref": "#/components/schemas/Document"},
    }
    return {"oneOf": [*alone, _object({"documents": documents, **wishes}, ["documents"])]}


def _form_schema(limits: Limits) -> dict[str, Any]:
    file = {
        "type": "array",
        "minItems": 1,
        "maxItems": limits.files,
        "items": {"type": "string", "format": "binary", "minLength": 1},
        "description": (
            f"Pictures (PNG, JPEG, WebP), PDFs, sealed files, texts; each at most "
            f"{limits.file_bytes:,} bytes and read within {limits.child_seconds} seconds. "
            "每份文件一個部分，須附檔名。"
        ),
    }
    text = {"type": "string", "minLength": 1, "description": "The text of a QR code."}
    properties = {
        "file": file,
        "text": text,
        "lang": _LANG,
        "receipt": {"type": "string", "enum": ["true", "false"]},
    }
    return {**_object(properties, []), "anyOf": [{"required": ["file"]}, {"required": ["text"]}]}


_EXAMPLES: Final = {
    "one": {
        "summary": "The text of one QR code / 一個 QR 碼的文字",
        "value": {"text": "https://verify.example.gov.tw/s/#12345678901234567", "lang": "zh-Hant"},
    },
    "several": {
        "summary": "Several at once / 一次多份",
        "value": {
            "documents": [
                {"name": "counter 3, first", "text": "12345678901234567"},
                {"name": "櫃檯三，第二份", "text": "76543210987654321"},
            ],
            "lang": "en",
        },
    },
}


def _verify(limits: Limits) -> dict[str, Any]:
    findings = [{"$ref": "#/components/schemas/Finding"}, {"$ref": "#/components/schemas/Findings"}]
    return {
        "operationId": "verify",
        "summary": "Check documents / 查驗文件",
        "description": (
            "One document alone is answered with its finding, several with all of them in order. "
            "The outcome is VALID, INVALID or INDETERMINATE; the status is 200 for each of them. "
            "Nothing of a document is stored or logged.\n\n"
            "單一文件回覆其查驗結果，多份文件依序回覆。"
            "結果為 VALID、INVALID 或 INDETERMINATE，HTTP 狀態皆為 200。"
            "本服務不儲存也不記錄文件內容。"
        ),
        "parameters": [
            {"name": "lang", "in": "query", "schema": _LANG},
            {
                "name": "receipt",
                "in": "query",
                "description": "Add a signed check receipt to each finding.",
                "schema": {"type": "boolean"},
            },
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": _request_schema(limits), "examples": _EXAMPLES},
                "multipart/form-data": {"schema": _form_schema(limits)},
            },
        },
        "responses": {
            "200": {
                "description": "What was found.",
                "content": {"application/json": {"schema": {"oneOf": findings}}},
            },
            **problem_answers(400, 401, 405, 408, 413, 415, 422, 429, 503),
        },
    }


def _read_answers(described: dict[str, Any]) -> dict[str, Any]:
    return {**described["responses"], **problem_answers(401, 405)}


def problem_answers(*statuses: int) -> dict[str, Any]:
    """Return the problems with these statuses, each with an example."""
    return {
        str(status): {
            "description": " / ".join(problem.title for problem in _with(status)),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {
                        problem.kind.rpartition(":")[2]: {"value": problem.members()}
                        for problem in _with(status)
                    },
                }
            },
        }
        for status in statuses
    }


def _with(status: int) -> list[Problem]:
    return [problem for problem in PROBLEMS if problem.status == status]
