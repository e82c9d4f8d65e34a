import csv
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from credential.keys import ALG_MLDSA44
from credential.qr_text import qr_decode
from credential.sealed import decode_sealed
from issuer.errors import DamagedStoreError, RequestError, TrialRefusedError
from issuer.following import JournalFollower
from issuer.issue import Ending, run
from issuer.states import OutputFile, WaitFor
from issuer.steps import Step
from registry.payloads import AgencySuspended
from tests.issuer.office_bench import OfficeAndChain, found_office, issue_rows, open_office
from tests.issuer.test_sealing import damage

ALL = frozenset({OutputFile.PNG, OutputFile.SVG, OutputFile.PDF})


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    return found_office(tmp_path)


def read_symbol(path: Path) -> str:
    with Image.open(path) as image:
        return zxingcpp.read_barcode(image).text


def test_every_file_that_was_asked_for_is_there_and_nothing_else(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain

    report = issue_rows(office, tmp_path, files=ALL)

    expected = {f"{n}.{s}" for n in report.numbers for s in ("sealed", "png", "svg", "pdf")}
    assert {path.name for path in (tmp_path / "out").iterdir()} == expected | {"summary.csv"}


def test_the_symbol_reads_back_as_the_sealed_file(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    report = issue_rows(office, tmp_path)

    text = qr_decode(read_symbol(tmp_path / "out" / f"{report.numbers[0]}.png"))

    assert text.sealed == (tmp_path / "out" / f"{report.numbers[0]}.sealed").read_bytes()
    assert text.url == "https://verify.example/"


def test_the_symbol_of_an_ml_dsa_document_leaves_the_signature_out(tmp_path: Path) -> None:
    office, _ = found_office(tmp_path, alg=ALG_MLDSA44)
    report = issue_rows(office, tmp_path)

    carried = qr_decode(read_symbol(tmp_path / "out" / f"{report.numbers[0]}.png")).sealed

    whole = decode_sealed((tmp_path / "out" / f"{report.numbers[0]}.sealed").read_bytes())
    assert decode_sealed(carried).entry == whole.entry
    assert decode_sealed(carried).receipt == whole.receipt._replace(signature=b"")
    assert len(whole.receipt.signature) == 2420


def test_ml_dsa_documents_are_not_promised_before_their_anchor(tmp_path: Path) -> None:
    office, _ = found_office(tmp_path, alg=ALG_MLDSA44)

    with pytest.raises(RequestError, match="--wait anchor"):
        issue_rows(office, tmp_path, wait_for=WaitFor.NONE)


def test_files_hold_personal_data_and_are_readable_by_their_owner_alone(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    issue_rows(office, tmp_path)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").iterdir()}

    assert modes == {0o600}


def test_the_summary_names_every_document_in_the_order_of_the_input(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    report = issue_rows(office, tmp_path)

    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["number"] for row in rows] == list(report.numbers)
    assert {row["files"] for row in rows} == {"pdf png sealed"}


def test_a_document_is_not_released_when_its_agency_was_suspended_meanwhile(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)

    class StopError(Exception):
        pass

    def stop(step: Step) -> None:
        if step.value == "after-recheck":
            raise StopError

    with pytest.raises(StopError):
        issue_rows(replace(office, checkpoint=stop), tmp_path, rows=2, wait_for=WaitFor.NONE)
    chain.append(AgencySuspended(chain.agency))
    office, _ = open_office(tmp_path)

    reports = run(office)

    assert [report.ending for report in reports] == [Ending.WAITING]
    assert "issuer.not_active" in reports[0].waits_for
    assert len(list((tmp_path / "out").glob("*.sealed"))) == 1


def test_a_document_under_the_number_of_another_is_not_released(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)

    def stop(step: Step) -> None:
        if step.value == "after-recheck":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        issue_rows(replace(office, checkpoint=stop), tmp_path, rows=2, wait_for=WaitFor.NONE)
    damage(
        tmp_path,
        "UPDATE credential SET sealed = (SELECT sealed FROM credential WHERE job_id = 2 AND"
        " leaf_index = 0) WHERE job_id = 2",
    )

    with pytest.raises(DamagedStoreError, match="another document"):
        run(open_office(tmp_path)[0])


def test_after_weeks_without_the_chain_nothing_more_is_signed(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)
    late = office.clock() + 30 * 86_400
    chain.is_away = True
    office = replace(
        office,
        clock=lambda: late,
        journal=JournalFollower(office.database, chain, lambda: late),
    )

    with pytest.raises(TrialRefusedError, match="too_old"):
        issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=2)
