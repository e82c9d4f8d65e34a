"""A service over a small world in processes of its own: `python served.py FOLDER WORKERS`."""

import os
import socket
import sys
from pathlib import Path


def main(folder: Path, workers: int) -> None:
    if workers > 1:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder / "numbers")
        (folder / "numbers").mkdir()
    from tests.verifier.service.worlds import WORLD  # noqa: PLC0415 - after the environment is set
    from verifier.service.app import NoLog, create_app  # noqa: PLC0415 - as above
    from verifier.service.server import serve  # noqa: PLC0415 - as above

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.listen(100)
        sys.stdout.write(f"{opened.getsockname()[1]}\n")
        sys.stdout.flush()
        serve(
            lambda: create_app(
                desk=WORLD.desk(),
                clock=lambda: WORLD.now,
                log=NoLog(),
                are_several=workers > 1,
            ),
            opened,
            workers,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
