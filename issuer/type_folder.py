"""The types an issuer may use: those of the catalog and those of any folder an agency names."""

from pathlib import Path
from typing import Final

from credential.catalog import catalog_documents
from credential.errors import FormatError
from credential.types import MAX_BYTES, CredentialType, load_type
from issuer.errors import SettingsError

_MOST_FILES: Final = 1_000


def read_types(folder: Path | None = None) -> dict[str, CredentialType]:
    """Return the types by id; a folder's `*.json` files go before the catalog's of the same id.

    Raises SettingsError, which names the file that is not a type document.
    """
    types = {loaded.id: loaded for loaded in map(load_type, catalog_documents())}
    return types if folder is None else {**types, **_read_folder(folder)}


def _read_folder(folder: Path) -> dict[str, CredentialType]:
    found: dict[str, CredentialType] = {}
    try:
        paths = sorted(folder.glob("*.json"))
        if not folder.is_dir() or len(paths) > _MOST_FILES:
            raise SettingsError(
                f"{folder} is not a folder of at most {_MOST_FILES} type documents."
            )
        for path in paths:
            loaded = _read_file(path)
            if loaded.id in found:
                raise SettingsError(f"{path}: another file of the folder has the id {loaded.id!r}.")
            found[loaded.id] = loaded
    except OSError as error:
        raise SettingsError(f"{error.filename} cannot be read: {error.strerror}.") from error
    return found


def _read_file(path: Path) -> CredentialType:
    with path.open("rb") as file:
        document = file.read(MAX_BYTES + 1)
    try:
        return load_type(document)
    except FormatError as error:
        raise SettingsError(f"{path} is not a type document: {error}.") from error
