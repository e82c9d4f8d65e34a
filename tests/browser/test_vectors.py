"""The verifier in the browser on every verdict vector and every single hostile fault."""

import json
from typing import Any

import pytest

from tests.browser.conftest import Opener
from tests.browser.office import ROOT, OfficeSite
from tests.browser.scan_page import ScanPage

VECTORS = ROOT / "tests" / "vectors"
CASES = sorted(path.stem for path in (VECTORS / "verdict").glob("case_*.json"))
HOSTILE = sorted(path.stem for path in (VECTORS / "hostile").glob("*.json"))

# Runs in the page: the same modules that the page itself has loaded.
_JUDGE = """async ([base, bundle, questions]) => {
    const library = (name) => import(new URL(`lib/${name}.js`, base).href);
    const { openBundle } = await library("bundle");
    const { fromHex } = await library("bytes");
    const { policyOf } = await library("policy");
    const { decodeQrText } = await library("qr-text");
    const { decodeTrustAnchor } = await library("trust-anchor");
    const { malformedForm, verify, verifyWithoutTrust } = await library("verify");
    const open = async (seen) => {
        const floor = seen && { ...seen, head: fromHex(seen.head), asOf: seen.as_of };
        const anchor = decodeTrustAnchor(fromHex(bundle.trust_anchor));
        return openBundle(fromHex(bundle.bundle), { anchor, floor: floor ?? null });
    };
    let refusal = null;
    const trust = await open(questions[0].seen_before ?? null).catch((error) => {
        refusal = error.code;
    });
    const policyNamed = (policy) => policy && policyOf({
        maxTrustAge: policy.max_trust_age,
        maxStatusAge: policy.max_status_age,
        maxUnanchoredAge: policy.max_unanchored_age,
        requireAnchor: policy.require_anchor,
        minEvidence: policy.min_evidence,
    });
    const judge = async ({ text, sealed, at, policy }) => {
        let bytes;
        try {
            bytes = text === undefined ? fromHex(sealed) : decodeQrText(text).sealed;
        } catch (fault) {
            return malformedForm(fault.code, at);
        }
        if (refusal !== null) return verifyWithoutTrust(bytes, refusal, at);
        return policy ? verify(bytes, trust, at, policyNamed(policy)) : verify(bytes, trust, at);
    };
    const told = [];
    for (const question of questions) {
        const { outcome, checks } = await judge(question);
        told.push([outcome, checks.map((one) => [one.name, one.result, one.code])]);
    }
    return told;
}"""


def read(name: str) -> dict[str, Any]:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def desk(office: OfficeSite, opened_for_module: Opener) -> ScanPage:
    tab = opened_for_module.blank(office)
    tab.page.goto(office.url)
    return tab


def judged(desk: ScanPage, bundle: dict[str, str], questions: list[dict[str, Any]]) -> list[Any]:
    return desk.page.evaluate(_JUDGE, [desk.office.url, bundle, questions])


def test_there_are_vectors_to_run() -> None:
    assert (len(CASES) > 80, len(HOSTILE) > 1) == (True, True)


@pytest.mark.parametrize("name", CASES)
def test_a_verdict_vector(desk: ScanPage, name: str) -> None:
    vector = read(f"verdict/{name}.json")

    ((outcome, checks),) = judged(desk, read(f"verdict/{vector['bundle']}"), [vector])

    assert [outcome, checks] == [vector["expect"]["outcome"], vector["expect"]["checks"]]


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE if "cases" in read(f"hostile/{name}.json")]
)
def test_every_single_fault_of_a_hostile_vector(desk: ScanPage, name: str) -> None:
    vector = read(f"hostile/{name}.json")
    questions = [{"sealed": sealed, "at": vector["at"]} for _, sealed, *_ in vector["cases"]]

    told = judged(desk, read(f"hostile/{vector['bundle']}"), questions)

    for (about, _, *expected), (outcome, checks) in zip(vector["cases"], told, strict=True):
        wanted, code = [*expected, *("VALID", "form.ok")[len(expected) :]]
        assert (outcome, code in [one[2] for one in checks]) == (wanted, True), about
