"""Thousands of requests that keep the OpenAPI, and as many that do not: none breaks the service."""

import tempfile
from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, settings

from registry.mirror.app import make_app
from tests.registry.mirror.worlds import busy, mirror_of

_FOLDER = tempfile.TemporaryDirectory(prefix="mirror-schema-")
_ROOT = Path(_FOLDER.name)
_APP = make_app(mirror_of(busy(), _ROOT), clock=lambda: 1_700_001_000)
schema = schemathesis.openapi.from_asgi("/openapi.json", _APP)


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_service_keeps_its_own_description(case: schemathesis.Case) -> None:
    case.call_and_validate()


def test_description_has_every_kind_of_file() -> None:
    described = _APP.openapi()["paths"]

    assert {"/mirror.json", "/journal/range", "/bundles/lite.srb", "/status/{digest}.cbor"} <= set(
        described
    )
