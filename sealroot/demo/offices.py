"""What the offices of the demonstration do: issue records, and change a document's status."""

import csv
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from credential.ids import UnixTime
from issuer.cli import found_office, open_office
from issuer.issue import Ending, issue, run
from issuer.office import Office
from issuer.ports import silent
from issuer.recording import IssueRequest
from issuer.settings import OfficeSettings
from issuer.states import BatchState, OutputFile, StatusAction, StatusReason, WaitFor
from issuer.status_changes import StatusRequest, change_status
from registry.account_files import find_account_file
from registry.key_files import InsecureKeyFileWarning
from registry.operations.agencies import anchor_account_name
from sealroot.demo.realm import OfficePlan, Realm

VERIFY_URL: Final = "https://verify.example.gov.tw/s/"
FILES: Final = frozenset({OutputFile.PNG, OutputFile.SVG, OutputFile.PDF})
Report = Callable[[str, int, int], None]


class Desk:
    """One office at work, in its own home folder with its own database."""

    def __init__(self, plan: OfficePlan, realm: Realm, folder: Path) -> None:
        self.plan = plan
        self._home = folder / "offices" / plan.code
        self.documents = folder / "documents" / plan.code
        with _plain_keys_are_expected():
            found_office(self._home, self._settings(realm), False)

    def issue(
        self, source: Path, *, wait_for: WaitFor = WaitFor.ANCHOR, report: Report = silent
    ) -> list[Path]:
        """Every record of the file is released; returns their sealed files in the file's order."""
        with self._opened(report) as office:
            made = issue(office, self._request(source, wait_for))
            if made.ending is not Ending.DONE:
                raise RuntimeError(f"{self.plan.code} waits: {made.waits_for}")
            with office.database.reading() as repository:
                known = repository.credentials.of_job(made.job.id)
        return [self.documents / f"{one.number}.sealed" for one in known]

    def carry_on(self) -> bool:
        """What waited has gone on as far as it can; returns whether nothing waits any more."""
        with self._opened(silent) as office:
            run(office)
            return self.waiting() == 0

    def waiting(self) -> int:
        """Return how many batches are signed and not yet known to be anchored."""
        with self._opened(silent) as office, office.database.reading() as repository:
            return len(repository.batches.in_state(BatchState.CHECKED, BatchState.ANCHORING))

    def change(self, number: str, action: StatusAction, reason: StatusReason) -> None:
        """The status of a document has changed and the new list is published."""
        request = StatusRequest(number, action, reason, UnixTime(int(time.time())))
        with self._opened(silent) as office:
            made = change_status(office, request)
        if not made.published:
            raise RuntimeError(f"{number}: {made.waits_for}")

    def _request(self, source: Path, wait_for: WaitFor) -> IssueRequest:
        return IssueRequest(
            source=source,
            type_id=self.plan.type_id,
            out_dir=self.documents,
            url=VERIFY_URL,
            wait_for=wait_for,
            files=FILES,
            batch_size=1_024,
            skip_bad=False,
            again=False,
        )

    def _settings(self, realm: Realm) -> OfficeSettings:
        account = find_account_file(realm.home.accounts, anchor_account_name(self.plan.code))
        return OfficeSettings(
            agency=self.plan.code,
            batch_key=str(realm.key_file(self.plan.code)),
            anchor_account=str(account),
            registry=str(realm.home.path),
            verify_url=VERIFY_URL,
        )

    @contextmanager
    def _opened(self, report: Report) -> Iterator[Office]:
        with _plain_keys_are_expected(), open_office(self._home, report) as office:
            yield office


@contextmanager
def _plain_keys_are_expected() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InsecureKeyFileWarning)
        yield


def split_rows(
    source: Path, folder: Path, parts: dict[str, Callable[[int], bool]]
) -> dict[str, Path]:
    """Return a file for each part: the rows whose group (first column) it accepts by number."""
    with source.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    order = {group: number for number, group in enumerate(dict.fromkeys(row[0] for row in rows))}
    written = {}
    for name, accepts in parts.items():
        written[name] = folder / f"{name}.csv"
        with written[name].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *(row for row in rows if accepts(order[row[0]]))])
    return written
