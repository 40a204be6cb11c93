"""`check` holds quoted and recorded numbers against the hardware."""

from __future__ import annotations

from pathlib import Path

import pytest
from house import House

from benchpost.fill.check import check_post
from benchpost.fill.doubted import doubted
from benchpost.findings import Check, Severity
from benchpost.post.document import Dialect, Post
from benchpost.post.read import parse_post
from benchpost.record.types import Machine, Measured, Provenance, Result, Results

CLAIM = 'gpu="A100 SXM 80GB", model="Llama-3-8B"'


def post_of(text: str) -> Post:
    path = "posts/a/index.mdx"
    return parse_post(text, path, Path(path), Dialect.MDX)


def found(expression: str) -> list[tuple[str, str, str]]:
    text = f"# A\n\nIt is {{/* = {expression} : .3g */}}1{{/* /= */}}.\n"
    findings = list(doubted(post_of(text), {}))
    for each in findings:
        warned = each.check is Check.Q004
        assert each.severity is (Severity.WARNING if warned else Severity.ERROR)
    return [(str(each.place), each.check.name, each.message) for each in findings]


FINDINGS = {
    'quoted("5 ms")': [],
    f'quoted("130 tok/s", {CLAIM})': [],
    f'2 * quoted("300 tok/s", {CLAIM})': [
        (
            "posts/a/index.mdx:3:17",
            "Q001",
            "`300 tok/s` of Llama-3-8B on 1 × A100 SXM 80GB is impossible: 300 tok/s is 2.2 "
            "times the bound of 135.8 tok/s: a step of 1 reads 15 GB at 1 × 2039 GB/s; "
            "say what it leaves out, correct it, or write impossible=true to quote it as such",
        )
    ],
    'quoted("10 GB", model="Llama-3-8B", of="kv")': [
        (
            "posts/a/index.mdx:3:13",
            "Q004",
            "`10 GB` of Llama-3-8B: 10 GB of KV cache would be 76,294 tokens at 128 KiB each; the "
            "size can be judged once its tokens are said",
        )
    ],
    'quoted("10 GB", model="Llama-3-8B", of="kv", tokens=76294)': [],
    'quoted("24 tok/s", gpu="H100 SXM", model="Llama-3.1-70B")': [
        (
            "posts/a/index.mdx:3:13",
            "Q004",
            "`24 tok/s` of Llama-3.1-70B on 1 × H100 SXM: 141 GB of weights in bf16 do not fit "
            "into the 85.9 GB that 1 × H100 SXM may report (80 GB read as 80 GiB), and no other "
            "format is said; say dtype or gpus",
        )
    ],
    f'quoted("300 tok/s", {CLAIM}, impossible=true)': [],
    f'quoted("100 tok/s", {CLAIM}, impossible=true)': [
        (
            "posts/a/index.mdx:3:13",
            "Q002",
            "`100 tok/s` is quoted as impossible, but nothing forbids it in what is stated",
        )
    ],
    # what cannot be read is the business of filling
    'quoted("300 tok/s", gpu="A200", model="Llama-3-8B")': [],
    'quoted("300 tok/s", oven="A200")': [],
    'quoted("300 tok/s", ': [],
    f'quoted("5 tok/s", {CLAIM}, gpus=0)': [],
    f'quoted("0 req/s", {CLAIM})': [],
}


@pytest.mark.parametrize("expression", FINDINGS)
def test_quoted_numbers_are_held_against_their_chip(expression: str) -> None:
    """An impossible one is found where it stands, unless it is quoted as such, and the reverse."""
    assert found(expression) == FINDINGS[expression]


def test_the_check_of_a_post_tells_it_beside_everything_else(house: House) -> None:
    """One finding for the number that cannot be, one for the name that is not known."""
    file = house.write(
        "posts/a/index.mdx",
        "# A\n\n"
        f'{{/* = quoted("300 tok/s", {CLAIM}) : .0f tok/s */}}300 tok/s{{/* /= */}}\n\n'
        f'{{/* = quoted("9 tok/s", gpu="A1", model="Llama-3-8B") : .0f */}}9{{/* /= */}}\n',
    )
    found = check_post(file, house.project)
    assert [finding.check.name for finding in found] == ["Q001", "S002"]


SNIPPET = '# A\n\n```python bench id="copy" keep="rate:B/s, peak:FLOP/s, wait:s"\nrate = 1\n```\n'


def recorded(device: str, **values: Measured) -> dict[str, Results]:
    machine = Machine("gpu", "cpu", 8, 10**10, "Linux", (device,) if device else ())
    made = Provenance("2026-11-01T00:00:00Z", "", True, machine, "3.12", {}, 0.1, 1.0)
    result = Result("copy", "", (), values, (), made)
    return {"gpu": Results("gpu", "posts/a/results/gpu.json", {"copy": result})}


RECORDED = [
    ("NVIDIA H100 80GB HBM3", Measured(3.0e12, "B/s"), []),
    (
        "NVIDIA H100 80GB HBM3",
        Measured(4.0e12, "B/s"),
        [
            (
                Severity.WARNING,
                "'kept' of 'copy' on gpu is impossible: 4 TB/s is 1.2 times the 3.35 TB/s that "
                "the datasheet gives 1 × H100 SXM; data that stays in its cache may be read faster",
            )
        ],
    ),
    (
        "NVIDIA H100 80GB HBM3",
        Measured(4.0e15, "FLOP/s"),
        [
            (
                Severity.ERROR,
                "'kept' of 'copy' on gpu is impossible: 4 PFLOPS is 2 times the 1.979 PFLOPS "
                "that the datasheet gives 1 × H100 SXM",
            )
        ],
    ),
    ("NVIDIA H100 80GB HBM3", Measured(4.0e15, "s"), []),
    ("Some Card 9000", Measured(4.0e15, "FLOP/s"), []),
    ("", Measured(4.0e15, "FLOP/s"), []),
]


@pytest.mark.parametrize(("device", "kept", "told"), RECORDED)
def test_recorded_numbers_are_held_against_the_datasheet(
    device: str, kept: Measured, told: list[tuple[Severity, str]]
) -> None:
    """Where the chip is known; a bandwidth that a cache can explain is a warning."""
    findings = list(doubted(post_of(SNIPPET), recorded(device, kept=kept)))
    assert [(each.severity, each.message) for each in findings] == told
    assert all(each.check is Check.Q003 and each.place.line == 3 for each in findings)
