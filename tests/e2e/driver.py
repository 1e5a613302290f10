"""Runs commands in children of its own, each with a fault planted if so wanted.

Started as a program. Every line of standard input is a job: `args`, files for `out` and `err`,
and `faults`, each of which strikes before or after the n-th call of a function. The program
imports everything once and forks for each job, which saves a start-up every time.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from brand_metagen.cli.main import main

ALREADY = (
    "app.runs",
    "app.run_report",
    "app.lessons",
    "app.export",
    "app.queries",
    "cli.output",
    "cli.summary",
    "store.sql",
)


def plant(at: str, when: str, nth: int, strike: Callable[..., None]) -> None:
    """Strike at a function of the package, named `module:name` or `module:Class.name`."""
    module, _, path = at.partition(":")
    owner: Any = import_module(f"brand_metagen.{module}")
    *classes, name = path.split(".")
    for part in classes:
        owner = getattr(owner, part)
    work, calls = getattr(owner, name), [0]

    def faulty(*args: Any, **kwargs: Any) -> Any:
        calls[0] += 1
        if calls[0] == nth and when == "before":
            strike()
        result = work(*args, **kwargs)
        if calls[0] == nth and when == "after":
            strike()
        return result

    setattr(owner, name, faulty)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    raise KeyboardInterrupt


def poison() -> None:
    raise ValueError("<script>alert(1)</script> made it fail")


def fill_disk() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, resource.RLIM_INFINITY))


def wait(here: str, until: str) -> None:
    """Say that we are here, and wait for leave to go on."""
    Path(here).touch()
    end = time.monotonic() + 60
    while not Path(until).exists() and time.monotonic() < end:
        time.sleep(0.01)


STRIKES: dict[str, Callable[..., None]] = {
    "kill": kill,
    "interrupt": interrupt,
    "poison": poison,
    "fill_disk": fill_disk,
    "wait": wait,
}


def child(job: dict[str, Any]) -> int:
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    for at, when, nth, what, *more in job["faults"]:
        plant(at, when, nth, lambda what=what, more=more: STRIKES[what](*more))
    sys.argv = ["brand-metagen", *job["args"]]
    try:
        main()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1
    return 0


def serve() -> None:
    for name in ALREADY:
        import_module(f"brand_metagen.{name}")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                code = child(json.loads(line))
            except BaseException:  # noqa: BLE001 - the child must not outlive its work
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
