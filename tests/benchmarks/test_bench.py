"""Sets as they are opened, commands as they are measured, and one benchmark from end to end."""

import gzip
import json
import sys
from pathlib import Path

import pytest
from benchmarks.__main__ import main
from benchmarks.commands import BenchError, measured
from benchmarks.counting import Method, count
from benchmarks.scorer import check
from benchmarks.sets import HELD_OUT, open_set

from brand_metagen.sample.market import make_sample

pytestmark = pytest.mark.slow

SCORER = """\
import json, sys
json.dump({"resolved/heldout": dict.fromkeys(
    ("F1_all", "P_all", "R", "macroF1", "FPR_near", "FPR_bg"), -1.0)},
    open(sys.argv[sys.argv.index("--json") + 1], "w"))
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("market") / "sample"
    make_sample(folder, 12, 240, 1)
    return folder


def test_a_sample_with_its_truth_apart_is_a_set(sample: Path, tmp_path: Path) -> None:
    one = open_set(sample, tmp_path)
    assert len(one.rows) == len(one.truth)
    assert {row.key for row in one.rows} == {t.key for t in one.truth}
    assert (one.name, len(one.brands), len(one.train), one.scorer) == ("sample", 12, 240, None)
    assert one.unseen.is_file()
    assert one.unseen.parent == one.folder == tmp_path / "set"


def test_a_set_may_be_compressed_and_have_its_scorer_beside_it(
    sample: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "packed"
    folder.mkdir()
    for path in (*sample.glob("*.csv"), *(sample / "truth").glob("*.csv")):
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    (tmp_path / "score.py").write_text(SCORER)
    one = open_set(folder, tmp_path)
    assert one.folder == folder
    assert one.scorer == tmp_path / "score.py"
    assert one.rows == open_set(sample, tmp_path).rows


def test_a_folder_without_truth_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"no truth\.csv"):
        open_set(tmp_path, tmp_path)


def test_memory_is_the_commands_own_and_a_failure_says_why() -> None:
    ballast = bytearray(300_000_000)
    small = measured([sys.executable, "-S", "-c", ""])
    large = measured([sys.executable, "-S", "-c", "b'x' * 100_000_000"])
    assert len(ballast) > small.megabytes * 1e6
    assert 90 < large.megabytes - small.megabytes < 130
    with pytest.raises(BenchError, match=r"ended with 3: no such thing"):
        measured(
            [sys.executable, "-c", "import sys; sys.stderr.write('no such thing'); sys.exit(3)"]
        )


def test_one_benchmark_from_end_to_end(sample: Path, tmp_path: Path, capsys) -> None:
    figures_file = tmp_path / "figures.json"
    assert main(["--quick", "--only", str(sample), "--json", str(figures_file)]) == 0
    shown = capsys.readouterr()
    assert "## sample: 12 brands, 240 rows" in shown.out
    assert "no score.py lies in or beside this set" in shown.out
    assert "sample: run" in shown.err
    figures = json.loads(figures_file.read_text())
    methods = {m["name"]: m for m in figures["quality"][0]["methods"]}
    ours, name = methods["confirmed + review"], methods["brand name as a word"]
    assert ours["held_out"]["f1_all"] > name["held_out"]["f1_all"] > 0
    assert methods["rules, resolved"]["held_out"]["precision_all"] > 0.5
    assert figures["classify"][0]["warm"]["ratio"] > 0
    assert figures["run"] == []


@pytest.mark.parametrize(
    ("scorer", "said"),
    [
        (SCORER, "counts otherwise: rules, resolved, heldout, F1_all: 0.0 here, -1.0 there"),
        (SCORER.replace("-1.0", "0.0"), "counts the same (6 figures)"),
        ("raise SystemExit('no truth')", "failed, so counted by the benchmark alone: no truth"),
    ],
)
def test_the_scorer_beside_a_set_is_compared_with(
    sample: Path, tmp_path: Path, scorer: str, said: str
) -> None:
    (tmp_path / "one").symlink_to(sample)
    (tmp_path / "score.py").write_text(scorer)
    one = open_set(tmp_path / "one", tmp_path)
    nothing = [Method("rules, resolved", None, count(one.truth, {}, HELD_OUT))]
    assert said in check(one, tmp_path, tmp_path / "metadata.jsonl", {}, nothing)
