"""Routes about the service itself: is it alive, is it ready, and the trust bundle it holds."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from credential.ids import UnixTime
from registry.mirror.answers import REVALIDATE, Resource, answer
from verifier.checks import trust_check
from verifier.fields import rfc3339
from verifier.policy import Policy
from verifier.service.exchange import JSON
from verifier.service.problems import MEDIA_TYPE, NO_BUNDLE, RefusedError
from verifier.service.trust_desk import Refreshing, Standing, TrustDesk
from verifier.verdict import Result

BUNDLE_TYPE: Final = "application/octet-stream"
_PROBLEM: Final = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_NOT_STORED: Final = {"cache-control": "no-store"}


def standing_router(desk: TrustDesk, policy: Policy, clock: Callable[[], int]) -> APIRouter:
    """Return the routes that tell how the service stands."""
    router = APIRouter()
    bundle = _Bundle(desk)

    @router.get(
        "/healthz",
        summary="Is the process alive",
        responses={200: {"description": "It answers, which is all that this says."}},
    )
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get(
        "/readyz",
        summary="Can documents be judged now",
        response_class=Response,
        responses={
            200: {"description": "Trust data is at hand, and fresh by the policy.", **_TOLD},
            503: {"description": "Every document would be INDETERMINATE.", **_TOLD},
        },
    )
    async def ready() -> Response:
        told = standing_told(desk.current(), policy, clock())
        told["refresh"] = refreshing_told(desk.refreshing())
        return Response(_dumped(told), 200 if told["ready"] else 503, _NOT_STORED, JSON)

    async def hand_out(request: Request) -> Response:
        found = bundle.resource()
        if found is None:
            raise RefusedError(NO_BUNDLE, {"retry-after": "30"})
        status, headers, body = answer(found, request.headers)
        return Response(b"" if request.method == "HEAD" else body, status, headers)

    for method in ("GET", "HEAD"):
        binary = {"content": {BUNDLE_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
        router.add_api_route(
            "/bundle",
            hand_out,
            methods=[method],
            operation_id=f"{method.lower()} /bundle",
            summary="The trust bundle this service judges by, for verifiers without a mirror",
            response_class=Response,
            responses={
                200: {"description": "The bundle; check it as any.", **_if(method, binary)},
                206: {"description": "The part asked for.", **_if(method, binary)},
                304: {"description": "Not changed."},
                416: {"description": "No such part."},
                503: {"description": "None is held yet.", **_if(method, _PROBLEM)},
            },
        )
    return router


def standing_told(standing: Standing, policy: Policy, now: int) -> dict[str, Any]:
    """Return what is told of the trust data: usable or why not, how old, where from."""
    trust, as_of = standing.trust, standing.as_of
    reason, is_ready = standing.reason, False
    if trust is not None:
        check = trust_check(trust, UnixTime(now), policy)
        reason, is_ready = check.reason, check.result is Result.PASS
    return {
        "ready": is_ready,
        "code": reason.value,
        "as_of": None if as_of is None else rfc3339(as_of),
        "age_seconds": None if as_of is None else max(0, now - as_of),
        "taken_in_at": None if standing.since is None else rfc3339(standing.since),
        "journal_size": None if trust is None else trust.state.size,
        "head": None if trust is None else trust.state.head.hex(),
    }


def refreshing_told(refreshing: Refreshing | None) -> dict[str, Any] | None:
    """Return how looking for newer trust data goes, and what the last look came to."""
    if refreshing is None:
        return None
    return {
        "tried_at": None if refreshing.tried_at is None else rfc3339(refreshing.tried_at),
        "next_at": None if refreshing.next_at is None else rfc3339(refreshing.next_at),
        "failures_in_a_row": refreshing.failures,
        "sources": [
            {"source": look.source, "outcome": look.outcome, "code": look.code or None}
            for look in refreshing.looks
        ],
    }


class _Bundle:
    """The bundle as it is served; hashed once for each that the desk takes in."""

    def __init__(self, desk: TrustDesk) -> None:
        self._desk = desk
        self._content: bytes | None = None
        self._resource: Resource | None = None

    def resource(self) -> Resource | None:
        content = self._desk.bundle()
        if content is None:
            return None
        if self._resource is None or content is not self._content:
            self._content = content
            etag = sha256(content).hexdigest()
            self._resource = Resource(content, None, etag, BUNDLE_TYPE, REVALIDATE)
        return self._resource


_TOLD: Final = {
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "required": ["ready", "code", "as_of", "age_seconds"],
                "properties": {
                    "ready": {"type": "boolean"},
                    "code": {"type": "string", "description": "A trust.* code of verdict.md."},
                    "as_of": {"type": ["string", "null"], "format": "date-time"},
                    "age_seconds": {"type": ["integer", "null"]},
                    "taken_in_at": {"type": ["string", "null"], "format": "date-time"},
                    "journal_size": {"type": ["integer", "null"]},
                    "head": {"type": ["string", "null"]},
                    "refresh": {
                        "type": ["object", "null"],
                        "description": "When newer trust data was last looked for, and the outcome "
                        "at each source: new, same, refused or unavailable, with its code.",
                    },
                },
            }
        }
    }
}


def _if(method: str, content: dict[str, Any]) -> dict[str, Any]:
    return content if method == "GET" else {}


def _dumped(members: dict[str, Any]) -> bytes:
    return json.dumps(members).encode("ascii")
