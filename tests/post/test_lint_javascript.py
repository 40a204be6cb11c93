"""JavaScript is judged as acorn judges it for MDX."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.post.javascript_check import Mistake, expression_end, read_esm, spread_end, value_end

EXPRESSIONS = [
    "a",
    " a + b ",
    "",
    "/* a } b */",
    "// a }\n",
    "{a: 1}",
    "a ? b : c",
    "(a ?? b) || c",
    "(x, y) => ({a: x})",
    "async x => await x",
    "async (x) => { await x; return 1 }",
    "({a = 1}) => a",
    "(...a) => a",
    "[a, b] = [b, a]",
    "({a, b: [c, d = 2], ...e} = f)",
    "f(...x, y,)",
    "`a${`b${c}`}}`",
    '"a}b"',
    "/re}g/g",
    "a /b/ c",
    "<a/>",
    "<a>it's {b} /* text */ <c d='e' f={1} {...g} h:i-j/></a>",
    "<></>",
    "<a b=<c/>/>",
    "<ul>{list.map((x) => <li key={x}>{x}</li>)}</ul>",
    "a.b?.c?.[d]?.(e)",
    "new Foo().bar",
    "import.meta.url",
    "-(a ** b)",
    "function* g() { yield 1; yield* x }",
    "async function h() { for await (const x of y) break }",
    "class A extends B { constructor() { super() } static x = 1; #y; get z() { return this.#y } }",
    "{get a() { return 1 }, set a(v) {}, async b() {}, *c() {}, [d]: 1, 'e': 2, 3: 4, f}",
    "1_000n + 0x1F + .5e3",
    "a\n(b)",
    "(() => { try { a } catch { b } finally { c } })()",
    "(() => { for (let i = 0, n = 3; i < n; i++) { if (i in x) continue; else break } })()",
    "(() => { switch (a) { case 1: b; break; default: c } })()",
    "(() => { do x; while (y)\n label: while (z) break label })()",
    "变量 + é + $x_1",
    "tag`\\01`",
    "await /re}/g",
    "((a) + 1, (b))",
    "a ?? b ?? c + d",
    "a, b",
]


@pytest.mark.parametrize("source", EXPRESSIONS)
def test_expressions(source: str) -> None:
    """An expression ends at its own brace, not at one inside it."""
    assert expression_end("{" + source + "} and {more}", 0) == len(source) + 1


NO_EXPRESSIONS = [
    ("no one/a team", "unexpected `one`, expected `}`", 4),
    ("#id", "unexpected `#id`", 1),
    ("x_{1", "unexpected `{`, expected `}`", 3),
    ("\\frac", "unexpected `\\`", 1),
    ("a,", "unexpected `}`", 3),
    ("a;", "unexpected `;`, expected `}`", 2),
    ("TODO: plot", "unexpected `:`, expected `}`", 5),
    ("5ms", "'5m' is not a number", 1),
    ("010", "'01' is not a number", 1),
    ("1 = 2", "cannot be assigned to", 1),
    ("{a = 1}", "unexpected `=` in an object; write `:`", 4),
    ("a ?? b || c", "`??` beside `||` or `&&` needs parentheses", 8),
    ("f(((a)))", "doubled parentheses; write one pair", 3),
    ("a ?? b && c", "`??` beside `||` or `&&` needs parentheses", 8),
    ("await <b/>", "unexpected `<`", 7),
    ("-a ** b", "unexpected `**`", 4),
    ("()", "unexpected in parentheses", 2),
    ("<a></b>", "`</b>` does not close `<a>`", 4),
    ("<a b={}/>", "unexpected `}`", 7),
    ("<a> > </a>", "unexpected `>`, expected a closing tag", 5),
    ("<a/><b/>", "adjacent elements need one around them", 5),
    ("'a", "unexpected `'`", 1),
    ("`a", "template is not closed", 4),
    ("/a", "regular expression is not closed", 1),
    ("/+/", "nothing to repeat in a regular expression", 2),
    ("/(/", "parentheses of a regular expression do not match", 1),
    ("/a/gg", "'gg' are not flags of a regular expression", 6),
    ('"\\x4"', "`\\x` begins no escape", 2),
    ("a b", "unexpected `b`, expected `}`", 3),
    ("a /* b", "comment is not closed", 3),
    ("enum", "unexpected `enum`, expected a name", 1),
    ("super.x", "unexpected `super`", 1),
    ("new.target", "`new.target` outside a function", 5),
    ("delete x", "`delete` of a name is not allowed in a module", 1),
    ("a.#b", "unexpected `#b`, expected a name", 3),
    ("(a, a) => a", "two parameters have one name", 8),
    ("(() => { break })()", "unexpected `}`", 16),
    ("(() => { if (a) const b = 1 })()", "unexpected `const`, expected a statement", 17),
    ("(() => { await x })()", "unexpected `await`, expected a name", 10),
    ("x: number", "unexpected `:`, expected `}`", 2),
    ("[" * 5000, "nested too deep to be read", 1),
]


@pytest.mark.parametrize(("source", "message", "at"), NO_EXPRESSIONS)
def test_what_is_no_expression(source: str, message: str, at: int) -> None:
    """The first thing that is not JavaScript is named with its place."""
    assert expression_end("{" + source + "}", 0) == Mistake(message, at)


def test_attributes_need_a_value() -> None:
    """Braces of an attribute may not be empty; a spread is `...` and one expression."""
    assert value_end("{a, b}", 0) == 5
    assert value_end("{/* a */}", 0) == Mistake("unexpected `}`", 8)
    assert spread_end("{...a}", 0) == 5
    assert spread_end("{a}", 0) == Mistake("unexpected `a`, expected `...`", 1)
    assert spread_end("{...a, ...b}", 0) == Mistake("unexpected `...`, expected `}`", 7)


MODULES = [
    ("import a, {b as c, default as d} from 'e'", ("a", "c", "d"), ()),
    ("import * as x from \"y\"\nimport 'z'", ("x",), ()),
    ("export const a = 1, {b, c: [d]} = e", (), ("a", "b", "d")),
    ("export default ({children}) => <Layout>{children}</Layout>", (), ()),
    ("export default function Page() { return <div /> }", (), ("Page",)),
    (
        "export async function getStaticProps() {\n\n  return {props: {}}\n}",
        (),
        ("getStaticProps",),
    ),
    ("export class A {}\n// comment\nexport * as n from 'm'", (), ("A",)),
    ("import x from 'x'\nexport {x as y}", ("x",), ()),
    ("export {known}", (), ()),
    ("export { default } from 'x'", (), ()),
]


@pytest.mark.parametrize(("source", "imported", "declared"), MODULES)
def test_modules(source: str, imported: tuple[str, ...], declared: tuple[str, ...]) -> None:
    """A block of imports and exports gives the names that it brings."""
    esm = read_esm(source, ("known",))
    assert (esm.mistake, esm.imported, esm.declared) == (None, imported, declared)


NO_MODULES = [
    ("import a", "unexpected end, expected `from`", 8),
    ("import a from b", "unexpected `b`, expected the name of a module in quotes", 14),
    ("import a from 'b'\nfoo()", "`foo` is neither import nor export", 18),
    ("import a from 'b' import c from 'd'", "unexpected `import`, expected `;`", 18),
    ("import a from 'b'\nimport a from 'c'", "`a` has already been declared", 25),
    ("import known from 'b'", "`known` has already been declared", 7),
    ("export const a", "unexpected end, expected `=`", 14),
    ("export {a}", "export `a` is not defined", 8),
    ("export default 1\nexport default 2", "`default` is exported twice", 24),
    ("export type X = 1", "unexpected `type`, expected a declaration, `default`, `{` or `*`", 7),
    ("import type X from 'y'", "unexpected `X`, expected `from`", 12),
    ("import {if} from 'x'", "unexpected `}`, expected `as`", 10),
    ("import a from 'b' with {type: 'json'}", "unexpected `with`, expected `;`", 18),
]


@pytest.mark.parametrize(("source", "message", "at"), NO_MODULES)
def test_what_is_no_module(source: str, message: str, at: int) -> None:
    """The first thing that does not parse is named with its place."""
    assert read_esm(source, ("known",)).mistake == Mistake(message, at)


PIECES = (
    "a b 1 ' \" ` ${ { } ( ) [ ] , ; : . ... => = < > / </a> <a> /* */ // \n + ** ? ?. async await "
    "function class return for of in if let const import export from default \\ # é"
)


@given(
    st.lists(st.sampled_from(PIECES.split(" ")), max_size=20).map(" ".join) | st.text(max_size=30)
)
def test_any_text_can_be_judged(source: str) -> None:
    """Whatever the text, the answer is a place within it."""
    for read in (expression_end, value_end, spread_end):
        end = read("{" + source, 0)
        at = end.at if isinstance(end, Mistake) else end
        assert 0 < at <= len(source) + 1
    mistake = read_esm(source).mistake
    assert mistake is None or 0 <= mistake.at <= len(source)
