"""`analytics settings`: prior settings that the record speaks against."""

from __future__ import annotations

from typing import Annotated

import typer

from brand_metagen.cli.wiring import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, opened
from brand_metagen.errors import InputError


def settings(
    trial: Annotated[
        list[str] | None,
        typer.Option(
            "--try", metavar="SECTION.NAME=VALUE",
            help="Show what it changes on the last run's market; may be repeated.",
        ),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Settings and knowledge files that the record speaks against.

    With figures, what the record suggests, and how to try it. Says nothing where too little was
    reviewed.
    """
    from brand_metagen.app import doubting
    from brand_metagen.cli.effects import parts
    from brand_metagen.cli.output import RunProgress, clean, out, print_json

    with opened(workspace) as open_workspace:
        if trial:
            pairs = dict(map(_pair, trial))
            with RunProgress() as progress:
                effect = doubting.try_out(open_workspace, pairs, progress)
            if as_json:
                print_json(effect)
                return
            for part in parts(effect):
                out.print(part)
            return
        found = doubting.against(open_workspace)
    if as_json:
        print_json(found)
        return
    for doubt in found:
        low, high = doubt.interval
        out.print(clean(f"{doubt.setting} = {doubt.current}: {doubt.says}"))
        out.print(f"  {doubt.share:.1%} of {doubt.n} ({low:.1%} to {high:.1%})")
        out.print(clean(f"  the record suggests: {doubt.suggested}"))
        out.print(clean(f"  try it: {doubt.command}"))
    if not found:
        out.print("The record speaks against no setting, or holds too little to tell.")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"--try {text}: write it as section.name=value")
    return key, value
