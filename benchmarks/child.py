"""Runs one command and writes its wall time and peak memory: `python child.py OUT.json COMMAND …`.

A process of its own, because a child's peak memory counts that of the process it was forked from;
this one stays small. Standard library only.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

KILOBYTE = 1 if sys.platform == "darwin" else 1_024
"""Bytes in a unit of `ru_maxrss` (getrusage(2): kilobytes on Linux, bytes on macOS)."""


def main() -> None:
    begun = time.perf_counter()
    process = subprocess.Popen(sys.argv[2:])
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    code = os.waitstatus_to_exitcode(status)
    # Popen would wait for the process again when it is let go.
    process.returncode = code
    figures = {"seconds": seconds, "megabytes": usage.ru_maxrss * KILOBYTE / 1e6}
    Path(sys.argv[1]).write_text(json.dumps(figures), encoding="utf-8")
    sys.exit(code)


if __name__ == "__main__":
    main()
