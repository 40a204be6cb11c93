"""What compiles and then breaks a Nextra build, or silently loses text.

Each rule was seen in a full build with Nextra 4.6.1. The disk is read only to look for images.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from benchpost.config import Project
from benchpost.errors import near
from benchpost.findings import Check, Severity
from benchpost.post.document import Dialect, Post
from benchpost.post.html_names import HTML_NAMES
from benchpost.post.javascript_check import Mistake, expression_end, spread_end
from benchpost.post.javascript_expressions import LITERALS, RESERVED
from benchpost.post.lint_mdx import Nodes, modules
from benchpost.post.nodes import (
    Attribute,
    Blockquote,
    FlowExpression,
    Image,
    JsxFlow,
    JsxText,
    Math,
    Paragraph,
    TextExpression,
)
from benchpost.post.problems import Problem

# everything that `nextra/components` 4.6 exports
_COMPONENTS = (
    "Anchor Banner Bleed Button Callout Cards Code Collapse Details FileTree Head ImageZoom "
    "MathJax MathJaxContext Mermaid Playground Popup Pre Search Select SkipNavContent "
    "SkipNavLink Steps Summary Table Tabs"
)
ALERTS = ("NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION")
# what a page's own code sees without declaring it: MDX, Nextra, JavaScript, the browser
_GLOBALS = (
    "props arguments metadata title toc sourceCode frontMatter components undefined NaN "
    "Infinity globalThis window document navigator location console process Math Date JSON "
    "Object Array String Number Boolean BigInt Symbol Map Set WeakMap WeakSet Promise Proxy "
    "Reflect Intl RegExp Error URL URLSearchParams Buffer fetch require parseInt parseFloat "
    "isNaN isFinite encodeURI encodeURIComponent decodeURI decodeURIComponent eval "
    "structuredClone setTimeout React"
)
NEXTRA_COMPONENTS = tuple(_COMPONENTS.split())
GLOBAL_NAMES = frozenset(_GLOBALS.split())
LEADING_NAME = re.compile(r"\s*(?P<name>[A-Za-z_$][\w$]*)\s*(?!\s*=>|[\w$])(?P<rest>.*)", re.DOTALL)
WORD_OPERATORS = ("async", "of")
ALERT = re.compile(r"\s*\[!(?P<kind>[^\]\n]*)\][ \t]*(?P<rest>\n|$)")
EXTERNAL = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)
CSS = re.compile(r"\s*([\w-]+)\s*:\s*([^;]+?)\s*(?:;|$)")


def problems(post: Post, nodes: Nodes, project: Project) -> Iterator[Problem]:
    """Every N finding of a post."""
    for image in nodes.of(Image):
        yield from _image(image, post, project)
    for maths in nodes.of(Math):
        yield from _maths(maths, post.text)
    for quote in nodes.of(Blockquote):
        yield from _alert(quote)
    for paragraph in nodes.of(Paragraph):
        if paragraph.prose.source.startswith("$$"):
            yield from _lone_maths(paragraph)
    if post.dialect is Dialect.MDX:
        yield from _names(nodes, project)


def _names(nodes: Nodes, project: Project) -> Iterator[Problem]:
    """Components and variables that nothing defines, and styles that are no objects."""
    defined = frozenset(_defined(nodes))
    components = defined | set(project.config.components)
    seen: set[str] = set()
    elements: list[JsxFlow | JsxText] = [*nodes.of(JsxFlow), *nodes.of(JsxText)]
    for element in sorted(elements, key=lambda each: each.start):
        if element.name and element.name not in seen:
            seen.add(element.name)  # a component is told once, where it is first used
            yield from _component(element, element.name, components)
        yield from _style(element)
        for attribute in element.attributes:
            yield from _variable(attribute, element.start, defined)
    expressions: list[FlowExpression | TextExpression]
    expressions = [*nodes.of(FlowExpression), *nodes.of(TextExpression)]
    for node in expressions:
        yield from _variable(Attribute("", "expression", node.value), node.start, defined)


def _defined(nodes: Nodes) -> Iterator[str]:
    """Names that the file imports or exports."""
    for _, module in modules(nodes):
        yield from (*module.imported, *module.declared)


def _component(node: JsxFlow | JsxText, name: str, defined: frozenset[str]) -> Iterator[Problem]:
    root = name.split(".")[0]
    if ":" in name or root in defined or ("." in name and root in GLOBAL_NAMES):
        return
    if root[0].islower() and "." not in name:
        if name not in HTML_NAMES and "-" not in name:
            hint = _near(name, defined | set(NEXTRA_COMPONENTS))
            message = f"`<{name}>` is no HTML element; a browser shows only its text{hint}"
            yield Problem(Check.N001, node.start, message, Severity.WARNING)
        return
    yield Problem(Check.N001, node.start, f"`<{name}>` is not imported{_import(root, defined)}")


def _import(root: str, defined: frozenset[str]) -> str:
    if root in NEXTRA_COMPONENTS:
        return f"; write `import {{ {root} }} from 'nextra/components'`"
    hint = _near(root, defined | set(NEXTRA_COMPONENTS))
    return hint or "; import it, or name it under `components` in the project's settings"


def _style(node: JsxFlow | JsxText) -> Iterator[Problem]:
    for attribute in node.attributes:
        if attribute.name == "style" and attribute.kind == "string":
            pairs = CSS.findall(attribute.value or "")
            right = ", ".join(f'{_camel(name)}: "{value}"' for name, value in pairs)
            message = f"`style` must be an object; write `style={{{{{right}}}}}`"
            yield Problem(Check.N002, node.start, message)


@lru_cache(maxsize=256)
def _near(word: str, known: frozenset[str]) -> str:
    """`errors.near`, asked once for the many uses of one component."""
    return near(word, sorted(known))


def _camel(name: str) -> str:
    return re.sub(r"-+(\w)", lambda match: match[1].upper(), name)


def _variable(attribute: Attribute, at: int, defined: frozenset[str]) -> Iterator[Problem]:
    """The name that an expression begins with, which is looked up whatever follows."""
    if attribute.kind not in ("expression", "spread"):
        return
    source = attribute.value or ""
    match = LEADING_NAME.fullmatch(source.strip().removeprefix("..."))
    name = match["name"] if match else ""
    if not name or name in RESERVED or name in LITERALS or name in WORD_OPERATORS:
        return
    if name in defined or name in GLOBAL_NAMES:
        return
    end_of = spread_end if attribute.kind == "spread" else expression_end
    if not isinstance(end_of(f"{{{source}}}", 0), Mistake):
        hint = _near(name, defined)
        where = f" in `{attribute.name}`" if attribute.name else ""
        message = f"`{name}`{where} is not defined{hint or _as_text(attribute)}"
        yield Problem(Check.N007, at, message)


def _as_text(attribute: Attribute) -> str:
    if attribute.name or attribute.kind == "spread":
        return "; import or export it"
    words = " ".join((attribute.value or "").split())
    return f"; write `\\{{{words}\\}}` for braces that are text"


def _image(node: Image, post: Post, project: Project) -> Iterator[Problem]:
    url = node.url
    if not url or EXTERNAL.match(url):
        return
    if post.dialect is Dialect.MDX and not url.startswith(("./", "../", "/")):
        yield Problem(Check.N003, node.start, f"image {url!r} is not found; write `./{url}`")
        url = "./" + url
    missing = _missing(url, post.file.parent, project)
    if missing:
        yield Problem(Check.N004, node.start, f"image {url!r} is missing: no file {missing}")


def _missing(url: str, folder: Path, project: Project) -> str:
    """The file that an image's URL names, when it is not there."""
    name = unquote(re.split(r"[?#]", url)[0])
    if "\0" in name:
        return repr(name)
    public = project.root / "public"
    if name.startswith("/"):
        # only a Nextra site has this folder; elsewhere nothing says what `/` is
        return _absent(public / name.lstrip("/"), project) if public.is_dir() else ""
    return _absent(folder / PurePosixPath(name), project)


