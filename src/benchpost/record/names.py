"""Which snippets build on which: names that one uses and others define, read from their code."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence

from benchpost.post.document import Snippet

BUILTINS = frozenset(dir(builtins))

Sources = Mapping[str, tuple[str, ...]]
"""For names that a snippet uses and does not define: the earlier snippets that define them."""


def sources(snippets: Sequence[Snippet]) -> dict[str, Sources]:
    """For each snippet by id, where the names come from that it only uses.

    Code that is not plain Python (IPython's magics) defines and uses nothing here.
    """
    defined: dict[str, tuple[str, ...]] = {}
    found: dict[str, Sources] = {}
    for snippet in snippets:
        nodes = _nodes(snippet)
        own = {name for node in nodes for name in _binds(node)}
        used = {node.id for node in nodes if isinstance(node, ast.Name)} - own - BUILTINS
        found[snippet.id] = {name: defined[name] for name in sorted(used) if name in defined}
        defined.update({name: (*defined.get(name, ()), snippet.id) for name in own})
    return found


def needs(snippets: Sequence[Snippet]) -> dict[str, tuple[str, ...]]:
    """For each snippet by id, what it needs, and what those need without which it has no names."""
    built_on = sources(snippets)
    found: dict[str, tuple[str, ...]] = {}
    for snippet in snippets:
        wanted = dict.fromkeys(snippet.needs)
        for definers in built_on[snippet.id].values():
            if all(found[each] for each in definers):
                wanted.update(dict.fromkeys(found[definers[-1]]))
        found[snippet.id] = tuple(wanted)
    return found


def _nodes(snippet: Snippet) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(snippet.code)))
    except (SyntaxError, ValueError):  # magics, or an error that running will tell
        return []


def _binds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
