"""A post as a Jupyter notebook with its recorded outputs, and a notebook as a post."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from benchpost.errors import BenchpostError
from benchpost.post.document import Post, Snippet, Span
from benchpost.post.nodes import Esm, Yaml
from benchpost.record.types import Output, Result, Results

NOTEBOOK: Any = nbformat
# `Any` because its functions carry no types

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
MIME = {"svg": "image/svg+xml", "png": "image/png"}


def notebook(post: Post, results: Results | None) -> str:
    """The post's prose and snippets as cells, the snippets with what they gave in `results`.

    The same bytes for the same post and results; `./` in prose points beside the post.
    """
    made = NOTEBOOK.v4.new_notebook(metadata={"kernelspec": KERNEL})
    made.cells = list(_cells(post, results.results if results else {}))
    NOTEBOOK.validate(made)
    return str(NOTEBOOK.writes(made)) + "\n"


def _cells(post: Post, results: Mapping[str, Result]) -> Iterator[Any]:
    at = 0
    for number, snippet in enumerate(post.snippets, 1):
        yield from _prose(post, Span(at, snippet.span.start), number)
        yield _code(post, snippet, results.get(snippet.id))
        at = snippet.span.end
    yield from _prose(post, Span(at, len(post.text)), len(post.snippets) + 1)


def _prose(post: Post, span: Span, number: int) -> Iterator[Any]:
    """The text of a span without markers, imports and front matter; no cell when none is left."""
    text = "".join(post.text[start:end] for start, end in _kept(post, span)).strip()
    if text:
        yield NOTEBOOK.v4.new_markdown_cell(text, id=f"prose-{number}")


def _kept(post: Post, span: Span) -> Iterator[tuple[int, int]]:
    at = span.start
    for start, end in sorted(_hidden(post)):
        if span.start <= start < span.end:
            yield at, max(at, start)
            at = max(at, end)
    yield at, max(at, span.end)


def _hidden(post: Post) -> Iterator[tuple[int, int]]:
    for node in post.tree.children:
        if isinstance(node, (Esm, Yaml)):
            yield node.start, node.end
    for slot in post.slots:
        yield slot.open.start, slot.open.end
        yield slot.close.start, slot.close.end
    for value in post.values:
        yield value.span.start, value.body.start
        yield value.body.end, value.span.end


def _code(post: Post, snippet: Snippet, result: Result | None) -> Any:
    cell = NOTEBOOK.v4.new_code_cell(snippet.code, id=_cell_id(snippet.id))
    cell.metadata["benchpost"] = {"snippet": snippet.id}
    if result:
        cell.outputs = [_output(post.file.parent, output) for output in result.outputs]
    return cell


def _cell_id(snippet: str) -> str:
    """Notebook format: 1 to 64 letters, digits, `-` and `_`."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in f"code-{snippet}")[:64]


def _output(folder: Path, output: Output) -> Any:
    if output.kind in ("stdout", "stderr"):
        return NOTEBOOK.v4.new_output("stream", name=output.kind, text=output.text)
    if output.kind == "text":
        return NOTEBOOK.v4.new_output("display_data", data={"text/plain": output.text})
    data = (folder / output.text).read_bytes()
    content = data.decode() if output.kind == "svg" else base64.b64encode(data).decode()
    return NOTEBOOK.v4.new_output("display_data", data={MIME[output.kind]: content})


def markdown_of_notebook(text: str) -> str:
    """A notebook's text as Markdown: its cells, and the outputs of those that are not snippets.

    A code cell whose metadata has `"benchpost": "id=… keep=…"` becomes a snippet's fence with these
    words; its outputs are left out, because results are recorded. Pictures stay in the text, as
    `data:` addresses. Raises BenchpostError when `text` is not a notebook.
    """
    try:
        read = NOTEBOOK.reads(text, as_version=4)
        NOTEBOOK.validate(read)
    except (ValueError, AttributeError, KeyError, NOTEBOOK.ValidationError) as error:
        raise BenchpostError(f"this is not a notebook: {error}") from error
    for cell in read.cells:
        _as_snippet(cell)
        _with_pictures(cell)
    # only here: it takes half a second to import, and a post becomes a notebook without it
    import nbconvert

    convert: Any = nbconvert
    # the default ones would move pictures into files, and there is no folder to put them into
    body, _ = convert.MarkdownExporter(default_preprocessors=[]).from_notebook_node(read)
    return str(body).strip("\n") + "\n"


def _as_snippet(cell: Any) -> None:
    """Turn a snippet's cell into prose that holds its fence."""
    words = cell.metadata.get("benchpost")
    if cell.cell_type == "code" and isinstance(words, str):
        fence = "`" * max(3, _longest_fence(cell.source) + 1)
        cell.cell_type = "markdown"
        cell.source = f"{fence}python bench {words}".rstrip() + f"\n{cell.source}\n{fence}"
        del cell["outputs"], cell["execution_count"]


def _longest_fence(code: str) -> int:
    return max((len(line) - len(line.lstrip("`")) for line in code.split("\n")), default=0)


def _with_pictures(cell: Any) -> None:
    """Put attachments and SVG into the text: nbconvert would drop the first, garble the second."""
    for name, found in cell.pop("attachments", {}).items():
        for kind, data in found.items():
            cell.source = cell.source.replace(f"attachment:{name}", f"data:{kind};base64,{data}")
    for output in cell.get("outputs", ()):
        svg = output.get("data", {}).get(MIME["svg"])
        if svg is not None:
            coded = base64.b64encode(svg.encode()).decode()
            output.data = {"text/markdown": f"![figure](data:{MIME['svg']};base64,{coded})"}
