"""Values of the issuer as they stand in JSON and in tables."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from credential.ids import UnixTime
from issuer.errors import RequestError
from issuer.issue import JobReport
from issuer.queue import Queue
from issuer.repository.statuses import Change
from issuer.status_changes import StatusReport

_TAIPEI = timezone(timedelta(hours=8))


def utc(seconds: int | None) -> str | None:
    """Return the time in UTC as ISO 8601; None stays None."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def parse_time(text: str | None, now: int) -> UnixTime:
    """Return the time a person wrote.

    A day is its beginning in Taipei, a time without zone is Taipei's; None is now.

    Raises RequestError for anything else.
    """
    if text is None:
        return UnixTime(now)
    try:
        parsed = datetime.fromisoformat(text)
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=_TAIPEI)
        return UnixTime(int(parsed.timestamp()))
    except (ValueError, OverflowError) as error:
        raise RequestError(
            f"{text!r} is not a date or time; write it as 2026-11-23 or 2026-11-23T09:00:00+08:00"
        ) from error


def job_json(report: JobReport) -> dict[str, Any]:
    """Return one job as JSON."""
    plan = report.job.plan
    return {
        "job": report.job.id,
        "state": report.job.state.value,
        "ending": report.ending.value,
        "was_known": report.was_known,
        "source": plan.source,
        "out": plan.out_dir,
        "credentials": plan.credentials,
        "counts": {state.value: count for state, count in report.counts.items()},
        "refused_rows": plan.refused_rows,
        "refused_file": None if report.refused_file is None else str(report.refused_file),
        "waits_for": report.waits_for,
        "numbers": list(report.numbers),
    }


def change_json(change: Change) -> dict[str, Any]:
    """Return one status change as JSON."""
    return {
        "number": change.number,
        "action": change.action.value,
        "status": change.status_after.value,
        "reason": change.reason.value,
        "effective": utc(change.effective_at),
        "replaced_by": change.replaced_by,
        "recorded": utc(change.recorded_at),
        "list": change.list_no,
        "version": change.version,
    }


def status_json(report: StatusReport) -> dict[str, Any]:
    """Return what became of a status change as JSON."""
    return {
        **change_json(report.change),
        "was_known": report.was_known,
        "published": report.published,
        "waits_for": report.waits_for,
    }


def queue_json(queue: Queue) -> dict[str, Any]:
    """Return everything that waits, the alarms, and how the watch fares."""
    watch = queue.watch
    return {
        "waiting": [
            {
                "what": one.what,
                "count": one.count,
                "waits_for": one.waits_for,
                "since": utc(one.since),
                "failed_attempts": one.failures,
                "last_error": one.last_error,
                "next_try": utc(queue.next_try),
            }
            for one in queue.waiting
        ],
        "alarms": [
            {
                "since": utc(alarm.since),
                "what": alarm.what,
                "means": alarm.means,
                "way_out": alarm.way_out,
            }
            for alarm in queue.alarms
        ],
        "sending_stopped": watch.alarm is not None,
        "watch": None
        if not watch.round_at
        else {
            "looked_at": utc(watch.round_at),
            "looks_again": utc(watch.next_at),
            "failed_rounds": watch.failures,
            "last_error": watch.last_error,
        },
    }
