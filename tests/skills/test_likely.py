"""Plans from descriptions."""

from __future__ import annotations

from pathlib import Path

import pytest
from skills.trees import data, skill, unpacked, write

from benchpost.skills.likely import propose, ranked, vector
from benchpost.skills.scan import scan
from benchpost.skills.words import rarity


def text(words: str) -> str:
    return f"---\ndescription: {words}\n---\n"


def test_a_skill_goes_where_its_words_are(tmp_path: Path) -> None:
    """A skill that clearly fits another category is proposed with the scores; others stay."""
    files = {
        "media/DESCRIPTION.md": text("Songs, videos and transcripts"),
        "smart-home/DESCRIPTION.md": text("Lamps, heating and doors"),
        "media/songs/SKILL.md": skill("songs", "Writes songs"),
        "media/lamps/SKILL.md": skill("lamps", "Dims lamps near doors"),
        "media/other/SKILL.md": skill("other", "Something else"),
    }
    moves = propose(scan(write(tmp_path, files))).moves
    assert [(move.old, move.new) for move in moves] == [("media/lamps", "smart-home/lamps")]
    assert moves[0].reason.startswith("fits smart-home 0.")


def test_a_tree_without_descriptions_has_no_proposal(tmp_path: Path) -> None:
    """Without texts of categories nothing fits anything."""
    assert propose(scan(write(tmp_path, {"a/x/SKILL.md": skill("x")}))).moves == ()


@pytest.mark.corpus
def test_the_human_choice_is_among_the_best(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of the 48 moved skills at least 40 fit best where a person put them, and 46 among three.

    In-sample: the categories' texts were written for these members.
    """
    tree = scan(unpacked(tmp_path_factory) / "hermes-agent@post-reorg" / "skills")
    texts = {c: f"{c} {tree.description(c)}" for c in tree.categories if tree.description(c)}
    rare = rarity(texts.values())
    vectors = {category: vector(words, rare) for category, words in sorted(texts.items())}
    lines = (data() / "origin_moves.tsv").read_text(encoding="utf-8").split()
    moved = {path.removeprefix("skills/") for path in lines[1::2]}
    best = [
        (each.category, [category for _, category in ranked(each, vectors, rare)[:3]])
        for each in tree.skills
        if each.folder in moved
    ]
    assert len(best) == 48
    assert sum(human == first[0] for human, first in best) >= 40
    assert sum(human in three for human, three in best) >= 46