def _absent(file: Path, project: Project) -> str:
    try:
        return "" if file.is_file() else project.relative(file.resolve())
    except OSError:  # a name longer than the file system takes
        return project.relative(file)


def _maths(node: Math, text: str) -> Iterator[Problem]:
    source = text[node.start : node.end]
    dollars = len(source) - len(source.lstrip("$"))
    fence = "$" * dollars
    if (node.meta or "").strip():
        message = (
            f"the formula's first line `{(node.meta or '').strip()}` is lost; "
            f"put it on the line after `{fence}`"
        )
        yield Problem(Check.N006, node.start, message)
    lines = [line.lstrip("> \t") for line in source.rstrip().split("\n")]
    if len(lines) < 2 or not re.fullmatch(rf"\${{{dollars},}}\s*", lines[-1]):
        message = f"display maths does not end; put `{fence}` alone on the line after it"
        yield Problem(Check.N006, _swallowing(node, text, fence), message)


def _swallowing(node: Math, text: str, fence: str) -> int:
    """Where a `$$` stands that was meant to end the formula, or the formula's start."""
    meant = text.find(fence, text.find("\n", node.start, node.end), node.end)
    return meant if meant > node.start else node.start


def _lone_maths(node: Paragraph) -> Iterator[Problem]:
    source = node.prose.source.rstrip()
    if not source.endswith("$$") or "\n" in source:
        return
    inner = source.strip("$")
    if inner.strip() and "$$" not in inner:
        message = "`$$…$$` on one line is set inline; put each `$$` alone on its line for display"
        yield Problem(Check.N006, node.start, message, Severity.WARNING)


def _alert(node: Blockquote) -> Iterator[Problem]:
    first = node.children[0] if node.children else None
    match = ALERT.match(first.prose.source) if isinstance(first, Paragraph) else None
    if first is None or match is None or match["kind"].upper() in ALERTS:
        return
    kinds = ", ".join(ALERTS)
    hint = near(match["kind"], ALERTS)
    message = f"alert `[!{match['kind']}]` does not exist{hint or f'; there are {kinds}'}"
    refused = not match["rest"]
    yield Problem(Check.N005, first.start, message, Severity.ERROR if refused else Severity.WARNING)
