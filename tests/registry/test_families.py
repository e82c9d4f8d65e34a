"""Which families stand behind a checkpoint, from the key files to the words."""

import json
from pathlib import Path

import pytest

from credential.keys import ALG_MLDSA44
from registry.checkpoint import encode_statement, make_checkpoint, sign_statement, state_statement
from registry.families import families_of, families_told
from registry.key_files import InsecureKeyFile
from sealroot.commands import EXIT_FAILED, run
from tests.simulator import SimulatedKey, Simulator

pytestmark = pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning")

CLASSICAL = tuple(SimulatedKey(f"classical {number}") for number in range(2))
POST_QUANTUM = tuple(SimulatedKey(f"lattice {number}", ALG_MLDSA44) for number in range(2))


@pytest.mark.parametrize(
    ("signers", "by", "is_safe", "words"),
    [
        (CLASSICAL + POST_QUANTUM, CLASSICAL + POST_QUANTUM, True, "verifiers demand 2 of them"),
        (CLASSICAL + POST_QUANTUM, CLASSICAL, False, "not believed"),
        (CLASSICAL + POST_QUANTUM[:1], CLASSICAL + POST_QUANTUM[:1], False, "demand none of them"),
        (POST_QUANTUM, POST_QUANTUM, True, "2 × ML-DSA-44"),
    ],
)
def test_checkpoint_is_quantum_safe_only_where_verifiers_demand_ml_dsa(
    *,
    signers: tuple[SimulatedKey, ...],
    by: tuple[SimulatedKey, ...],
    is_safe: bool,
    words: str,
) -> None:
    sim = Simulator()
    sim.set_signers(*signers, threshold=2)
    statement = state_statement(sim.state(), sim.now)
    checkpoint = make_checkpoint(statement, [sign_statement(statement, key) for key in by])

    told = families_of(checkpoint)

    assert told.is_quantum_safe is is_safe
    assert words in families_told(told).en


def test_key_files_of_both_families_sign_one_checkpoint_by_the_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    names = {"es-1": "es256", "es-2": "es256", "ml-1": "ml-dsa-44", "ml-2": "ml-dsa-44"}
    for name, alg in names.items():
        assert run(["registry", "key", "new", name, "--alg", alg, "--home", str(home)]) == 0
    statement = _statement_of(home, tuple(names))

    def sign(*keys: str) -> int:
        flags = [flag for key in keys for flag in ("--key", key)]
        line = ["registry", "checkpoint", "sign", str(statement), *flags, "--home", str(home)]
        assert run(line) == 0
        return run(["registry", "checkpoint", "assemble", str(statement)])

    classical_alone = sign("es-1", "es-2")
    both = sign("ml-1", "ml-2")
    capsys.readouterr()
    assert run(["registry", "checkpoint", "show", "--home", str(home), "--json"]) == 0

    assert (classical_alone, both) == (EXIT_FAILED, 0)
    (shown,) = json.loads(capsys.readouterr().out)
    assert shown["algorithms"] == {"ES256": 2, "ML-DSA-44": 2}
    assert shown["quantum_safe"]


def _statement_of(home: Path, names: tuple[str, ...]) -> Path:

    keys = [InsecureKeyFile(home / "keys" / f"{name}.key") for name in names]
    sim = Simulator()
    sim.set_signers(*keys, threshold=2)  # type: ignore[arg-type] # they have a COSE_Key too
    folder = home / "checkpoints"
    folder.mkdir()
    statement = state_statement(sim.state(), sim.now)
    path = folder / f"{statement.size:010d}-{statement.at}.statement"
    path.write_bytes(encode_statement(statement))
    return path


def test_es256_signers_alone_are_said_to_be_unsafe() -> None:
    sim = Simulator()

    told = families_of(sim.checkpoint())

    assert told.algorithms == {"ES256": 3}
    assert not told.is_quantum_safe
    assert "不能抵抗量子電腦" in families_told(told).zh_hant
