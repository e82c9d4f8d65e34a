"""Opens keys in hardware modules for the commands: which module, and the PIN."""

from typing import TYPE_CHECKING

import typer

from credential.display import one_line
from registry.settings import module_library, module_pin

if TYPE_CHECKING:
    from registry.pkcs11_keys import Pkcs11Key


def module_key(uri: str) -> "Pkcs11Key":
    """Return the key of a URI; raises `KeyFileError` where it cannot be used."""
    from registry.pkcs11_keys import (  # noqa: PLC0415 - loads a native library
        Pkcs11Key,
        parse_uri,
    )

    return Pkcs11Key(parse_uri(uri, module_library()), _pin)


def new_module_key(uri: str) -> "Pkcs11Key":
    """A new ES256 key is in the module of a URI; returns it."""
    from registry.pkcs11_keys import (  # noqa: PLC0415 - loads a native library
        make_key,
        parse_uri,
    )

    return make_key(parse_uri(uri, module_library()), _pin)


def _pin(token: str) -> str:
    given = module_pin()
    if given is not None:
        return given
    return str(typer.prompt(f"PIN of token {one_line(token)}", hide_input=True, err=True))
