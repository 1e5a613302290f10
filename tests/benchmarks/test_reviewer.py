"""The truthful reviewer: what is approvable, what may truthfully be said, and a whole review."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from benchmarks.known import Known, Trouble
from benchmarks.remarks import Speaker
from benchmarks.reviewer import main
from benchmarks.sets import Row
from benchmarks.wording import SAYINGS

from brand_metagen.sample.market import make_sample

STAR, BURGER, TOWN = "1", "2", "3"
NAMES = {STAR: "Star Market", BURGER: "Burger Hut", TOWN: "Town Bank"}


def row(number: int, narrative: str, mccid: str = "5411", bankid: str = "1") -> Row:
    return Row((str(number), bankid), f"m{number}", mccid, narrative, "")


MARKET = {
    row(101, "STAR MARKET LEEDS"): STAR,
    row(102, "STAR MKTPLACE LEEDS"): STAR,
    row(103, "STAR MARKET YORK", "5499"): STAR,
    row(104, "STARLIGHT BURGER HUT", "5812"): BURGER,
    row(105, "STAR BURGER HUT YORK", "5812"): BURGER,
    row(106, "STAR OF INDIA LEEDS", "5812"): "",
    row(107, "TOWN BANK LEEDS", "6011"): TOWN,
    row(101, "BURGER HUT", "5812", "2"): BURGER,
    row(108, "STAR OF INDIA LEEDS", "5411"): "",
    row(109, "STAR OF INDIA LEEDS", "5411"): STAR,
}
KNOWN = Known(
    NAMES,
    {r.key: r for r in MARKET},
    {r.key: brandid for r, brandid in MARKET.items()},
    {r.key: "labelled" if brandid else "background" for r, brandid in MARKET.items()},
)


@pytest.mark.parametrize(
    ("rows", "missed", "wrong", "approvable"),
    [
        (0, 0, 0, True),
        (0, 0, 1, True),
        (19, 1, 0, True),
        (19, 1, 1, False),
        (19, 0, 2, False),
        (20, 1, 0, True),
        (20, 2, 0, False),
        (20, 0, 1, False),
        (100, 5, 0, True),
        (100, 6, 0, False),
        (100, 0, 2, True),
        (100, 0, 3, False),
    ],
)
def test_what_is_approvable(rows: int, missed: int, wrong: int, approvable: bool) -> None:
    some = [row(n, "X") for n in range(rows + wrong)]
    trouble = Trouble("1", rows, rows - missed + wrong, tuple(some[:wrong]), tuple(some[:missed]))
    assert trouble.approvable is approvable


def test_trouble_is_counted_by_the_truth() -> None:
    found = KNOWN.trouble(STAR, [("101", "1"), ("104", "1"), ("106", "1")])
    assert (found.rows, found.confirmed) == (4, 3)
    assert [r.key[0] for r in found.wrong] == ["104", "106"]
    assert [r.key[0] for r in found.missed] == ["102", "103", "109"]


def asked(kind: str, text: str = "", number: int = 0) -> dict[str, object]:
    pointed = {"ccid": str(number), "bankid": "1"} if number else None
    return {"kind": kind, "text": text, "row": pointed}


@pytest.mark.parametrize(
    ("constraint", "true"),
    [
        (asked("belongs", number=102), True),
        (asked("belongs", number=104), False),
        (asked("does_not_belong", number=104), True),
        (asked("does_not_belong", number=102), False),
        (asked("mcc_in", "5499"), True),
        (asked("mcc_in", "5812"), False),
        (asked("mcc_out", "5812"), True),
        (asked("mcc_out", "5499"), False),
        (asked("words_out", "burger"), True),
        (asked("words_out", "RMARK"), False),
        (asked("words_in", "MKTPLACE"), True),
        (asked("words_in", "STAR"), False),
        (asked("ends", "STAR"), True),
        (asked("ends", "MARK"), False),
        (asked("pattern", "STAR"), False),
    ],
)
def test_what_is_true_of_a_brand(constraint: dict[str, object], true: bool) -> None:
    assert KNOWN.true_of(STAR, constraint) is true


def everything_said(seed: int, texts: bool) -> list[tuple[str, dict[str, object], bool]]:
    """All remarks on a version that has every kind of error, until nothing is left to say."""
    trouble = KNOWN.trouble(STAR, [("101", "1"), ("104", "1"), ("105", "1"), ("106", "1"),
                                   ("108", "1")])  # fmt: skip
    said: set[tuple[str, ...]] = set()
    found = []
    rng = random.Random(seed)
    while True:
        speaker = Speaker(KNOWN, trouble, ["5411"], said, rng, texts, first=not found)
        remark = speaker.remark()
        if remark is None:
            return found
        assert not said & set(remark.marks), "nothing is said twice"
        said.update(remark.marks)
        found.append((remark.way, remark.body, remark.satisfiable))
        assert len(found) < 100


@pytest.mark.parametrize("seed", range(25))
def test_all_that_is_pointed_at_is_true_and_all_is_said(seed: int) -> None:
    pointed: dict[str, set[str]] = {"belongs": set(), "does_not_belong": set()}
    for way, body, satisfiable in everything_said(seed, texts=True):
        assert ("text" in body) == (way in ("text", "both", "vague"))
        for side, numbers in pointed.items():
            here = {key["ccid"] for key in body.get(side, ())}  # type: ignore[attr-defined]
            numbers |= here
            # 108 and 109 look the same and are not the same brand's.
            assert satisfiable or way in ("rows", "both")
            assert not (satisfiable and here & {"108", "109"})
        assert set(body.get("mccids_out", ())) <= {"5812"}  # type: ignore[call-overload]
        assert set(body.get("mccids_in", ())) <= {"5499"}  # type: ignore[call-overload]
    assert pointed == {
        "belongs": {"102", "103", "109"},
        "does_not_belong": {"104", "105", "106", "108"},
    }


def test_words_are_true_and_no_towns() -> None:
    texts = " ".join(
        str(body["text"])
        for seed in range(60)
        for _, body, _ in everything_said(seed, texts=True)
        if "text" in body
    )
    for word in ("BURGER", "MKTPLACE", "5812", "5499", "104", "Burger Hut", "after STAR"):
        assert word in texts
    for word in ("LEEDS", "YORK", "5411"):
        assert word not in texts


def test_without_text_there_is_none() -> None:
    assert not any("text" in body for _, body, _ in everything_said(3, texts=False))


def test_every_saying_names_what_it_is_about() -> None:
    for kind, sayings in SAYINGS.items():
        about = {"words_out": "word", "others_words": "other", "ends": "word", "words_in": "word",
                 "mccids_out": "code", "mccids_in": "code"}.get(kind, "combos")  # fmt: skip
        assert all(f"{{{about}}}" in saying for saying in sayings), kind
        assert len(set(sayings)) == len(sayings) >= 3


@pytest.mark.slow
def test_a_whole_review(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_sample(tmp_path / "made-up", 15, 400, 3)
    told = tmp_path / "cases.json"
    assert main([str(tmp_path / "made-up"), "--json", str(told), "--exacting"]) == 0
    shown = capsys.readouterr().out
    assert "| approved at first look" in shown
    cases = json.loads(told.read_text())["made-up"]
    assert len(cases) == 15
    assert {case["end"] for case in cases} & {"approved"}
    turns = [turn for case in cases for turn in case["turns"]]
    assert turns
    assert all(turn["untrue"] == [] for turn in turns if turn["way"] in ("rows", "codes"))
    assert all(1 <= case["looks"] <= 10 for case in cases)


def test_a_folder_that_is_no_set_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 1
    assert "is no set" in capsys.readouterr().err
