"""Runs to report: one as a customer would see it, one hostile in every text, one empty."""

from __future__ import annotations

import random
from dataclasses import replace

from brand_metagen.publish.facts import (
    AbstainedBrand,
    BrandError,
    BrandToConfirm,
    Calibration,
    CalibrationBin,
    Candidate,
    Coverage,
    DecisionCounts,
    IssueGroup,
    LabelError,
    MccUse,
    Neighbour,
    QuarantineSample,
    RunFacts,
    SampledRule,
    TableQuality,
    TieFact,
    Timing,
    Totals,
    WalletFact,
)
from brand_metagen.records import Piece, Severity

EMPTY = RunFacts("run-1", "0.1.0", "nothing", "0" * 64)


def realistic() -> RunFacts:
    """A run as a customer would see it: 1,204 brands, 61,000 rows."""
    chance = random.Random(7)
    return RunFacts(
        run_id="run-0007",
        version="0.1.0",
        source="cards-2025-q2",
        fingerprint="9f2c" * 16,
        totals=Totals(1204, 1173, 29, 2, DecisionCounts(48_912, 2_310, 187, 1_640, 7_951)),
        coverage=Coverage(51_020, 46_204, 1_377, 9_980, 2_708),
        quality=(
            TableQuality("brand", 3_000, 3_000, 0),
            TableQuality("brand_to_check", 1_204, 1_204, 0),
            TableQuality(
                "combo",
                61_342,
                61_000,
                342,
                (
                    ("mccid is not in mcc", 201),
                    ("same key with different brands", 118),
                    ("narrative is empty", 23),
                ),
            ),
            TableQuality("mcc", 981, 981, 0),
        ),
        corrected=12,
        stale_corrections=("combo 17 1 mccid: the source says '5411' by now, not '5814'",),
        quarantine=tuple(
            QuarantineSample(
                "combo.csv",
                100 + 17 * i,
                "mccid is not in mcc",
                f"8{i:04},4,M77,1204,999{i % 10},TESCO STORES {3000 + i}",
            )
            for i in range(12)
        ),
        confidences=tuple(
            0.3 + 0.05 * (i % 9) if i < 36 else 0.75 + 0.25 * chance.betavariate(4, 1)
            for i in range(1_173)
        ),
        to_confirm=tuple(
            BrandToConfirm(f"{400 + i}", name, confidence, rows, reasons, worst)
            for i, (name, confidence, rows, reasons, worst) in enumerate(
                (
                    (
                        "Boots",
                        0.31,
                        412,
                        (
                            "a reviewer would approve it with probability 0.31 only",
                            "the name is also a common word",
                        ),
                        ("THE BOOTS BAR LEEDS", "MUDDY BOOTS DOG WALKS"),
                    ),
                    (
                        "Next",
                        0.44,
                        388,
                        ("the name is also a common word",),
                        ("NEXT GENERATION VAPES",),
                    ),
                    (
                        "Curve Fashion",
                        0.52,
                        41,
                        ("62% of its rows come through wallets",),
                        ("CRV*CURVE LONDON",),
                    ),
                    (
                        "Starbucks",
                        0.69,
                        4812,
                        ("61 rows with HOTEL it may not own",),
                        ("STARBUCKS HOTEL LEEDS",),
                    ),
                    ("Café Nero", 0.72, 3, ("only 3 rows: the rule rests on the name",), ()),
                )
                * 8
            )
        ),
        abstained=(
            AbstainedBrand("17", "&", 0, ("the name has no letters",)),
            AbstainedBrand(
                "903", "The Store", 12, ("no pattern takes its rows without taking others'",)
            ),
            AbstainedBrand("1188", "東京 Ramen", 4, ("too few letters in the portable alphabet",)),
        ),
        ties_settled=864,
        ties=(
            TieFact(
                "UBER EATS HELP.UBER.COM",
                "5812",
                (Candidate("7", "Uber Eats", 0.97), Candidate("6", "Uber", 0.21)),
                True,
                "EATS is evidence",
                312,
            ),
            TieFact(
                "AMAZON FRESH LONDON",
                "5411",
                (Candidate("12", "Amazon Fresh", 0.93), Candidate("11", "Amazon", 0.4)),
                True,
                "FRESH is evidence",
                88,
            ),
            TieFact(
                "SHELL COSTA EXPRESS M1",
                "5541",
                (Candidate("31", "Shell", 0.81), Candidate("44", "Costa Coffee", 0.77)),
                False,
                "0.04 ahead; 0.20 needed",
                41,
            ),
            TieFact(
                "TESCO SUBWAY READING",
                "5814",
                (Candidate("2", "Tesco", 0.61), Candidate("90", "Subway", 0.58)),
                False,
                "best is 0.61; 0.80 needed",
                9,
            ),
        ),
        wrong_labels=(
            LabelError(
                "SQ *STARBURST SWEETS HULL", "5441", "Starbucks", "Starburst Sweets", 0.96, 14
            ),
            LabelError("PIZZA EXPRESS 0412", "5812", "Tesco", "Pizza Express", 0.99, 3),
        ),
        missing_labels=tuple(
            LabelError(f"GREGGS PLC {100 + i} LEEDS", "5461", "", "Greggs", 0.991 - i / 1000)
            for i in range(34)
        ),
        wallets=(
            WalletFact("PayPal", 3_220, 2_801, 2_390),
            WalletFact("Square", 1_904, 1_611, 1_502),
            WalletFact("SumUp", 1_102, 640, 512),
            WalletFact("Zettle", 744, 432, 398),
            WalletFact("Klarna", 310, 301, 288),
            WalletFact("Curve", 96, 41, 22),
        ),
        rules=(starbucks(), plain_rule()),
        calibration=Calibration(
            tuple(
                CalibrationBin(p, o, n)
                for p, o, n in (
                    (0.04, 0.03, 2100),
                    (0.13, 0.15, 640),
                    (0.31, 0.28, 420),
                    (0.48, 0.52, 390),
                    (0.63, 0.6, 510),
                    (0.77, 0.8, 900),
                    (0.88, 0.87, 2200),
                    (0.94, 0.95, 5100),
                    (0.985, 0.983, 31000),
                )
            ),
            0.0068,
        ),
        mccs=(
            MccUse("5411", "Grocery Stores, Supermarkets", 141, 16_204),
            MccUse("5812", "Eating Places, Restaurants", 288, 9_870),
            MccUse("5814", "Fast Food Restaurants", 263, 8_411),
            MccUse("5541", "Service Stations", 40, 5_102),
            MccUse("5651", "Family Clothing Stores", 122, 3_377),
            MccUse("0742", "Veterinary Services", 11, 204),
        ),
        issues=(
            IssueGroup("generic_name", Severity.HIGH, 21, 2_210, ("Boots", "Next", "Gap")),
            IssueGroup("mcc_outside_sector", Severity.MEDIUM, 64, 903, ("Tesco", "Shell")),
            IssueGroup("insufficient_data", Severity.LOW, 118, 302, ("Café Nero", "&")),
        ),
        errors=(
            BrandError(
                "77",
                "Zizzi",
                "the rule grew past 4,000 characters",
                "Split the brand or shorten its aliases.",
            ),
        ),
        timings=(
            Timing("ingest", "data transformation", 2.31),
            Timing("synthesise", "metadata production", 41.7),
        ),
    )


