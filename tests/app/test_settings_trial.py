"""Other settings: tried aside, compared, written into config.toml, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from brand_metagen.app import escalations, resolving, settings_file
from brand_metagen.app.live import Live
from brand_metagen.errors import ConflictError, InputError, IntegrityError
from brand_metagen.escalate.checklists import LISTS
from brand_metagen.ports import Act, Cause, Method, Mode, Quiet

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("", {"confirm.win": 0.9}, "[confirm]\nwin = 0.9\n"),
        ("# mine\n", {"confirm.win": 0.9}, "# mine\n\n[confirm]\nwin = 0.9\n"),
        (
            "[confirm]  \n# why\nwin = 0.8 # x\nlead = 0.2\n\n[learn]\nhead_cap = 9\n",
            {"confirm.win": 0.9, "learn.head_cap": 8},
            "[confirm]  \n# why\nwin = 0.9\nlead = 0.2\n\n[learn]\nhead_cap = 8\n",
        ),
        ("[confirm]\nwin = 0.8\n", {"confirm.win": None}, "[confirm]\n"),
        ("[learn]\n", {"confirm.win": None}, "[learn]\n"),
        (
            "[learn]\nhead_cap = 9\n",
            {"tables.encoding": 'la"tin'},
            '[learn]\nhead_cap = 9\n\n[tables]\nencoding = "la\\"tin"\n',
        ),
        ("[confirm]\nlead = 0.2", {"confirm.win": 0.9}, "[confirm]\nwin = 0.9\nlead = 0.2\n"),
    ],
)
def test_only_the_lines_meant_change(
    tmp_path: Path, text: str, values: dict[str, object], expected: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    before = settings_file.change(path, values)
    assert path.read_text() == expected
    settings_file.change(path, before)
    assert settings_file._flat(path.read_text(), path) == settings_file._flat(text, path)


def test_a_layout_that_cannot_be_changed_safely_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("confirm = { win = 0.8 }\n")
    with pytest.raises(IntegrityError, match="by hand"):
        settings_file.change(path, {"confirm.win": 0.9})
    assert path.read_text() == "confirm = { win = 0.8 }\n"
    with pytest.raises(InputError, match="unknown setting"):
        settings_file.change(path, {"confirm.wine": 0.9})


def test_settings_are_tried_aside_and_adopted_and_taken_back(live: Live) -> None:
    workspace = live.workspace
    brandid = sorted(live.versions)[0]
    case, _ = escalations.create(workspace, "anna", brandid, Cause.BUSINESS_RULE, "too sure")
    case_id, config = case.case.case_id, workspace.folder / "config.toml"
    changes = {"confirm.confirm": "0.999"}
    before = {m.brandid: m for m in workspace.store.latest_versions()}

    tried = resolving.by_settings(
        workspace, "anna", case_id, changes, "stricter", Quiet(), dry_run=True
    )
    confirmed = tried.effect["decisions"]["confirmed"]
    assert confirmed[1] < confirmed[0]
    assert sum(pair[0] for pair in tried.effect["decisions"].values()) == len(live.market.combos)
    assert sum(pair[1] for pair in tried.effect["decisions"].values()) == len(live.market.combos)
    assert [b["brandid"] for b in tried.effect["meant"]] == [brandid]
    assert tried.effect["moved_rows"] >= confirmed[0] - confirmed[1]
    assert tried.line is None
    assert not config.exists()
    assert {m.brandid: m for m in workspace.store.latest_versions()} == before

    done = resolving.by_settings(workspace, "anna", case_id, changes, "stricter", Quiet())
    assert done.effect == tried.effect
    assert config.read_text() == "[confirm]\nconfirm = 0.999\n"
    assert done.line is not None
    assert done.line.case.method is Method.ALGORITHM_UPDATE

    back = resolving.undo(live, "anna", case_id, "too strict")
    assert config.read_text() == "[confirm]\n"
    assert back.line is not None
    assert workspace.store.case_events(case_id)[-1].kind is Act.REOPENED


def test_what_cannot_be_settled_leaves_the_settings_alone(live: Live) -> None:
    workspace, config = live.workspace, live.workspace.folder / "config.toml"
    case, _ = escalations.create(workspace, "anna", "", Cause.SYSTEM_ERROR, "look")
    case_id, changes = case.case.case_id, {"confirm.confirm": "0.999"}
    with pytest.raises(InputError, match="how the case was settled"):
        resolving.by_settings(workspace, "anna", case_id, changes, " ", Quiet())
    workspace.store.set_mode(Mode.READ_ONLY, "olga", "looking")
    with pytest.raises(ConflictError, match="read-only since"):
        resolving.by_settings(workspace, "anna", case_id, changes, "stricter", Quiet())
    workspace.store.set_mode(Mode.NORMAL, "olga", "")
    assert not config.exists()

    class Settles(Quiet):
        """Somebody settles the case while the settings are tried."""

        done = False

        def start(self, step: str, role: str, total: int) -> None:
            if not self.done:
                self.done = True
                resolving.without_change(workspace, "ben", case_id, "all is well")

    with pytest.raises(ConflictError, match="RESOLVED"):
        resolving.by_settings(workspace, "anna", case_id, changes, "stricter", Settles())
    assert "confirm = " not in config.read_text()


def test_what_cannot_be_taken_back_is_left_as_it_is(live: Live) -> None:
    workspace = live.workspace
    case, _ = escalations.create(workspace, "anna", "", Cause.SYSTEM_ERROR, "look")
    case_id = case.case.case_id
    resolving.by_settings(workspace, "a", case_id, {"confirm.confirm": "0.999"}, "why", Quiet())
    config = workspace.folder / "config.toml"
    adopted = config.read_text()
    with pytest.raises(InputError, match="why it is taken back"):
        resolving.undo(live, "anna", case_id, "")
    for point in LISTS["closing"]:
        escalations.check(workspace, "anna", case_id, [point])
    escalations.close(workspace, "anna", case_id, "a rule", "a lesson")
    with pytest.raises(ConflictError, match="only a resolved one"):
        resolving.undo(live, "anna", case_id, "too late")
    assert config.read_text() == adopted


def test_the_same_settings_change_nothing(live: Live) -> None:
    case, _ = escalations.create(live.workspace, "anna", "", Cause.SYSTEM_ERROR, "look")
    same = str(live.workspace.settings.confirm.confirm)
    tried = resolving.by_settings(
        live.workspace, "a", case.case.case_id, {"confirm.confirm": same}, "", Quiet(), dry_run=True
    )
    assert tried.effect["moved_rows"] == 0
    assert tried.effect["other_brands"] == 0


def test_a_rule_by_hand_is_taken_back(live: Live) -> None:
    from brand_metagen.app.versions import Manual

    brandid = max(live.versions, key=lambda b: (len(live.rows(b).own), b))
    rule = live.versions[brandid].rule
    assert rule is not None
    case, _ = escalations.create(live.workspace, "anna", brandid, Cause.LEGAL, "told so")
    case_id = case.case.case_id
    manual = Manual(rule.include, rule.exclude, rule.mccids[:1], "one code only")
    done = resolving.by_metadata(live, "anna", case_id, manual)
    assert done.effect["version"] == 2
    back = resolving.undo(live, "anna", case_id, "was wrong")
    assert back.effect == {"version": 3}
    assert live.versions[brandid].rule is not None
    assert live.versions[brandid].rule.mccids == rule.mccids
    with pytest.raises(ConflictError, match="no resolution"):
        resolving.undo(live, "anna", case_id, "again")
