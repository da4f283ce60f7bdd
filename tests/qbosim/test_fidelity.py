"""What the simulator claims is shown by a test, and the page that lists the claims is up to date."""

from __future__ import annotations

from pathlib import Path

from qbosim.fidelity import every_topic, page, problems, shown_by
from qbosim.rules import Topic, assumed

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "fidelity.md"


def test_every_rule_is_shown_by_a_test_and_no_test_names_a_rule_that_nobody_states() -> None:
    assert problems(every_topic(), shown_by(TESTS)) == []


def test_the_page_is_up_to_date() -> None:
    written = page(every_topic(), shown_by(TESTS))
    assert PAGE.read_text(encoding="utf-8") == written, "docs/fidelity.md is stale: run `make fidelity`"


def test_a_rule_without_a_test_and_a_test_without_a_rule_are_found(tmp_path: Path) -> None:
    stated = Topic("Invoice", assumed("a.b", "Something", "a reason"), assumed("c.d", "More", "a reason"))
    marked = "@pytest.mark.rule('a.b', 'x.y')\ndef test_it():\n    pass\n"
    (tmp_path / "test_marked.py").write_text(marked, encoding="utf-8")
    assert problems([stated], shown_by(tmp_path)) == [
        "no test shows the rule c.d",
        "test_marked.py::test_it names the rule x.y, which nobody states",
    ]
