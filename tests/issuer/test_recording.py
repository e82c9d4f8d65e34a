from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from credential.entry import certificate_number, decode_entry
from credential.sealed import decode_sealed
from issuer.errors import InputError, RequestError
from issuer.issue import issue
from issuer.office import Office
from issuer.recording import IssueRequest, choose_type
from issuer.repository.credentials import Known
from issuer.states import OutputFile
from registry.payloads import AccreditationEnded
from tests.issuer.office_bench import OfficeAndChain, found_office, issue_rows, request_for, types


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    return found_office(tmp_path)


def credentials_of(office: Office) -> list[Known]:
    with office.database.reading() as repository:
        return repository.credentials.page(limit=1000, offset=0)


def with_a_bad_row(folder: Path, **wishes: Any) -> IssueRequest:  # noqa: ANN401  (handed on as they are)
    request = request_for(folder, **wishes)
    lines = request.source.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace(lines[2][:8], "12345678")
    lines[3] = "," + lines[3].partition(",")[2]
    request.source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return request


def test_one_bad_row_stops_everything_and_every_problem_is_named(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain

    with pytest.raises(InputError) as refused:
        issue(office, with_a_bad_row(tmp_path, rows=5))

    assert [(p.row, p.column) for p in refused.value.problems] == [
        (3, "unified_business_no"),
        (4, "unified_business_no"),
    ]
    assert credentials_of(office) == []
    assert chain.anchors() == []


def test_bad_rows_can_be_skipped_and_are_written_to_a_file(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain

    report = issue(office, replace(with_a_bad_row(tmp_path, rows=5), skip_bad=True))

    assert sum(report.counts.values()) == 3
    refused = report.refused_file.read_text(encoding="utf-8").splitlines()
    assert len(refused) == 3
    assert "12345678" in refused[1]


def test_the_same_rows_given_again_are_the_same_documents(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    first = issue_rows(office, tmp_path)

    again = issue_rows(office, tmp_path)

    assert again.was_known
    assert again.numbers == first.numbers
    assert len(chain.anchors()) == 1


def test_the_same_rows_in_a_file_with_other_line_ends_are_the_same(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    first = issue_rows(office, tmp_path)
    request = request_for(tmp_path)
    content = request.source.read_bytes().replace(b"\n", b"\r\n")
    request.source.write_bytes(b"\xef\xbb\xbf" + content)

    assert issue(office, request).numbers == first.numbers


def test_again_makes_new_documents_with_new_numbers(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    first = issue_rows(office, tmp_path)

    second = issue_rows(office, tmp_path, again=True)

    assert not set(first.numbers) & set(second.numbers)
    assert len(chain.anchors()) == 2


def test_a_number_is_that_of_the_entry_and_its_slot(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    issue_rows(office, tmp_path)

    for known in credentials_of(office):
        entry = decode_entry(decode_sealed(known.sealed).entry)
        assert certificate_number(entry) == known.number
        assert (entry.list_no, entry.index) == (known.list_no, known.slot_index)


def test_when_a_list_is_full_the_next_begins(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain  # its lists have 256 slots

    issue_rows(office, tmp_path, rows=300, files=frozenset())

    lists = [known.list_no for known in credentials_of(office)]
    assert (lists.count(1), lists.count(2)) == (256, 44)
    assert chain.status_version(2) == 1


def test_claims_do_not_stay_once_the_entry_is_made(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    report = issue_rows(office, tmp_path)

    with office.database.reading() as repository:
        assert repository.credentials.recorded(report.job.id, 10) == []
        connection = repository.credentials._connection
        left = connection.exec_driver_sql("SELECT count(claims) FROM credential").scalar_one()
    assert left == 0


def test_a_type_nobody_knows_is_refused_with_the_names_that_are_known(
    office_and_chain: OfficeAndChain,
) -> None:
    office, _ = office_and_chain

    with pytest.raises(RequestError, match="driver-licence"):
        choose_type(office, office.journal.follow(), "fishing-licence")


def test_a_type_document_the_registry_does_not_know_is_refused(
    office_and_chain: OfficeAndChain,
) -> None:
    office, _ = office_and_chain
    kind = next(kind for kind in types().values() if kind.id == "driver-licence")
    other = replace(kind, digest=b"\0" * 32)

    with pytest.raises(RequestError, match="does not know the type"):
        choose_type(
            replace(office, types={other.digest: other}), office.journal.follow(), "driver-licence"
        )


def test_without_accreditation_nothing_is_recorded(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    kind = next(kind for kind in types().values() if kind.id == "business-registration")
    number = [one.type_no for one in types().values()].index(kind.type_no) + 1
    chain.append(AccreditationEnded(number))

    with pytest.raises(RequestError, match="not accredited"):
        issue_rows(office, tmp_path)

    assert credentials_of(office) == []


def test_a_character_no_font_shows_is_refused_before_anything_is_recorded(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain

    class PoorPrinter:
        def missing_characters(self, characters: frozenset[str]) -> frozenset[str]:
            return characters & frozenset("灣")

    with pytest.raises(InputError) as refused:
        issue_rows(
            replace(office, printer=PoorPrinter()), tmp_path, files=frozenset({OutputFile.PDF})
        )

    assert len(refused.value.problems) == 3
    assert credentials_of(office) == []
