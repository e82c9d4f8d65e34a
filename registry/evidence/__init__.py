"""A light client: that the validators of a chain have sealed a block whose state holds the head.

docs/formats/evidence.md. Pure: bytes go in, a proven head or an EvidenceError comes out.
"""
