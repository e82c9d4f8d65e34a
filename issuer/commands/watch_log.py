"""The watch's log: one JSON line an event on standard error.

Never claims, keys, numbers of documents or addresses with a password in them.
"""

import sys
from collections.abc import Mapping

import structlog

from credential.ids import AgencyCode
from issuer.watch import Tell


def watch_log(agency: AgencyCode) -> Tell:
    """Return what the watch of an office tells its events to."""
    log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.BoundLogger,
    ).bind(agency=str(agency))

    def tell(event: str, known: Mapping[str, object]) -> None:
        say = {"alarm": log.error, "trouble": log.warning}.get(event, log.info)
        say(event, **known)

    return tell
