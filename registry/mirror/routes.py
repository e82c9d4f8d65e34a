"""The routes of the service for programs: every resource of mirror.md, for one registry's tree.

A route is `async` only because the framework runs those without a thread; none of them waits.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from registry.mirror.answers import Resource, answer
from registry.mirror.folder import chunk_name
from registry.mirror.health import Health
from registry.mirror.problems import NOT_HERE, Problem
from registry.mirror.range_file import CHUNK_ENTRIES
from registry.mirror.range_reader import RangeReader
from registry.mirror.tree import BYTES, CBOR, JSON, FileTree

MOST_SIZE: Final = (1 << 63) - 1
First = Annotated[str, Path(pattern=r"^[0-9]{10}\.bin$", description="`<first>.bin`, ten digits.")]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file.")]
Size = Annotated[int, Path(ge=0, le=MOST_SIZE, description="Entries the old bundle covers.")]
_PROBLEM: Final = {
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
}


class Found(Exception):  # noqa: N818 - raised to leave a route early, in one place made an answer
    """A problem that a route ends with."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


def answered(found: Resource | None, request: Request) -> Response:
    """Return the HTTP answer that hands out a resource."""
    if found is None:
        raise Found(NOT_HERE)
    status, headers, body = answer(found, request.headers)
    return Response(b"" if request.method == "HEAD" else body, status, headers)


def tree_router(tree: FileTree, health: Callable[[], Health]) -> APIRouter:
    """Return the routes of one registry's tree."""
    router = APIRouter()
    ranges = RangeReader(tree)

    def file(path: str, media_type: str, summary: str) -> None:
        """The route of one file of the tree."""

        async def hand_out(request: Request) -> Response:
            return answered(tree.find(path), request)

        _add(router, f"/{path}", hand_out, media_type, summary)

    file("mirror.json", JSON, "Where this mirror stands")
    file("checkpoints.cbor", CBOR, "Who vouches for the journal")
    file("evidence.cbor", CBOR, "Block headers and proofs of the head")
    file("trust-anchor.cbor", CBOR, "The trust anchor, to compare; never trust one from a mirror")
    file("statistics.json", JSON, "Counts, small ones left out")
    file("registries.json", JSON, "Other registries mirrored here")
    file("journal/tail.bin", BYTES, "The entries behind the last full chunk")
    file("heads/tail.bin", BYTES, "The heads of the same entries")
    file("bundles/full.srb", BYTES, "The newest full bundle")
    file("bundles/lite.srb", BYTES, "The newest lite bundle")

    async def journal_range(
        request: Request,
        first: Annotated[int, Query(ge=0, le=MOST_SIZE, description="The first entry.")],
        count: Annotated[int, Query(ge=1, le=CHUNK_ENTRIES, description="How many entries.")],
    ) -> Response:
        return answered(ranges.read(first, count), request)

    _add(router, "/journal/range", journal_range, BYTES, "Any range of the journal")

    async def journal_chunk(request: Request, name: First) -> Response:
        return answered(_chunk(tree, "journal", name), request)

    _add(router, "/journal/{name}", journal_chunk, BYTES, "A full chunk of the journal")

    async def heads_chunk(request: Request, name: First) -> Response:
        return answered(_chunk(tree, "heads", name), request)

    _add(router, "/heads/{name}", heads_chunk, BYTES, "The heads of a full chunk")
    _add_documents(router, tree)
    _add_deltas(router, tree)

    async def tell_health(request: Request) -> Response:
        return answered(health().resource(), request)

    _add(router, "/health.json", tell_health, JSON, "How far behind this mirror is")
    return router


def _chunk(tree: FileTree, folder: str, name: str) -> Resource | None:
    first = int(name.removesuffix(".bin"))
    return tree.find(f"{folder}/{chunk_name(first)}") if first % CHUNK_ENTRIES == 0 else None


def _add_documents(router: APIRouter, tree: FileTree) -> None:
    async def status_list(request: Request, digest: Digest) -> Response:
        return answered(tree.find(f"status/{digest}.cbor"), request)

    async def details(request: Request, digest: Digest) -> Response:
        return answered(tree.find(f"details/{digest}.cbor"), request)

    async def type_document(request: Request, digest: Digest) -> Response:
        return answered(tree.find(f"types/{digest}.json"), request)

    _add(router, "/status/{digest}.cbor", status_list, CBOR, "A status list")
    _add(router, "/details/{digest}.cbor", details, CBOR, "Status details")
    _add(router, "/types/{digest}.json", type_document, JSON, "A type document")


def _add_deltas(router: APIRouter, tree: FileTree) -> None:
    async def full_delta(request: Request, size: Size) -> Response:
        return answered(tree.find(f"bundles/full-{size}.srd"), request)

    async def lite_delta(request: Request, size: Size) -> Response:
        return answered(tree.find(f"bundles/lite-{size}.srd"), request)

    _add(router, "/bundles/full-{size}.srd", full_delta, BYTES, "From an older full bundle")
    _add(router, "/bundles/lite-{size}.srd", lite_delta, BYTES, "From an older lite bundle")


def _add(
    router: APIRouter, path: str, endpoint: Callable[..., Any], media_type: str, summary: str
) -> None:
    """GET and HEAD of a path, with everything they may answer in the OpenAPI."""
    for method in ("GET", "HEAD"):
        router.add_api_route(
            path,
            endpoint,
            methods=[method],
            summary=summary,
            operation_id=f"{method.lower()} {path}",
            response_class=Response,
            responses=_responses(media_type, body=method == "GET"),
        )


def _responses(media_type: str, *, body: bool) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "object"} if media_type == JSON else {"type": "string", "format": "binary"}
    content: Mapping[str, Any] = {"content": {media_type: {"schema": schema}}} if body else {}
    described = {200: "The file.", 206: "The part asked for."}
    return {
        **{status: {"description": text, **content} for status, text in described.items()},
        304: {"description": "Not changed."},
        404: {"description": "Not here.", **(_PROBLEM if body else {})},
        416: {"description": "No such part."},
        422: {"description": "Not understood.", **(_PROBLEM if body else {})},
    }
