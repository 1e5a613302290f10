"""Every role: its page, its input checked, its decision without a model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bedrock import Bedrock, tool

from brand_metagen.agents.instructions import PACKAGED, parsed
from brand_metagen.agents.pages import page
from brand_metagen.agents.role import Means
from brand_metagen.agents.table import AGENTS, agent_of, invoke
from brand_metagen.app import reviewing
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import Settings
from brand_metagen.errors import InputError
from program import good, inside, program
from shown import body

DOCS = Path(__file__).parents[2] / "docs" / "agents"
ALONE = Means(Settings())
ROWS = [
    *((f"{i}", f"NORTHWIND COFFEE {i} LEEDS", "1") for i in range(6)),
    *((f"9{i}", f"ZK9W {i} {town}", "1") for i, town in enumerate(("LEEDS", "YORK", "BATH"))),
    *((f"8{i}", f"ASPEN GRILLE {i} YORK", "2") for i in range(6)),
]
MARKET = {
    "brands": [
        {"brandid": "1", "brandname": "Northwind Coffee", "sector": "Food"},
        {"brandid": "2", "brandname": "Aspen Grille", "sector": "Food"},
    ],
    "combos": [
        {"ccid": ccid, "bankid": "B", "mccid": "5812", "narrative": text, "brandid": brandid}
        for ccid, text, brandid in ROWS
    ],
}


def test_the_roles_are_those_of_the_requirements() -> None:
    assert list(AGENTS) == [
        "orchestrator", "data transformation", "evaluator", "metadata production",
        "commercial assessment", "confirmation", "tiebreaker", "feedback processing",
        "learning analytics", "conversation",
    ]  # fmt: skip


@pytest.mark.parametrize("role", AGENTS)
def test_each_role_has_a_page_that_says_what_the_code_says(role: str) -> None:
    agent = AGENTS[role]
    written = body(DOCS / f"{agent.slug}.md")
    assert written == page(agent), f"brand-metagen agents show {agent.slug} > docs/agents/…"
    assert agent_of(agent.slug) is agent


def test_no_page_is_left_over() -> None:
    assert {p.stem for p in DOCS.glob("*.md")} - {"README", "chat"} == {
        a.slug for a in AGENTS.values()
    }


@pytest.mark.parametrize("role", [r for r, a in AGENTS.items() if not a.adviser.startswith("none")])
def test_who_may_ask_has_instructions_with_a_version(role: str) -> None:
    if role != "tiebreaker":
        assert PACKAGED.of(role).version == "1"


@pytest.mark.parametrize("text", ["", "Say less.", "version: \n\nx", "version: 1\n\n \n",
                                  "version: 1\n\n" + "x" * 8_001])  # fmt: skip
def test_instructions_without_a_version_or_a_text_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parsed(text, "x.md")


@pytest.mark.parametrize(
    ("role", "given"),
    [
        ("tiebreaker", {"claims": [{"brandid": "1"}]}),
        ("tiebreaker", {"claims": []}),
        ("tiebreaker", {"claims": [{"brandid": "1", "probability": 1.1}]}),
        ("tiebreaker", []),
        ("evaluator", {"brandid": "3", "market": MARKET}),
        ("evaluator", {"brandid": "1"}),
        ("orchestrator", {"brandid": "1"}),
        ("feedback processing", {"brandid": "1", "text": "fine"}),
        ("learning analytics", {}),
        ("confirmation", {"rows": []}),
        ("data transformation", {"data": "/nowhere"}),
        ("conversation", {"message": "x" * 10_001}),
        ("no such role", {}),
    ],
)
def test_an_input_that_is_not_the_role_s_is_an_input_error(role: str, given: Any) -> None:
    with pytest.raises(InputError):
        invoke(role, given, ALONE)


def test_the_tiebreaker_settles_or_leaves_it() -> None:
    def claims(*p: float) -> dict[str, Any]:
        return {"claims": [{"brandid": str(i), "probability": x} for i, x in enumerate(p)]}

    assert invoke("tiebreaker", claims(0.9, 0.3), ALONE)["settled"] is True
    assert invoke("tiebreaker", claims(0.8, 0.6), ALONE)["settled"] is True
    assert invoke("tiebreaker", claims(0.8, 0.61), ALONE)["settled"] is False
    assert invoke("tiebreaker", claims(0.79, 0.1), ALONE)["settled"] is False


def test_the_evaluator_looks_at_one_brand_of_a_market() -> None:
    found = invoke("evaluator", {"brandid": "1", "market": MARKET}, ALONE)
    assert found["evaluation"]["rows"] == 9


def test_production_proves_what_rows_bear_out_and_nothing_else() -> None:
    given = {"brandid": "1", "market": MARKET, "aliases": ["ZK9W", "Aspen Grille", "Kwyjibo"]}
    found = invoke("metadata production", given, ALONE)
    assert found["proven"] == ["ZK[ .-]{0,2}9W"]
    assert len(found["unproven"]) == 2
    plain = invoke("metadata production", {"brandid": "1", "market": MARKET}, ALONE)
    assert "ZK" not in plain["learned"]["rule"]["include"]
    wrong = {**given, "aliases": ["Aspen Grille", "Kwyjibo", "x"], "patterns": [".*", "(A+)+"]}
    refused = invoke("metadata production", wrong, ALONE)
    assert refused["learned"] == plain["learned"]
    assert len(refused["refused"]) == 3


def test_commercial_assessment_says_unknown_of_the_unknown() -> None:
    known = invoke("commercial assessment", {"brandname": "Tesco", "sector": "Grocery"}, ALONE)
    assert (known["known"], known["fact"]["fit"], known["look_first"]) == (True, "strong", False)
    other = invoke("commercial assessment", {"brandname": "Tesco", "sector": "Pets"}, ALONE)
    assert (other["fact"]["fit"], other["look_first"]) == ("mismatch", True)
    unknown = invoke("commercial assessment", {"brandname": "Kwyjibo Ltd"}, ALONE)
    assert unknown["fact"]["known"] == "unknown"
    assert (unknown["known"], unknown["usual_mccids"], unknown["look_first"]) == (False, [], True)


def test_commercial_assessment_says_what_a_run_says(workspace: Workspace) -> None:
    means = Means(workspace.settings, workspace)
    told = reviewing.commercial_facts(workspace)
    assert len(told) == 20
    for line in workspace.store.brands():
        given = {"brandid": line.brandid, "brandname": line.brandname, "sector": line.sector}
        assert invoke("commercial assessment", given, means)["fact"] == told[line.brandid]


@pytest.mark.parametrize(
    ("names", "sector", "by"),
    [
        (["Kwyjibo", "Shell"], "Fuel", "adviser"),
        (["Shell"], "Pets", ""),
        (["Shell"], "", ""),
        (["Kwyjibo"], "Fuel", ""),
    ],
)
def test_a_proposed_name_counts_only_where_the_packaged_table_bears_it_out(
    ask: Callable[..., Any], bedrock: Bedrock, names: list[str], sector: str, by: str
) -> None:
    bedrock.script = lambda asked: tool(asked, names=names)
    given = {"brandname": "Kwyjibo Ltd", "sector": sector}
    found = invoke("commercial assessment", given, Means(Settings(), None, ask()))
    assert (found["proposed_by"], found["known"]) == (by, bool(by))
    assert found["look_first"]  # a human looks even then


def test_data_transformation_goes_on_or_says_why_not(finished: Path, tmp_path: Path) -> None:
    found = invoke("data transformation", {"data": str(finished / "data")}, ALONE)
    assert found["go_on"]
    assert found["quality"]["tables"]
    for path in (finished / "data").glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    bad = "".join(f"x{i},b,m,nobody,9999999,TEXT\n" for i in range(400))
    with (tmp_path / "combo.csv").open("a") as file:
        file.write(bad)
    found = invoke("data transformation", {"data": str(tmp_path)}, ALONE)
    assert not found["go_on"]
    assert len(found["quarantine"]) == 20


def test_roles_of_a_workspace_answer_from_it(workspace: Workspace) -> None:
    means = Means(Settings(), workspace)
    brandid = workspace.store.brands()[0].brandid
    assert invoke("orchestrator", {"brandid": brandid}, means)["next"] == "review"
    told = invoke("learning analytics", {}, means)
    assert told["facts"][0] == "20 brands"
    assert told["text"].startswith("20 brands. ")
    read = invoke("feedback processing", {"brandid": brandid, "text": "hm"}, means)
    assert read["understood"]["constraints"] == []
    assert read["understood"]["question"]
    rows = [{"narrative": "nothing known", "mccid": "0000"}]
    answer = invoke("confirmation", {"rows": rows}, means)["answers"][0]
    assert answer["decision"] == "unmatched"
    market = invoke("metadata production", {"brandid": brandid}, means)
    assert market["learned"]["brandid"] == brandid


def test_the_command_line_lists_shows_and_invokes(tmp_path: Path) -> None:
    assert len(good(inside("agents", "list", "--json")).data) == 10
    shown = good(inside("agents", "show", "tiebreaker", "--json")).data
    assert shown["input"]["properties"]["claims"]
    given = json.dumps({"claims": [{"brandid": "1", "probability": 0.9}]})
    done = good(inside("agents", "invoke", "tiebreaker", "--input", "-", stdin=given.encode()))
    assert done.data["settled"]
    assert inside("agents", "invoke", "tiebreaker", "--input", tmp_path / "no.json").code == 2
    assert inside("agents", "invoke", "nobody", "--input", "-", stdin=b"{}").code == 2


def test_nothing_of_a_model_is_loaded_without_one() -> None:
    code = (
        "import sys\n"
        "from brand_metagen.agents.table import invoke\n"
        "from brand_metagen.agents.wiring import opened_means\n"
        "from brand_metagen.config import Settings\n"
        "with opened_means(Settings()) as means:\n"
        "    invoke('conversation', {'message': 'help'}, means)\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'strands', 'boto3', 'botocore', 'bedrock_agentcore', 'mcp'}))\n"
        "print('brand_metagen.agents.process' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "False"]


def test_help_loads_no_agent() -> None:
    code = "import sys, brand_metagen.cli.main; print([m for m in sys.modules if 'agents.' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("[]", "['brand_metagen.cli.agents']")
    assert program("agents", "--help").code == 0
