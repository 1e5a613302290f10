"""Other settings tried for a case: each try a process of its own, as it takes as long as a run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

from brand_metagen.app import algorithm, resolving, settings_file
from brand_metagen.app.algorithm import TRIALS
from brand_metagen.app.resolving import Resolved
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError
from brand_metagen.ports import Method

LAST_WORDS = 2_000
"""Characters of what a try that failed said last."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A try as it stands: `effect` when it is done, `error` when it failed, neither while it goes
    on. `ground` is what it was made on."""

    case_id: str
    key: str
    value: str
    seconds: float = 0.0
    ground: str = ""
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

    def begin(self, actor: str, trial: Trial) -> None:
        """Try a setting; nothing of it is kept.

        Raises InputError for a setting that does not exist or a value that does not fit,
        ConflictError while a try goes on.
        """
        settings_file.typed({trial.key: trial.value})
        with self._turn:
            if self._last is not None and self._last.process.poll() is None:
                raise ConflictError(
                    f"{self._last.trial.key} is being tried for {self._last.trial.case_id}; wait"
                )
            now = replace(trial, ground=algorithm.ground(self._workspace))
            self._last = self._spawned(actor, now)

    def adopt(self, actor: str, case_id: str, note: str) -> Resolved:
        """Keep what was tried last for a case, and settle it; nothing is tried a second time.

        Raises ConflictError where nothing was tried to the end, or on what is there no more.
        """
        found = self.of(case_id)
        if found is None or found.effect is None:
            raise ConflictError("nothing was tried to the end for this case; try it first")
        done = resolving.by_tried_settings(
            self._workspace, actor, case_id, {found.key: found.value}, note, found.effect,
            found.ground,
        )  # fmt: skip
        with self._turn:
            self._last = None
        return done

    def of(self, case_id: str) -> Trial | None:
        """The last try for a case."""
        with self._turn:
            last = self._last
            if last is None or last.trial.case_id != case_id:
                return None
            return _seen(last)

    def _spawned(self, actor: str, trial: Trial) -> _Going:
        command = [
            *(sys.executable, "-m", "brand_metagen", "escalations", "resolve", trial.case_id),
            *("--method", Method.ALGORITHM_UPDATE.value, f"--set={trial.key}={trial.value}"),
            *("--workspace", str(self._workspace.folder.resolve()), f"--as={actor}", "--json"),
            "--dry-run",
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
    code = last.process.poll()
    if code is None:
        return replace(last.trial, seconds=time.monotonic() - last.began)
    if code == 0:
        return replace(last.trial, effect=json.loads(_read(last.out))["effect"])
    said = _read(last.err)[-LAST_WORDS:].strip() or "it ended without a word"
    return replace(last.trial, error=said.removeprefix("brand-metagen: "))


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
