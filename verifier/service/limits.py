"""Every limit of the service in one place; a request over one is refused before it costs more."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, counts and seconds, for each request and for all of them in one worker process."""

    json_bytes: int = 512 * 1024
    """A JSON body; a QR text has some 4,000 characters."""
    json_depth: int = 6
    documents: int = 100
    """Documents in one request."""
    form_bytes: int = 64 * 1024 * 1024
    """A multipart body."""
    file_bytes: int = 24 * 1024 * 1024
    """One file of it."""
    files: int = 20
    body_seconds: float = 30.0
    """From the headers to the end of a JSON body or form."""
    slowest_bytes_per_second: int = 4 * 1024
    """A larger body gets more time than that, at this pace."""
    bytes_in_flight: int = 256 * 1024 * 1024
    """Bodies held in memory by all requests together."""

    line_bytes: int = 16 * 1024
    lines: int = 100_000
    """Lines of one stream."""
    streams: int = 8
    """Streams at once."""
    stream_stall_seconds: float = 60.0
    """How long a stream waits for its client to send or to read."""

    children: int = 2
    """Pictures and PDFs read at once."""
    children_waiting: int = 32
    """Files that wait for a child; one more is refused with 503."""
    child_seconds: int = 20
    """Wall clock and processor seconds of one child."""
    child_bytes: int = 2 * 1024**3
    """Address space of one child."""

    receipt_seconds: float = 10.0
    """How long the signature of a receipt is waited for."""
    slice_seconds: float = 0.003
    """How long one request judges before the others have their turn."""


DEFAULT_LIMITS = Limits()
