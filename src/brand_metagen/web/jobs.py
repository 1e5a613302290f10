"""Runs started over HTTP: each a process of its own, which goes on when the server ends."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

from brand_metagen import tracing
from brand_metagen.app import runs
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import TRACE, environment
from brand_metagen.errors import ConflictError, InputError, NotAllowed
from brand_metagen.files import sha256
from brand_metagen.ports import RunRecord, RunState, Submitted


class Jobs:
    """Starts runs and knows those whose process is alive."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._turn = Lock()
        self._alive: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self, data: str, brands: Sequence[str], actor: str, key: str = ""
    ) -> tuple[RunRecord, bool]:
        """Begin a run over a folder below the data root; the same idempotency key again begins
        nothing and gives that run (true).

        Raises NotAllowed for a folder elsewhere, InputError for tables that cannot be used,
        ConflictError while another run goes on.
        """
        with self._turn:
            said = Submitted(key, sha256(json.dumps(["run", data, *brands]).encode()))
            if known := self._workspace.store.recall(actor, key, said.request):
                return self._workspace.store.run(str(known["run_id"])), True
            self._one_at_a_time()
            run = runs.prepare(self._workspace, self._folder(data), brands, actor, said)
            self._spawn(run.run_id)
        return run, False

    def resume(self, run_id: str) -> RunRecord:
        """Go on with a run that was cut off; ConflictError when it is completed or goes on."""
        with self._turn:
            self._one_at_a_time()
            run, _ = runs.shown(self._workspace, run_id)
            runs.check_resumable(self._workspace, run)
            self._spawn(run_id)
        return run

    def alive(self, run_id: str) -> bool:
        """Whether the process of a run started here still goes on."""
        process = self._alive.get(run_id)
        return process is not None and process.poll() is None

    def seen(self, run: RunRecord) -> RunRecord:
        """The run as it stands: until its new process has it, the store says interrupted."""
        starting = run.state is RunState.INTERRUPTED and self.alive(run.run_id)
        return replace(run, state=RunState.RUNNING) if starting else run

    def _one_at_a_time(self) -> None:
        going = [run_id for run_id in self._alive if self.alive(run_id)]
        if going or runs.held(self._workspace):
            raise ConflictError(f"a run goes on ({', '.join(going) or 'in another process'}); wait")

    def _folder(self, data: str) -> Path:
        root = self._workspace.settings.serve.data_root
        if not root:
            raise NotAllowed(
                "this server starts no runs: set serve.data_root to the folder its tables lie in"
            )
        inside = Path(root).resolve()
        try:
            folder = (inside / data).resolve()
            folder.is_dir()
        except (OSError, ValueError, RuntimeError) as error:
            raise InputError("data names no folder that could be there") from error
        if not folder.is_relative_to(inside):
            raise NotAllowed("the folder lies outside serve.data_root")
        return folder

    def _spawn(self, run_id: str) -> None:
        # It runs under the settings that `prepare` recorded, whatever changes until then.
        command = [
            *(sys.executable, "-m", "brand_metagen", "runs", "resume", run_id),
            *("--workspace", str(self._workspace.folder.resolve())),
        ]
        # No shell, and nothing in the command comes from the request.
        self._alive[run_id] = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**environment(), TRACE: tracing.current().trace},
        )
