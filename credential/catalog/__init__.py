"""The credential types that come with the product, as data: one JSON file each."""

from importlib.resources import files


def catalog_documents() -> tuple[bytes, ...]:
    """Return the bytes of every type document of the catalog, in the order of their file names."""
    found = sorted(
        (item for item in files(__name__).iterdir() if item.name.endswith(".json")),
        key=lambda f: f.name,
    )
    return tuple(item.read_bytes() for item in found)