def starbucks() -> SampledRule:
    return SampledRule(
        "7",
        "Starbucks",
        r"\bSTARBUCKS?\b|\bSTARBUCKSCOFFEE|\bSTRBCKS\b",
        r"\bSTARBUCKS HOTEL\b",
        (
            Piece(r"\bSTARBUCKS?\b", "full_name", 812, 3),
            Piece(r"\bSTARBUCKSCOFFEE", "spelling", 41, 0),
            Piece(r"\bSTRBCKS\b", "ngram", 9, 0),
        ),
        (("5814", "Fast Food Restaurants"), ("5812", "Eating Places, Restaurants")),
        0.88,
        4_812,
        0.991,
        0.974,
        ("STARBUCKS STORE 0417 LEEDS", "SQ *STARBUCKS LONDON", "WWW.STARBUCKSCOFFEE.CO.UK"),
        ("STARBUCKS HOTEL LEEDS",),
        (Neighbour("301", "Starburst Sweets", 3),),
    )


def plain_rule() -> SampledRule:
    return SampledRule(
        "9",
        "Greggs",
        r"\bGREGGS\b",
        None,
        (Piece(r"\bGREGGS\b", "full_name", 690, 1),),
        (("5461", "Bakeries"),),
        0.97,
        1_208,
        0.998,
        0.989,
        ("GREGGS PLC 212 YORK",),
    )


NASTY = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</style><svg onload=alert(1)>",
    "SKCUBRATS\u202eSTARBUCKS\u2066\u200b\x00\x1b[31m",
    "{{ 7 * 7 }}{% raw %}",
    "A" * 1_024,
    "قهوة STARBUCKS שלום",
    "https://evil.example/x.js",
)


def hostile(text: str) -> RunFacts:
    """The same text wherever the data's own text may stand."""
    rule = SampledRule(
        text,
        text,
        text,
        text,
        (Piece(text, text, 1, 1),),
        ((text, text),),
        0.5,
        1,
        None,
        None,
        (text,),
        (text,),
        (Neighbour(text, text, 1),),
    )
    error = LabelError(text, text, text, text, 0.5)
    tie = TieFact(text, text, (Candidate(text, text, 0.5),), True, text)
    return RunFacts(
        text,
        text,
        text,
        text,
        Totals(1, 1, 1, 1, DecisionCounts(1, 1, 1, 1, 1)),
        Coverage(5, 3, 1, 2, 1),
        (TableQuality(text, 2, 1, 1, ((text, 1),)),),
        (QuarantineSample(text, 1, text, text),),
        (0.5,),
        (BrandToConfirm(text, text, 0.5, 1, (text, text), (text,)),),
        (AbstainedBrand(text, text, 1, (text,)),),
        1,
        (tie, replace(tie, settled=False)),
        (error,),
        (error,),
        (WalletFact(text, 1, 1, 1),),
        (rule,),
        Calibration((CalibrationBin(0.5, 0.5, 1),), 0.1),
        (MccUse(text, text, 1, 1),),
        (IssueGroup(text, Severity.HIGH, 1, 1, (text,)),),
        (BrandError(text, text, text, text),),
        (Timing(text, text, 1.0),),
        1,
        (text,),
    )
