"""How corrections, proposals and what came of them look on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from brand_metagen.app.correcting import Corrected
from brand_metagen.app.proposals import Proposal, ProposedPart, written
from brand_metagen.app.reprocess import Reprocessed, Reprocessing
from brand_metagen.app.validating import Validation
from brand_metagen.cli.output import clean, err, out, table

SHOWN_LEFT = 10
SHOWN_BAD = 50


def print_corrected(done: Corrected, learn: Sequence[str] | None = None) -> None:
    """What changes or changed, with counts and samples."""
    head = done.batch_id if done.stored else "nothing kept"
    counts = ", ".join(f"{n:,} {about}" for about, n in done.counts.items()) or "nothing to change"
    out.print(f"{head}: {counts}{f' ({clean(done.note)})' if done.note else ''}")
    if done.samples:
        rows = [(c.subject.value, "@".join(c.key), c.field, c.old, c.value, c.narrative)
                for c in done.samples]  # fmt: skip
        out.print(table("", ("what", "which", "field", "was", "becomes", "narrative"), rows))
    ids = " ".join(done.brands if learn is None else learn)
    if done.stored and ids:
        err.print(f"\n  next: brand-metagen brands reprocess {clean(ids)} --reason WHY")


def print_proposal(proposal: Proposal, kept: Path | None) -> None:
    """The parts with their evidence, and what nothing tells."""
    name = f"{clean(proposal.brandid)} {clean(proposal.brandname)}"
    if not proposal.parts:
        out.print(f"{name}: no split proposed, {clean(proposal.why)}")
        return
    out.print(f"{name}: {len(proposal.parts)} brands; part and code share {proposal.bits:.2f} bits")
    columns = ("id", "name", "sector", "words", "codes", "rows", "merchants", "told by")
    out.print(table("", columns, [_line(part) for part in proposal.parts]))
    for part in proposal.parts:
        for sample in _listed(part.evidence.get("samples"))[:3]:
            out.print(f"  {clean(part.brandid)}  {clean(sample)}")
    if proposal.left:
        out.print(f"left to a human: {len(proposal.left):,} rows, which would lose their label")
        for key, why in proposal.left[:SHOWN_LEFT]:
            out.print(f"  {clean(written(key))}  {clean(why)}")
    if kept is not None:
        err.print(f"\n  {kept} holds it; next: brand-metagen brands split {proposal.brandid} "
                  f"--proposal {kept} --apply --reason WHY")  # fmt: skip


def _line(part: ProposedPart) -> tuple[object, ...]:
    told = {how: part.evidence.get(f"told_by_{how}", 0.0) for how in ("word", "merchant", "code")}
    shares = ", ".join(f"{how} {n:.0%}" for how, n in told.items() if isinstance(n, float) and n)
    merchants = part.evidence.get("merchants", 0)
    return (part.brandid, part.name, part.sector, " ".join(part.words), " ".join(part.mccids),
            len(part.rows or ()), merchants, shares)  # fmt: skip


def _listed(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def print_reprocessing(done: Reprocessing) -> None:
    """Each brand before and after."""
    if not done.brands:
        err.print(f"{done.run_id} is {done.state.value}; brand-metagen runs resume {done.run_id}")
        return
    rows = [_compared(brand) for brand in done.brands]
    columns = ("id", "brand", "version", "state", "rows before", "rows after", "gained", "lost")
    out.print(table(done.run_id, columns, rows))
    for brand in done.brands:
        for sign, keys in (("+", brand.samples_gained), ("-", brand.samples_lost)):
            if keys:
                out.print(f"  {clean(brand.brandid)} {sign} {clean(' '.join(keys))}")


def _compared(brand: Reprocessed) -> tuple[object, ...]:
    before, after = brand.before, brand.after
    versions = f"{before.version} → {after.version}"
    rows = _decisions(before.decisions), _decisions(after.decisions)
    return brand.brandid, brand.brandname, versions, after.state, *rows, brand.gained, brand.lost


def _decisions(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {decision}" for decision, n in counts.items()) or "none"


def print_validation(found: Validation) -> None:
    """Bad rows, critical reasons and what the last run saw of the good ones."""
    out.print(f"{clean(found.brandid)} {clean(found.brandname)}: {found.rows:,} rows, "
              f"{len(found.quarantined):,} in quarantine")  # fmt: skip
    for line in found.table:
        out.print(f"  critical {clean(line)}")
    for reason, n in found.critical.items():
        out.print(f"  critical {clean(reason)}: {n:,} rows")
    if found.quarantined:
        rows = [(written((b.ccid, b.bankid)), b.line, b.reason)
                for b in found.quarantined[:SHOWN_BAD]]  # fmt: skip
        out.print(table("", ("row", "line", "reason"), rows))
    issues = found.evaluation["issues"] if found.evaluation else ()
    if issues:
        columns = ("severity", "kind", "rows", "description")
        out.print(table("", columns, [[i[c] for c in columns] for i in issues]))
    if found.evaluation is None:
        out.print("  not evaluated: the last run did not have it")
    elif found.valid and not issues and not found.quarantined:
        out.print("  nothing found")
