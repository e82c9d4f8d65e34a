import re
from pathlib import Path

from credential.errors import FormatError
from registry.errors import BundleError, ForeignRegistryError, RollbackError
from verifier import DEFAULT_POLICY
from verifier.reasons import Reason

PAGE = Path(__file__).parents[2] / "docs" / "formats" / "verdict.md"
GROUPS = "form|proof|issuer|key|anchor|dates|status|trust|skipped|document"


def test_the_page_and_the_code_name_the_same_reasons() -> None:
    on_page = set(re.findall(rf"\b(?:{GROUPS})\.[a-z_]+\b", PAGE.read_text(encoding="utf-8")))

    assert on_page == {reason.value for reason in Reason}


def test_the_page_and_the_code_name_the_same_policy_settings() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert all(f"    {name} " in text for name in DEFAULT_POLICY.__dataclass_fields__)


def test_every_error_that_becomes_a_check_carries_a_code_of_the_page() -> None:
    kinds = [*_below(FormatError), BundleError, ForeignRegistryError, RollbackError]

    assert {kind.code for kind in kinds} <= {reason.value for reason in Reason}


def _below(kind: type[FormatError]) -> list[type[FormatError]]:
    return [kind, *(lower for each in kind.__subclasses__() for lower in _below(each))]
