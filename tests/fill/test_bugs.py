"""An error that nobody foresaw ends one value, figure or post, is told, and hides nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from house import House

from benchpost.cli import main
from benchpost.fill import doubted, general, material
from benchpost.fill.check import check_post
from benchpost.fill.write import fill_post

REPORT = "; this is a bug of benchpost: please report it"
POST = """\
# A

It is {/* = 2 * 3 : .0f */}5{/* /= */}, and {/* = 8 / 2 : .0f */}3{/* /= */}.

{/* fill diagram matmul m=4 k=4 n=4 */}
{/* /fill */}
"""
OTHER = "# B\n\nIt is {/* = 10 / 2 : .0f */}4{/* /= */}.\n"


def raising(_: object, *__: object, **___: object) -> Any:
    raise KeyError("surprise")


def fails(module: Any, name: str, on: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a function fail where its first argument is `on`."""
    real = getattr(module, name)
    monkeypatch.setattr(
        module, name, lambda first, *a, **k: (raising if first == on else real)(first, *a, **k)
    )


def said(house: House, path: str) -> list[str]:
    found = check_post(house.root / path, house.project)
    return [f"{each.place}: {each.check.name} {each.message}" for each in found]


def line_of_raise() -> int:
    return raising.__code__.co_firstlineno + 1


def test_a_value_that_raises_is_told_and_the_others_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The finding quotes the value, the exception's last line and where it was raised."""
    file = house.write("posts/a/index.mdx", POST)
    fails(general, "quantity", "2 * 3", monkeypatch)
    bug = (
        "posts/a/index.mdx:3:13: S006 the value '2 * 3' failed with KeyError: 'surprise' "
        f"(test_bugs.py:{line_of_raise()}){REPORT}"
    )
    told = said(house, "posts/a/index.mdx")
    assert told[0] == bug
    assert [each.split(" ")[1] for each in told] == ["S006", "S005", "S003"]
    outcome = fill_post(file, house.project)
    assert [f"{f.place}: {f.check.name} {f.message}" for f in outcome.findings] == [bug]
    assert "{/* = 8 / 2 : .0f */}4{/* /= */}" in house.read("posts/a/index.mdx")
    assert outcome.drawn == ("figures/diagram-matmul-m4-k4-n4.svg",)


def test_a_figure_that_raises_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name, where its slot stands; the values are filled."""
    file = house.write("posts/a/index.mdx", POST)
    fails(general, "fragment", "diagram matmul", monkeypatch)
    outcome = fill_post(file, house.project)
    assert [f"{f.place}: {f.message}" for f in outcome.findings] == [
        "posts/a/index.mdx:5:10: diagram matmul failed with KeyError: 'surprise' "
        f"(test_bugs.py:{line_of_raise()}){REPORT}"
    ]
    assert len(outcome.pieces) == 2


def test_a_drawing_that_raises_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture is drawn only when it must be; what fails then leaves its slot as it is."""
    file = house.write("posts/a/index.mdx", POST)
    monkeypatch.setattr("benchpost.figures.seal.sealed", raising)
    outcome = fill_post(file, house.project)
    assert [f"{f.place}: {f.message}" for f in outcome.findings] == [
        "posts/a/index.mdx:5:1: figures/diagram-matmul-m4-k4-n4.svg: drawing "
        "diagram-matmul-m4-k4-n4.svg failed with KeyError: 'surprise' "
        f"(test_bugs.py:{line_of_raise()}){REPORT}"
    ]
    assert len(outcome.pieces) == 2


def test_a_quotation_that_cannot_be_judged_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands beside what else is wrong with the post."""
    quote = 'quoted("5 tok/s", gpu="H100 SXM", model="Llama-3.1-8B")'
    house.write("posts/a/index.mdx", f"# A\n\n{{/* = {quote} */}}5 tok/s{{/* /= */}}\n")
    monkeypatch.setattr(doubted, "_judged", raising)
    assert said(house, "posts/a/index.mdx") == [
        f"posts/a/index.mdx:3:7: S006 judging {quote!r} failed with KeyError: 'surprise' "
        f"(test_bugs.py:{line_of_raise()}){REPORT}"
    ]


def test_a_post_that_breaks_its_check_hides_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the bug, each of the other posts is checked and filled."""
    house.write("benchpost.toml", "")
    house.write("posts/a/index.mdx", POST)
    house.write("posts/b/index.mdx", OTHER)
    monkeypatch.chdir(house.root)
    real = material.gather

    def gather(file: Any, project: Any) -> Any:
        return real(file, project) if "posts/b" in str(file) else raising(file)

    monkeypatch.setattr("benchpost.fill.check.gather", gather)
    monkeypatch.setattr("benchpost.fill.write.gather", gather)
    assert main(["check", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [(each["path"], each["code"]) for each in found] == [
        ("posts/a/index.mdx", "S006"),
        ("posts/b/index.mdx", "S005"),
    ]
    assert found[0]["message"].startswith("checking this post failed with KeyError: 'surprise' (")
    assert main(["fill"]) == 1
    out = capsys.readouterr().out
    assert "posts/a/index.mdx: not filled\n" in out
    assert "S006 filling this post failed with KeyError: 'surprise' (" in out
    assert "{/* = 10 / 2 : .0f */}5{/* /= */}" in house.read("posts/b/index.mdx")


def test_a_claim_that_nothing_can_have_is_a_finding_of_its_value(house: House) -> None:
    """A typed 0 ends neither the check of the post nor that of the project."""
    claims = ('"5 tok/s"', '"0 req/s"'), ("gpus=0", "tokens=100")
    values = [
        f'quoted({q}, gpu="H100 SXM", model="Llama-3.1-8B", {o})'
        for q, o in zip(*claims, strict=True)
    ]
    text = "\n\n".join(f"{{/* = {value} */}}5{{/* /= */}}" for value in values)
    house.write("posts/a/index.mdx", f"# A\n\n{text}\n")
    assert [each.split(": ", 1)[1] for each in said(house, "posts/a/index.mdx")] == [
        "S006 gpus of a claim must be at least 1, not 0",
        "S006 '0 req/s' must be more than 0 to be a claim",
    ]
