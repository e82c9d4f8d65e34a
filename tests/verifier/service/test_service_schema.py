"""Thousands of requests that keep the OpenAPI, and as many that do not: none breaks the service."""

import json
from typing import TypeAlias

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from tests.simulated_keys import SimulatedKey
from tests.verifier.service.worlds import SilentLog, make_world
from verifier.service.app import create_app
from verifier.service.limits import Limits

Body: TypeAlias = "str | bytes | int | float | list[Body] | dict[str, Body] | None"
WORLD = make_world()
APP = create_app(
    desk=WORLD.desk(),
    clock=lambda: WORLD.now,
    limits=Limits(files=3),  # each is a child process
    receipts=SimulatedKey("schema"),
    log=SilentLog(),
)
REFUSALS = ["400", "401", "404", "405", "408", "413", "415", "422", "429"]
STREAM = "/verify/batch"


def described(*refusals: str) -> schemathesis.BaseSchema:
    checks = {"negative_data_rejection": {"expected-statuses": list(refusals)}}
    config = schemathesis.Config.from_dict({"checks": checks, "request-timeout": 120})
    return schemathesis.openapi.from_asgi("/openapi.json", APP, config=config)


@schemathesis.serializer("application/x-ndjson")
def as_lines(_context: object, value: Body) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")


routes = described(*REFUSALS).exclude(path=STREAM)
stream = described(*REFUSALS, "200").include(path=STREAM)  # a bad line is answered, not refused


@routes.hook
def filter_query(_context: object, query: dict[str, Body] | None) -> bool:
    """A parameter that is null is not sent at all, so nothing can refuse it."""
    return not query or None not in query.values()


@routes.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_service_keeps_its_own_description(case: schemathesis.Case) -> None:
    # A form has files or a text or both: what breaks one half of that is taken for a bad form.
    is_form = case.media_type == "multipart/form-data"
    case.call_and_validate(excluded_checks=[negative_data_rejection] if is_form else [])


@stream.parametrize()
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_stream_of_anything_is_answered_line_by_line(case: schemathesis.Case) -> None:
    case.call_and_validate()


def test_description_has_every_address_of_the_service() -> None:
    told = described().raw_schema["paths"]

    assert {"/verify", STREAM, "/bundle", "/receipt-key", "/healthz", "/readyz", "/metrics"} <= set(
        told
    )
