"""The process that keeps a service's trust data fresh; it alone fetches, and alone writes.

It reads its plan as one line from standard input and ends when that closes, so that it never
outlives the service, or at the line `end`. Any other line asks for a round at once. Each round is a
child of its own, ended when it takes too long: a mirror that drips or a node that hangs holds
nothing up, and the memory of opening a large bundle goes back.
"""

import json
import os
import secrets
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from credential.errors import SealrootError
from registry.anchor_file import TrustAnchor
from registry.mirror.sources import FolderSource, HttpSource, Source
from registry.trust_data import BundleKind
from verifier.service.refresh import Pace, Refresher
from verifier.service.refresh_folder import Attempt, TrustFolder
from verifier.service.refresh_plan import END, RefreshPlan, plan_from_json
from verifier.service.refresh_sources import ChainSource, FileSource, MirrorSource, TrustSource
from verifier.sources import open_chain, read_trust_anchor

_GENTLE = 10
_LOOK_SECONDS = 1.0
_CHILD_LOOK_SECONDS = 0.05
EXIT_UNUSABLE = 3


def sources_of(plan: RefreshPlan, anchor: TrustAnchor) -> list[TrustSource]:
    """Return the sources of a plan in the order in which they are asked."""
    sources: list[TrustSource] = []
    if plan.bundle is not None:
        sources.append(FileSource(plan.bundle, anchor))
    kind = BundleKind[plan.kind.upper()]
    for number, name in enumerate(plan.mirrors, 1):
        sources.append(MirrorSource(number, name, anchor, kind, _opener(name, plan)))
    if plan.rpc is not None:
        rpc = plan.rpc
        sources.append(ChainSource(rpc, anchor, lambda registry: open_chain(rpc, registry)))
    return sources


def _opener(name: str, plan: RefreshPlan) -> Callable[[], Source]:
    if name.startswith(("http://", "https://")):
        return lambda: HttpSource(name, time.monotonic, request_seconds=plan.request_seconds)
    return lambda: FolderSource(Path(name))


def keep_fresh(plan: RefreshPlan) -> None:
    """Rounds follow each other, as the pace says, or when asked, or when the file has changed."""
    anchor = read_trust_anchor(plan.trust_anchor)
    folder = TrustFolder(plan.folder)
    pace = Pace(plan.every_seconds)
    watched = None if plan.bundle is None else FileSource(plan.bundle, anchor)
    with folder.keeping():
        while True:
            if watched is not None:
                watched.look()
            ended = _in_a_child(lambda: _one_round(plan, anchor, folder, pace), plan.round_seconds)
            if ended.code != 0:
                _note_trouble(folder, pace, ended.code)
            if not ended.was_asked:
                _wait(_seconds_left(folder), watched)


def _one_round(plan: RefreshPlan, anchor: TrustAnchor, folder: TrustFolder, pace: Pace) -> None:
    refresher = Refresher(
        folder,
        anchor,
        sources_of(plan, anchor),
        pace=pace,
        old_after=plan.old_after_seconds,
        tell=tell,
    )
    refresher.round(int(time.time()), _chance())


class _Ended(NamedTuple):
    """The exit code of a child, negative for a signal, and whether a line came meanwhile."""

    code: int
    was_asked: bool


def _in_a_child(work: Callable[[], None], most_seconds: float) -> _Ended:
    """Return how the work ended in a child of its own, which is ended after so many seconds."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except SealrootError as error:
            tell("a round of refreshing failed", {"because": str(error)})
        except BaseException:  # noqa: BLE001  (the child must end here, whatever happened)
            traceback.print_exc()
        finally:
            os._exit(code)
    deadline = time.monotonic() + most_seconds
    was_asked = False
    try:
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return _Ended(os.waitstatus_to_exitcode(status), was_asked)
            if time.monotonic() > deadline:
                tell("a round of refreshing was ended", {"after_seconds": most_seconds})
                os.kill(child, signal.SIGKILL)
            was_asked |= _leave_if_alone(_CHILD_LOOK_SECONDS)
    except SystemExit:
        os.kill(child, signal.SIGKILL)
        raise


def _note_trouble(folder: TrustFolder, pace: Pace, code: int) -> None:
    """The folder says that a round ended without a word, and when the next one is."""
    standing = folder.standing()
    now = int(time.time())
    because = "it took too long and was ended" if code < 0 else "it failed; see the log"
    failures = standing.failures + 1
    folder.write_standing(
        standing._replace(
            tried_at=now,
            next_at=now + int(pace.wait(failures, _chance())),
            failures=failures,
            rounds=standing.rounds + 1,
            tried=(Attempt("round", "unavailable", because),),
        )
    )


def _seconds_left(folder: TrustFolder) -> float:
    next_at = folder.standing().next_at
    return 1.0 if next_at is None else max(1.0, next_at - time.time())


def _wait(seconds: float, watched: FileSource | None) -> None:
    """Return when the time is over, when somebody asks, or when the file is another one."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if _leave_if_alone(min(left, _LOOK_SECONDS)):
            return
        if watched is not None and watched.has_changed():
            return


def _leave_if_alone(seconds: float) -> bool:
    """Wait; say whether a line came. Ends this process when it was told to, or input has closed."""
    readable: Sequence[object] = select.select([0], [], [], seconds)[0]
    if not readable:
        return False
    told = os.read(0, 4096)
    if not told or END.encode() in told:
        sys.exit(0)
    return True


def _chance() -> float:
    return secrets.randbelow(1_001) / 1_000


def tell(event: str, facts: dict[str, object]) -> None:
    """One line of JSON on standard error, for those who run the service."""
    line = {"event": event, **facts, "at": int(time.time())}
    sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def main() -> int:
    """Refresh until standard input closes; return the exit code."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for the service, which closes our input
    plan = plan_from_json(_first_line())
    os.nice(_GENTLE)
    try:
        keep_fresh(plan)
    except SealrootError as error:
        tell("refreshing has ended", {"because": str(error)})
        return EXIT_UNUSABLE
    return 0


def _first_line() -> str:
    """Return the plan, read byte by byte: what follows it must stay in the pipe for `select`."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit(0)
        line += byte
    return line.decode()


if __name__ == "__main__":
    sys.exit(main())
