"""An author's `figures.py` is loaded for one post, and its errors are told at its own lines."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from house import House

from benchpost.figures.types import Facts
from benchpost.fill.own import load_own
from benchpost.fill.refusal import Refusal

GOOD = '''\
from __future__ import annotations
from dataclasses import dataclass
from benchpost.figures.types import Drawing, Fragment

SCALE = 2

@dataclass
class Point:
    x: int

def dots(facts, *, count: int = 3) -> Fragment:
    """So many dots."""
    return Fragment("." * count * Point(SCALE).x)

def fails(facts) -> Fragment:
    return deeper()

def deeper():
    return Fragment(1 / 0)

def draws(facts) -> Fragment:
    return Fragment("", (Drawing("a.svg", "", deeper),))

def _private(facts): ...
'''


def test_public_functions_are_figures(house: House) -> None:
    """Functions of the file itself, neither what it imports nor what begins with `_`."""
    house.write("posts/a/figures.py", GOOD)
    own = load_own(house.root / "posts/a", house.project)
    assert sorted(own.figures) == ["deeper", "dots", "draws", "fails"]
    assert own.figures["dots"](Facts(), count=2).text == "...."
    assert own.findings == ()


def test_two_posts_do_not_see_each_other(house: House) -> None:
    """Files of one name are two modules; none of them stays importable, nothing is written."""
    for post, text in (("a", "A"), ("b", "B")):
        house.write(f"posts/{post}/figures.py", GOOD.replace('"."', f'"{text}"'))
    before, modules = house.files(), set(sys.modules)
    texts = [
        load_own(house.root / "posts" / post, house.project).figures["dots"](Facts(), count=1).text
        for post in ("a", "b")
    ]
    assert texts == ["AA", "BB"]
    assert house.files() == before
    assert set(sys.modules) == modules


@pytest.mark.parametrize("name", ["fails", "draws"])
def test_an_error_is_told_at_its_line(house: House, name: str) -> None:
    """What the author's code raises, when it makes text or draws, is told where it was raised."""
    house.write("posts/a/figures.py", GOOD)
    figure = load_own(house.root / "posts/a", house.project).figures[name]
    with pytest.raises(Refusal) as caught:
        [drawing.draw() for drawing in figure(Facts()).drawings]
    assert str(caught.value.place) == "posts/a/figures.py:19:1"
    assert caught.value.message == "ZeroDivisionError: division by zero"


BROKEN = {
    "def f(:\n": "posts/a/figures.py:1:7: figures.py does not load: SyntaxError: invalid syntax",
    "\nimport no_such_module\n": "posts/a/figures.py:2:1: figures.py does not load: "
    "ModuleNotFoundError: No module named 'no_such_module'",
    "x = 1\nassert False\n": "posts/a/figures.py:2:1: figures.py does not load: AssertionError",
    "import sys\nsys.exit(0)\n": "posts/a/figures.py:2:1: figures.py does not load: SystemExit: 0",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_file_that_does_not_load_is_a_finding(house: House, text: str) -> None:
    """The finding names line and error; there are no figures then."""
    house.write("posts/a/figures.py", text)
    own = load_own(house.root / "posts/a", house.project)
    assert [f"{finding.place}: {finding.message}" for finding in own.findings] == [BROKEN[text]]
    assert own.figures == {}


LOUD = """\
import sys
from benchpost.figures.types import Drawing, Fragment

print("loaded")

def leaves(facts):
    sys.exit(0)

def leaves_late(facts):
    return Fragment("", (Drawing("a.svg", "", lambda: sys.exit(3)),))

def talks(facts):
    print("called")
    return Fragment("", (Drawing("a.svg", "dots", lambda: print("drawn") or b"<svg/>"),))
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("leaves", "posts/a/figures.py:7:1: SystemExit: 0"),
        ("leaves_late", "posts/a/figures.py:10:1: SystemExit: 3"),
    ],
)
def test_a_figure_that_exits_has_failed(house: House, name: str, said: str) -> None:
    """`sys.exit` in a figure ends neither the check nor the filling, whatever its status."""
    house.write("posts/a/figures.py", LOUD)
    figure = load_own(house.root / "posts/a", house.project).figures[name]
    with pytest.raises(Refusal) as caught:
        [drawing.draw() for drawing in figure(Facts()).drawings]
    assert f"{caught.value.place}: {caught.value.message}" == said


def test_what_a_figure_prints_is_no_output(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is printed while loading, calling and drawing goes to the standard error."""
    house.write("posts/a/figures.py", LOUD)
    figure = load_own(house.root / "posts/a", house.project).figures["talks"]
    [drawing.draw() for drawing in figure(Facts()).drawings]
    assert capsys.readouterr() == ("", "loaded\ncalled\ndrawn\n")


def test_a_plan_holds_the_code_that_draws(house: House) -> None:
    """Another `figures.py` is another plan, so the picture is stale; other line ends are not."""
    plans = []
    for text in (LOUD, LOUD.replace("\n", "\r\n"), LOUD.replace("<svg/>", "<svg></svg>")):
        house.write("posts/a/figures.py", text)
        figure = load_own(house.root / "posts/a", house.project).figures["talks"]
        plans += [drawing.plan for drawing in figure(Facts()).drawings]
    assert plans[0] == plans[1] != plans[2]


def test_no_file_no_figures(house: House) -> None:
    """A post without `figures.py` has none of its own."""
    assert load_own(Path(house.root), house.project).figures == {}
