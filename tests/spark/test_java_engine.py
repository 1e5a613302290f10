"""Spark matches with java.util.regex: exported patterns must mean the same there."""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

import pytest

from brand_metagen.config import Settings
from brand_metagen.sample.market import make_sample
from brand_metagen.tables.load import load_market
from brand_metagen.workflow.learning import Learning

pytestmark = pytest.mark.spark

PROGRAM = """
import java.nio.file.*; import java.util.*; import java.util.regex.*;
public class Engine {
  public static void main(String[] args) throws Exception {
    List<String> texts = Files.readAllLines(Path.of(args[1]));
    StringBuilder out = new StringBuilder();
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      Pattern pattern = Pattern.compile(line, Pattern.CASE_INSENSITIVE);
      for (String text : texts) out.append(pattern.matcher(text).find() ? '1' : '0');
      out.append('\\n');
    }
    System.out.print(out);
  }
}
"""


def test_java_agrees_with_python_on_learned_patterns(tmp_path: Path) -> None:
    made = make_sample(tmp_path / "market", 60, 1_500, 5)
    settings = Settings()
    market = load_market(made.out, settings.tables).market
    learning = Learning(market, [], settings)
    rules = [r for b in market.to_check if (r := learning.learn(b).full.rule)]
    patterns = [rule.regex for rule in rules]
    texts = sorted(set(market.combos.narrative))
    random.Random(3).shuffle(texts)
    texts = texts[:400]
    assert len(patterns) > 40
    (tmp_path / "patterns").write_text("\n".join(patterns) + "\n", encoding="utf-8")
    (tmp_path / "texts").write_text("\n".join(texts) + "\n", encoding="utf-8")
    (tmp_path / "Engine.java").write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        ["java", "Engine.java", "patterns", "texts"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    for pattern, answers in zip(patterns, done.stdout.splitlines(), strict=True):
        found = re.compile(pattern, re.IGNORECASE).search
        assert answers == "".join("1" if found(text) else "0" for text in texts), pattern
