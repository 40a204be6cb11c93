"""Where an expression or a module ends."""

from __future__ import annotations

import pytest

from benchpost.post.javascript import expression_end, module_end


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "a",
        "/* } */",
        "// }\n",
        "'}' + \"}\" + `}${'}'}`",
        "{a: {b: 1}}",
        "/[}/]}/g.test(a) / 2",
        "a / b /* } */ / c",
        "x => { return /}/ }",
        "<a b={c}>it's {d} <E /></a>",
        "<>{/* } */}</>",
        "a < b ? <c/> : d > e",
        "f(`${g(`}`)}`)",
        "#id",
        "no one/a team",
        "it's me",
        "\\theta",
        "(",
    ],
)
def test_expressions_end_at_their_brace(inside: str) -> None:
    """Braces in strings, templates, comments, regular expressions and elements do not count."""
    text = f"{{{inside}}} tail }}"
    assert expression_end(text, 1) == len(inside) + 2


@pytest.mark.parametrize("inside", ["a", "{", "/* }", "`}", "<a>{", "f(a"])
def test_expressions_without_end(inside: str) -> None:
    """Without its brace, or with it in an unclosed comment or template, there is no end."""
    assert expression_end("{" + inside, 1) == -1


@pytest.mark.parametrize(
    ("module", "rest"),
    [
        ("import a from 'a'", "\n\nb"),
        ("import a from 'a';\nimport 'b'", "\n \nc"),
        ("export const a = {\n\n  b: 1\n}", "\n\nc"),
        ("export const a = `\n\n`", "\n\nb"),
        ("export const a =\n\n  1", "\n\nb"),
        ("export function a() {\n\n  return <b>\n\n  </b>\n}", "\n\nc"),
        ("import {\n  a,\n\n  b\n} from 'c'", "\n\nd"),
        ("export * from 'b' /* a\n\n*/", "\n\nc"),
        ("export default a", "\r\n\r\nb"),
        ("import a from 'a'", ""),
        ("import a from 'a'", "\n"),
        ("import a from 'a'\nno module", "\n\nb"),
    ],
)
def test_modules_end_at_a_blank_line(module: str, rest: str) -> None:
    """A blank line ends a module only where its statements can end."""
    assert module_end(module + rest, 0) == len(module)


def test_a_module_without_end() -> None:
    """What is not finished at the end of the text has no end."""
    assert module_end("export const a = {\n\n# no", 0) == -1
    assert module_end("import a from\n", 0) == -1
