"""Other settings tried for a case: each try a process of its own, as it takes as long as a run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from brand_metagen.app import settings_file
from brand_metagen.app.algorithm import TRIALS
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError
from brand_metagen.ports import Method

LAST_WORDS = 2_000
"""Characters of what a try that failed said last."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A try as it stands: `effect` when it is done, `error` when it failed, neither while it goes
    on; `adopt` says that the settings were to be kept."""

    case_id: str
    key: str
    value: str
    adopt: bool
    seconds: float
    effect: Mapping[str, Any] | None = None
    error: str = ""

    @property
    def going(self) -> bool:
        return self.effect is None and not self.error


@dataclass
class _Going:
    trial: Trial
    process: subprocess.Popen[bytes]
    out: Path
    err: Path
    began: float


class Trials:
    """The last try of this server; one at a time, as all are made in the same folder."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace, self._turn = workspace, Lock()
        self._last: _Going | None = None

    def begin(self, actor: str, trial: Trial, note: str) -> None:
        """Try settings, and keep them where `adopt` says so.

        Raises InputError for a setting that does not exist or a value that does not fit,
        ConflictError while a try goes on.
        """
        settings_file.typed({trial.key: trial.value})
        with self._turn:
            if self._last is not None and self._last.process.poll() is None:
                raise ConflictError(
                    f"{self._last.trial.key} is being tried for {self._last.trial.case_id}; wait"
                )
            self._last = self._spawned(actor, trial, note)

    def of(self, case_id: str) -> Trial | None:
        """The last try for a case."""
        with self._turn:
            last = self._last
            if last is None or last.trial.case_id != case_id:
                return None
            return _seen(last)

    def _spawned(self, actor: str, trial: Trial, note: str) -> _Going:
        command = [
            *(sys.executable, "-m", "brand_metagen", "escalations", "resolve", trial.case_id),
            *("--method", Method.ALGORITHM_UPDATE.value, f"--set={trial.key}={trial.value}"),
            *("--workspace", str(self._workspace.folder.resolve()), f"--as={actor}", "--json"),
            *((f"--note={note}",) if trial.adopt else ("--dry-run",)),
        ]
        folder = self._workspace.folder / TRIALS
        folder.mkdir(exist_ok=True)
        out, err = folder / "said.json", folder / "said.txt"
        with out.open("wb") as to_out, err.open("wb") as to_err:
            # No shell; the setting and its value were checked, and every text is one argument.
            process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=to_out, stderr=to_err
            )
        return _Going(trial, process, out, err, time.monotonic())


def _seen(last: _Going) -> Trial:
    trial = last.trial
    code = last.process.poll()
    named = (trial.case_id, trial.key, trial.value, trial.adopt)
    if code is None:
        return Trial(*named, time.monotonic() - last.began)
    if code == 0:
        found = json.loads(_read(last.out))
        return Trial(*named, 0.0, found["effect"])
    said = _read(last.err)[-LAST_WORDS:].strip() or "it ended without a word"
    return Trial(*named, 0.0, None, said.removeprefix("brand-metagen: "))


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
