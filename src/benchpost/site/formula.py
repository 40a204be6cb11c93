"""Formulas between dollars, such that Python-Markdown hands on the TeX that the author wrote."""

from __future__ import annotations

import re

from benchpost.findings import Check
from benchpost.post.nodes import InlineMath, Node
from benchpost.site import maths
from benchpost.site.escape import printable
from benchpost.site.scope import Scope


def inline(node: InlineMath, scope: Scope) -> str:
    """`$x$` within a line; in a table cell a bar must not end the cell."""
    tex = " ".join(_spaced(node.value).split())
    if scope.cell:
        tex = tex.replace(r"\|", r"\Vert ").replace("|", r"\vert ").strip()
    if not tex:
        return ""
    _judge(tex, node, scope, display=False)
    return rf"\({tex} \)" if "$" in tex or tex.endswith("\\") else f"${tex}$"


def display(tex: str, node: Node, scope: Scope) -> str:
    """A formula on lines of its own; a blank line would end it."""
    lines = [line.strip() for line in _spaced(tex).split("\n")]
    inner = "\n".join(f"{line} " if line.endswith("\\") else line for line in lines if line)
    if not inner:
        return ""
    _judge(inner, node, scope, display=True)
    return f"$$\n{inner}\n$$"


def _spaced(tex: str) -> str:
    """A space after `<` and `&`, which TeX does not see, keeps HTML's reader off formulas."""
    tex = printable(tex).replace("`", r"\lq ")
    return re.sub(r"<(?=[^\s=])|&(?=\w)", lambda match: f"{match[0]} ", tex)


def _judge(tex: str, node: Node, scope: Scope, *, display: bool) -> None:
    refused = maths.refusal(tex, display=display)
    if refused:
        scope.report(Check.P002, node, f"formula `{_short(tex)}`: {refused.message}")


def _short(tex: str) -> str:
    flat = " ".join(tex.split())
    return flat if len(flat) <= 60 else flat[:59] + "…"
