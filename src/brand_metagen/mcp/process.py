"""Our server in the background: one per workspace and kind, known by its id and when it began.

A process id alone may be somebody else's by now; together with the time the process began it is
ours, or nobody's. Works on Linux and macOS.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from brand_metagen.errors import ConflictError, InputError, ServiceError
from brand_metagen.files import write_file

FOLDER = "mcp"
LOG = "mcp_server.log"
LOG_BYTES = 5_000_000
"""Size from which the log of a server is put aside at its next start; one older log is kept."""
INIT, LAST_PID = 1, 2**31 - 1
"""No process of ours has the first id, none a greater one than the last."""
USUAL_PORTS = {"registry": 8765, "operations": 8766}
"""Our servers, and where each listens unless told otherwise."""
START_SECONDS = 30.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Background:
    """A server in the background; `began` is the kernel's word on when the process began."""

    which: str
    pid: int
    began: str
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where one kind of server leaves its traces in a workspace."""

    folder: Path
    which: str

    @property
    def pid_file(self) -> Path:
        return self.folder / FOLDER / f"{self.which}.pid"

    @property
    def ready_file(self) -> Path:
        return self.folder / FOLDER / f"{self.which}.ready"

    @property
    def log(self) -> Path:
        return self.folder / FOLDER / f"{self.which}_{LOG}"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else starts or stops it meanwhile; the kernel lets go when we end."""
        (self.folder / FOLDER).mkdir(exist_ok=True)
        with (self.folder / FOLDER / f"{self.which}.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ConflictError(
                    f"somebody else starts or stops the {self.which} server right now; try again"
                ) from error
            yield


def running(place: Place) -> Background | None:
    """The server if it is alive and ours; what a dead one left, and what is no trace of one, is
    passed over."""
    try:
        found = Background(**json.loads(place.pid_file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    if not (type(found.pid) is int and INIT < found.pid <= LAST_PID):
        return None  # 0 and below mean groups of processes, or all of them
    if not (isinstance(found.began, str) and found.began and isinstance(found.url, str)):
        return None
    return replace(found, which=place.which) if began(found.pid) == found.began else None


def start(place: Place, options: Sequence[str]) -> Background:
    """Start it with the options of `mcp serve` and wait until it listens.

    Raises ConflictError when it runs already, ServiceError with the end of its log when it does not
    come up.
    """
    with place.held():
        if (there := running(place)) is not None:
            raise ConflictError(f"the {place.which} server runs already at {there.url}")
        return _start(place, options)


def _start(place: Place, options: Sequence[str]) -> Background:
    _forget(place.ready_file)
    if place.log.exists() and place.log.stat().st_size > LOG_BYTES:
        place.log.replace(place.log.with_suffix(".log.1"))
    command = [
        *(sys.executable, "-m", "brand_metagen", "mcp", "serve", place.which, "--http"),
        *("--workspace", str(place.folder.resolve())),
        *("--ready-file", str(place.ready_file.resolve())),
        *options,
    ]
    with place.log.open("ab") as log:
        # No shell; the command holds our own words and the operator's options.
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        if place.ready_file.exists():
            url = place.ready_file.read_text(encoding="utf-8").strip()
            made = Background(place.which, process.pid, began(process.pid), url)
            write_file(place.pid_file, json.dumps(asdict(made)).encode())
            return made
        time.sleep(POLL_SECONDS)
    process.kill()
    process.wait()
    last = "".join(line + "\n" for line in logs(place, 5)).strip() or "it said nothing"
    raise ServiceError(f"the {place.which} server did not come up. The end of its log:\n{last}")


def stop(place: Place) -> Background | None:
    """End it and wait until it is gone; None when it did not run."""
    with place.held():
        found = running(place)
        if found is not None:
            _end(found)
        for left in (place.pid_file, place.ready_file):
            _forget(left)
        return found


def _forget(left: Path) -> None:
    """Take a trace away; raises InputError where something else lies in its place."""
    try:
        left.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{left}: cannot be taken away ({error.strerror}); see what it is"
        ) from error


def _end(found: Background) -> None:
    assert found.pid > INIT
    assert found.began
    for sign, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        if began(found.pid) != found.began:
            return
        with suppress(ProcessLookupError):
            os.kill(found.pid, sign)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if began(found.pid) != found.began:
                return
            time.sleep(POLL_SECONDS)
    raise ServiceError(f"process {found.pid} does not end; see what holds it")


def logs(place: Place, lines: int) -> list[str]:
    """The last lines of its log; raises InputError when it was never started here."""
    try:
        with place.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 1_000 * lines))
            return log.read().decode(errors="replace").splitlines()[-lines:]
    except OSError as error:
        raise InputError(
            f"no log of the {place.which} server here; `brand-metagen mcp start` starts it"
        ) from error


def began(pid: int) -> str:
    """When a process began, as the system has it; empty when there is none, or only its remains."""
    if not 0 < pid <= LAST_PID:
        return ""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        state, *rest = stat.rpartition(")")[2].split()
        return "" if state == "Z" else rest[18]
    except OSError:
        if Path("/proc/self/stat").exists():
            return ""
    command = ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    state, _, moment = listed.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else moment.strip()
