"""Keys in a hardware module, shown with SoftHSM: the library and the tool of Debian's softhsm2."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from credential.batch import seal_batch
from credential.keys import ALG_ES256, ALG_MLDSA44, load_key
from registry.checkpoint import encode_statement, state_statement
from registry.key_files import InsecureKeyFile
from registry.pkcs11_keys import Pkcs11Key, make_key, parse_uri
from registry.rim_errors import KeyFileError
from sealroot.commands import run
from tests.simulator import Simulator

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
TOOL = shutil.which("softhsm2-util")
PIN = "4711-0815"

with_softhsm = pytest.mark.skipif(
    TOOL is None or not MODULE.is_file(),
    reason="needs SoftHSM: `apt-get install softhsm2`",
)


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A token of its own; the library reads its configuration once, for the whole process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOFTHSM2_CONF", str(configuration))
        assert TOOL is not None
        line = [TOOL, "--init-token", "--free", "--label", "Council", "--so-pin", PIN, "--pin", PIN]
        subprocess.run(line, check=True, capture_output=True)
        # The library reads its configuration when it is loaded first.
        with pytest.raises(KeyFileError, match="no key of this label"):
            Pkcs11Key(parse_uri(uri_of("nobody")), lambda _token: PIN)
    return "Council"


def uri_of(label: str, holder: str = "Council") -> str:
    return f"pkcs11:token={holder};object={label}?module-path={MODULE}"


@pytest.fixture
def new_key(token: str) -> Callable[[str], Pkcs11Key]:
    return lambda label: make_key(parse_uri(uri_of(label, token)), lambda _token: PIN)


@with_softhsm
def test_key_in_a_module_signs_batches_that_verify(new_key: Callable[[str], Pkcs11Key]) -> None:
    key = new_key("batch")

    sealed = seal_batch([b"entry"], alg=key.alg, kid=key.kid, aad=b"aad", sign=key.sign)

    assert key.alg == ALG_ES256
    assert load_key(key.cose_key).kid == key.kid
    assert len(sealed.sealed) == 1
    for message in (b"", b"one", b"two" * 1000):
        load_key(key.cose_key).verify(key.sign(message), message)


@with_softhsm
def test_key_is_found_again_by_its_uri_and_never_replaced(
    new_key: Callable[[str], Pkcs11Key],
) -> None:
    made = new_key("kept")

    again = Pkcs11Key(parse_uri(uri_of("kept")), lambda _token: PIN)

    assert again.kid == made.kid
    with pytest.raises(KeyFileError, match="never replaced"):
        new_key("kept")


@with_softhsm
@pytest.mark.parametrize(
    ("uri", "pin", "why"),
    [
        (uri_of("nobody"), PIN, "no key of this label"),
        (uri_of("kept", "Another"), PIN, "no token of this label"),
        (uri_of("kept"), "0000-0000", "PIN is wrong"),
    ],
)
@pytest.mark.usefixtures("token")
def test_what_is_wrong_with_a_key_in_a_module_is_said_in_words(
    uri: str, pin: str, why: str
) -> None:
    with pytest.raises(KeyFileError, match=why):
        Pkcs11Key(parse_uri(uri), lambda _token: pin)


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("pkcs11:token=Council", "token= and object="),
        ("pkcs11:token=Council;object=", "token= and object="),
        ("pkcs11:token=Council;object=a;pin-value=1", "nothing else"),
        ("pkcs11:nonsense", "RFC 7512"),
        ("pkcs11:token=Council;object=a", "no module"),
    ],
)
def test_uri_that_names_no_key_is_refused(uri: str, why: str) -> None:
    with pytest.raises(KeyFileError, match=why):
        parse_uri(uri)


def test_uri_may_escape_what_a_label_holds() -> None:
    uri = parse_uri("pkcs11:token=My%20Token;object=a%3Bb", "/lib/module.so")

    assert (uri.token, uri.label, uri.module) == ("My Token", "a;b", "/lib/module.so")


@with_softhsm
@pytest.mark.usefixtures("token")
@pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning")
def test_checkpoint_is_signed_in_the_module_and_beside_it_by_ml_dsa_44(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEALROOT_PKCS11_PIN", PIN)
    home, uri = str(tmp_path), uri_of("checkpoint")
    for words in (["key", "new", uri], ["key", "new", "pq", "--alg", "ml-dsa-44"]):
        assert run(["registry", *words, "--home", home]) == 0
    in_module = Pkcs11Key(parse_uri(uri), lambda _token: PIN)
    statement = _statement(tmp_path, in_module, InsecureKeyFile(tmp_path / "keys" / "pq.key"))

    line = ["registry", "checkpoint", "sign", str(statement), "--key", uri, "--key", "pq"]
    assert run([*line, "--home", home]) == 0
    assert run(["registry", "checkpoint", "assemble", str(statement)]) == 0
    capsys.readouterr()
    assert run(["registry", "checkpoint", "show", "--home", home, "--json"]) == 0

    (shown,) = json.loads(capsys.readouterr().out)
    assert shown["algorithms"] == {"ES256": 1, "ML-DSA-44": 1}
    assert shown["quantum_safe"]
    assert in_module.alg != ALG_MLDSA44


def _statement(folder: Path, *keys: Pkcs11Key | InsecureKeyFile) -> Path:
    sim = Simulator()
    sim.set_signers(*keys, threshold=1)  # type: ignore[arg-type] # they have a COSE_Key too
    statement = state_statement(sim.state(), sim.now)
    path = folder / "checkpoints" / f"{statement.size:010d}-{statement.at}.statement"
    path.parent.mkdir()
    path.write_bytes(encode_statement(statement))
    return path
