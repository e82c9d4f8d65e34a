"""How many PDFs a second `sealroot verify` checks in a folder, all cores and a report included."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.documents import documents
from benchmarks.results import Measured
from benchmarks.world import DRIVER, NOW, World
from registry.anchor_file import encode_trust_anchor
from verifier.drawing import Printer

KEYS: Final = ("folder_pdfs_per_s",)
_DOCUMENTS: Final = 300
_ENDINGS: Final = {0, 1}  # some rows of the sample data have expired


def measure(*, quick: bool) -> Measured:
    """Return the PDFs a second, from the start of the command to its end."""
    world = World()
    ready = documents(world, DRIVER, _DOCUMENTS // 10 if quick else _DOCUMENTS)
    printer, kind = Printer(), world.types[DRIVER]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "in").mkdir()
        for number, document in enumerate(ready):
            path = folder / "in" / f"{number}.pdf"
            path.write_bytes(printer.render_pdf(document, kind))
        office = world.close([document.sealed for document in ready])
        (folder / "bundle").write_bytes(office.bundle_file)
        (folder / "anchor").write_bytes(encode_trust_anchor(office.anchor))
        seconds, used = _seconds(folder, "--compare-pages")
        without, used_without = _seconds(folder, "--no-compare-pages")
    count = len(ready)
    return Measured(
        {"folder_pdfs_per_s": count / seconds},
        {
            "PDFs": count,
            "processor ms a PDF, start included": round(1e3 * used / count, 1),
            "without drawing the pages again, PDFs a second": round(count / without, 1),
            "likewise, processor ms a PDF": round(1e3 * used_without / count, 1),
            "most memory of one process, MB": round(
                resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            ),
        },
    )


def _seconds(folder: Path, pages: str) -> tuple[float, float]:
    """Return seconds by the clock and of all processors for the whole folder."""
    program = Path(sys.executable).with_name("sealroot")
    command = [str(program), "verify", str(folder / "in"), pages]
    command += ["--bundle", str(folder / "bundle"), "--trust-anchor", str(folder / "anchor")]
    command += ["--at", str(NOW), "--report", str(folder / "out.csv")]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode in _ENDINGS, done.stderr.decode()
    assert len((folder / "out.csv").read_text("utf-8-sig").splitlines()) == 1 + len(
        [*(folder / "in").iterdir()]
    )
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, used
