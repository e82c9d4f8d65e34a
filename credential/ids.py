"""Names for what must never be mixed up: a NewType for each id, digest and time of the core."""

from typing import NewType

AgencyCode = NewType("AgencyCode", str)
"""The code of an agency as registered in the journal: the `iss` of its credentials."""

CertificateNumber = NewType("CertificateNumber", str)
"""The number people read and type: `<agency code>-<list>-<index>`."""

Digest = NewType("Digest", bytes)
"""A SHA-256 digest of a public file or of journal payload: 32 bytes."""

Kid = NewType("Kid", bytes)
"""A key id: the first 16 bytes of SHA-256 over the COSE_Key bytes as registered."""

Root = NewType("Root", bytes)
"""The root of a Merkle tree (RFC 9162 §2.1): 32 bytes."""

UnixTime = NewType("UnixTime", int)
"""Seconds since 1970-01-01T00:00:00Z. The rim turns it into aware UTC datetimes."""
