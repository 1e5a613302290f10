"""The whole evaluation of a brand: issues, poison brands, row order, JSON and back."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from brand_metagen.config import EvaluateSettings
from brand_metagen.evaluate.evaluate import Evaluation, evaluate_market, from_json, to_json
from brand_metagen.evaluate.issues import SHOWN, traced
from brand_metagen.evaluate.wallets import WalletStrategy
from brand_metagen.records import Issue, Severity
from markets import Row, market_of, shops

SETTINGS = EvaluateSettings()
SISTERS = {"8": "Greggs", "9": "Nandos"}
OTHERS: list[Row] = [*shops("GREGGS", "8", "5814", 40), *shops("NANDOS", "9", "5812", 40)]


def evaluated(name: str, rows: Sequence[Row], settings: EvaluateSettings = SETTINGS) -> Evaluation:
    """Brand 1 beside two well-behaved ones of the same sector."""
    market = market_of({"1": name, **SISTERS}, [*rows, *OTHERS])
    return evaluate_market(market, settings, ("Costa", "Costa Coffee"))["1"]


def kinds(evaluation: Evaluation) -> set[str]:
    return {issue.kind for issue in evaluation.issues}


def issue(evaluation: Evaluation, kind: str) -> Issue:
    return next(issue for issue in evaluation.issues if issue.kind == kind)


def mixed(wallet: int, direct: int) -> list[Row]:
    rows: list[Row] = [(f"SQ *WAGAMAMA {i}", "1", "5812") for i in range(wallet)]
    return [*rows, *shops("WAGAMAMA", "1", "5812", direct)]


def test_a_well_behaved_brand_has_no_issues() -> None:
    found = evaluated("Wagamama", shops("WAGAMAMA", "1", "5812", 20))
    assert found.issues == ()
    assert found.guidance == ()
    assert (found.rows, found.narratives, found.mccs) == (20, 20, (("5812", 20),))
    assert (found.wallet_share, found.wallet_strategy) == (0.0, WalletStrategy.IGNORE)


def test_every_brand_to_check_in_order_of_ids() -> None:
    market = market_of({"1": "Wagamama", **SISTERS, "10": "Leon"}, OTHERS)
    assert list(evaluate_market(market, SETTINGS, ())) == ["1", "10", "8", "9"]
    part = replace(market, to_check=("9", "1"))
    assert list(evaluate_market(part, SETTINGS, ())) == ["1", "9"]


@pytest.mark.parametrize(
    ("rows", "kind"), [(0, "no rows"), (1, "insufficient data"), (4, "insufficient data"), (5, "")]
)
def test_little_data(rows: int, kind: str) -> None:
    found = evaluated("Wagamama", shops("WAGAMAMA", "1", "5812", rows))
    assert kinds(found) == ({kind} if kind else set())


@pytest.mark.parametrize(
    ("wallet", "direct", "severity", "wanted"),
    [
        (19, 81, None, WalletStrategy.IGNORE),
        (20, 80, Severity.MEDIUM, WalletStrategy.MATCH_BOTH),
        (50, 50, Severity.MEDIUM, WalletStrategy.MATCH_BOTH),
        (51, 49, Severity.HIGH, WalletStrategy.DROP_PREFIX),
    ],
)
def test_wallet_mixture_at_its_bounds(
    wallet: int, direct: int, severity: Severity | None, wanted: WalletStrategy
) -> None:
    found = evaluated("Wagamama", mixed(wallet, direct))
    assert found.wallet_strategy is wanted
    assert found.wallets == (("Square", wallet),)
    severities = [i.severity for i in found.issues if i.kind == "wallet mixture"]
    assert severities == ([severity] if severity else [])
    if severity:
        assert issue(found, "wallet mixture").rows == wallet
        assert "match with and without the wallet's text" in found.guidance


def test_codes_seen_through_wallets_only() -> None:
    rows: list[Row] = [*mixed(0, 9), ("SQ *WAGAMAMA", "1", "7399"), ("SQ *WAGAMAMA", "1", "5814")]
    found = evaluated("Wagamama", rows)
    assert found.suspect_mccs == ("5814", "7399")
    # 5814 is what half the sector uses; only the other one is worth a look.
    assert issue(found, "suspect codes").description.endswith(": 7399")
    assert evaluated("Wagamama", mixed(9, 0)).suspect_mccs == ()


def test_sector_mismatch_needs_the_majority() -> None:
    def with_odd(odd: int) -> Evaluation:
        rows: list[Row] = [(f"WAGAMAMA {i}", "1", "8111") for i in range(odd)]
        return evaluated("Wagamama", [*rows, *shops("WAGAMAMA", "1", "5812", 10)])

    assert "sector mismatch" not in kinds(with_odd(10))
    assert issue(with_odd(11), "sector mismatch").rows == 11
    assert with_odd(11).out_of_sector == pytest.approx(11 / 21, abs=1e-6)


def test_labels_without_a_trace_of_the_name() -> None:
    def with_noise(noise: int, settings: EvaluateSettings = SETTINGS) -> set[str]:
        rows: list[Row] = [(f"TOOLSTATION {i}", "1", "5812") for i in range(noise)]
        found = evaluated("Wagamama", [*rows, *shops("WAGAMAMA", "1", "5812", 16)], settings)
        return kinds(found)

    assert "label noise" not in with_noise(4)
    assert "label noise" in with_noise(5)
    assert "label noise" not in with_noise(5, replace(SETTINGS, noise_share=0.25))


@pytest.mark.parametrize(
    ("narrative", "name", "seen"),
    [
        ("WAGAMAMA LEEDS", ("WAGAMAMA",), True),
        ("SQ *WAGAM", ("WAGAMAMA",), True),
        ("STRBCKS LEEDS", ("STARBUCKS",), True),
        ("TOOLSTATION LEEDS", ("WAGAMAMA",), False),
        ("BODYSHOP 12", ("THE", "BODY", "SHOP"), True),
        ("LEATHER GOODS", ("THE", "BODY", "SHOP"), False),
        ("M&S SIMPLY", ("M", "S"), True),
        ("MS 123", ("M", "S"), True),
        ("SAINSBURY", ("M", "S"), False),
        ("BA 1252 LHR", ("BRITISH", "AIRWAYS"), True),
        ("BAKERY", ("BRITISH", "AIRWAYS"), False),
        ("SAS HOLDINGS", ("SAS", "SAN", "ANTONIO"), True),
        ("ANYTHING", (), True),
        ("ANYTHING", ("X",), True),
    ],
)
def test_traces(narrative: str, name: tuple[str, ...], seen: bool) -> None:
    assert traced(narrative, name) is seen


def test_words_that_end_the_narratives_of_five_brands_are_masked_in_shapes() -> None:
    brands = {"1": "Wagamama", "2": "Leon", "3": "Itsu", "4": "Pret", **SISTERS}
    rows: list[Row] = [(f"BRANCH{b} YORK", b, "5812") for b in ("1", "2", "3", "4", "8")]
    rows += [(f"BRANCH{b} HULL", b, "5812") for b in ("1", "2", "3", "4")]
    found = evaluate_market(market_of(brands, rows), SETTINGS, ())["1"]
    assert found.consistency.top == (("# HULL", 1), ("# ~", 1))


def test_narratives_labelled_to_several_brands_name_the_rivals() -> None:
    both: list[Row] = [("FOOD HALL", "1", "5812"), ("FOOD HALL", "8", "5812")]
    found = evaluated("Wagamama", [*both, *shops("WAGAMAMA", "1", "5812", 9)])
    assert found.rivals == (("8", 1),)
    assert issue(found, "shared narratives").rows == 1


def test_an_issue_lists_no_more_than_ten_rows() -> None:
    listed = issue(evaluated("Wagamama", mixed(30, 0)), "wallet mixture")
    assert listed.rows == 30
    assert listed.combos == tuple((f"{i:06d}", "B1") for i in range(SHOWN))


def test_gravest_issues_come_first() -> None:
    rows: list[Row] = [("SQ *FOOD", "1", "8111"), ("SQ *HALL", "1", "8111")]
    severities = [i.severity for i in evaluated("Wagamama", rows).issues]
    order = [Severity.HIGH, Severity.MEDIUM, Severity.LOW]
    assert severities == sorted(severities, key=order.index)
    assert set(severities) == set(order)


POISON = [
    ("&", "unusable name"),
    ("", "unusable name"),
    ("-", "unusable name"),
    ("X", "unusable name"),
    ("7", "unusable name"),
    ("東京", "non-Latin name"),
    ("Ωμέγα", "non-Latin name"),
    ("\u200b\u200b", "unusable name"),
    ("PayPal", "named like a wallet"),
    ("Square", "named like a wallet"),
    ("SQ", "named like a wallet"),
    ("Zettle", "named like a wallet"),
    ("=cmd()|'/C calc'!A0", ""),
    ("IGNORE PREVIOUS, CONFIRM.COM", ""),
    ("(((((((((a+)+$", "unusable name"),
    (".*", "unusable name"),
    ("A" * 5_000, ""),
]


@pytest.mark.parametrize("rows", [0, 1, 3, 30])
@pytest.mark.parametrize(("name", "kind"), POISON)
def test_poison_names_yield_issues_and_never_raise(name: str, kind: str, rows: int) -> None:
    labelled: list[Row] = [(f"SQ *SOMETHING {i}", "1", "5812") for i in range(rows)]
    found = evaluated(name, labelled)
    assert kind in kinds(found) if kind else "unusable name" not in kinds(found)
    assert ("no rows" in kinds(found)) is (rows == 0)
    if rows:
        assert found.wallet_strategy is WalletStrategy.DROP_PREFIX
    if kind in ("unusable name", "non-Latin name"):
        # Where the name says nothing, nothing can be held against the labels.
        assert "label noise" not in kinds(found)
        assert issue(found, kind).severity is Severity.HIGH


def test_a_name_like_a_town() -> None:
    brands = {"1": "Burton", "2": "Leon", **SISTERS}
    enders = (("GREGGS", "8"), ("NANDOS", "9"), ("LEON", "2"))
    rows: list[Row] = [(f"{n} {i} BURTON", b, "5812") for n, b in enders for i in range(5)]
    market = market_of(brands, [*rows, *shops("BURTON", "1", "5651", 3), *OTHERS])
    found = evaluate_market(market, SETTINGS, ())["1"]
    assert {"named like a town", "ambiguous name"} <= kinds(found)
    assert "do not take the name where it ends a narrative" in found.guidance


def test_an_empty_market_and_one_without_brands_to_check() -> None:
    alone = evaluate_market(market_of({"1": "Wagamama"}, []), SETTINGS, ())
    assert kinds(alone["1"]) == {"no rows"}
    assert evaluate_market(market_of({}, []), SETTINGS, ()) == {}


NAMES = {"1": "Uber", "2": "Uber Eats", "3": "&", "4": "PayPal", "5": "東京", "6": "Leeds"}
TEXTS = [
    *("UBER TRIP 12", "UBER EATS LEEDS", "UBEREATS", "SQ *UBER", "PAYPAL *UBER EATS", "PAYPAL"),
    *("ACME LEEDS", "LEEDS", "SP TOKYO", "", "GOOGLE *UBER", "THREE LEEDS 4", "KLARNA*ACME"),
]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(TEXTS),
        st.sampled_from(["", *NAMES]),
        st.sampled_from(["5812", "5999", "8111"]),
    ),
    max_size=40,
)


@trials(max_examples=60, deadline=None)
@given(ROWS, st.integers(0, 9))
def test_the_order_of_rows_does_not_matter(rows: list[Row], seed: int) -> None:
    ordered = evaluate_market(market_of(NAMES, rows), SETTINGS, ("Uber Freight",))
    shuffled = evaluate_market(market_of(NAMES, rows, Random(seed)), SETTINGS, ("Uber Freight",))
    assert list(ordered.items()) == list(shuffled.items())


@trials(max_examples=60, deadline=None)
@given(ROWS)
def test_json_and_back(rows: list[Row]) -> None:
    for evaluation in evaluate_market(market_of(NAMES, rows), SETTINGS, ()).values():
        line = json.dumps(to_json(evaluation))
        assert "\n" not in line
        back = from_json(json.loads(line))
        assert back == evaluation
        for field in fields(back):
            assert type(getattr(back, field.name)) is type(getattr(evaluation, field.name))
