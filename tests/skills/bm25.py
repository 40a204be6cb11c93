"""BM25 over lines of text: how well an index leads from a request to a skill."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

K, B = 1.5, 0.75


def recall(lines: Mapping[str, str], queries: Sequence[tuple[str, str]], most: int) -> float:
    """Share of (right key, query) whose right key is among the `most` best lines."""
    words = {key: _words(line) for key, line in lines.items()}
    documents = Counter(word for each in words.values() for word in set(each))
    mean = sum(map(len, words.values())) / len(words)
    hits = 0
    for right, query in queries:
        scores = {
            k: _score(_words(query), each, documents, len(words), mean) for k, each in words.items()
        }
        best = sorted(scores, key=lambda key: (-scores[key], key))[:most]
        hits += right in best and scores[right] > 0
    return hits / len(queries)


def _words(text: str) -> list[str]:
    return [word.removesuffix("s") for word in re.findall(r"[a-z0-9]+", text.lower())]


def _score(
    query: list[str], line: list[str], documents: Counter[str], total: int, mean: float
) -> float:
    counts = Counter(line)
    found = 0.0
    for word in set(query) & counts.keys():
        rare = math.log(1 + (total - documents[word] + 0.5) / (documents[word] + 0.5))
        length = K * (1 - B + B * len(line) / mean)
        found += rare * counts[word] * (K + 1) / (counts[word] + length)
    return found
