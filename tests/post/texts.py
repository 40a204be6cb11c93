"""Texts made by chance from the pieces that parsers stumble over."""

from __future__ import annotations

import random

from benchpost.post.document import Dialect

PIECES = (
    *("a", "b c", "é", "“", "🎉", " ", "  ", "   ", "    ", "\t", " \t", "\n", "\n", "\n\n"),
    *("\r\n", "# h", "## h ##", "---", "***", "===", "- ", "* ", "+ ", "1. ", "2) ", "10. "),
    *("> ", ">", "```", "~~~", "````", "``` py {1}", "$$", "$$ m", "$$$", "---\na: 1\n---\n"),
    *("    code", "| a | b |\n|---|:-:|\n", "| c |", "|---|", "a | b\n- | -\n", "|", "\\|"),
    *("[x]: /u 't'", "[x]", "[^1]", "[^1]: note", "![i](u)", '[l](u "t")', "!", "[", "]", "("),
    *(")", "`c`", "``c`d``", "$m$", "*e*", "**s**", "_e_", "~~d~~", "~d~", "*", "_", "**", "~"),
    *("`", "$", "<B>", "</B>", "<B />", '<B a="1" b={2}>', "<>", "</>", "<br/>", "<", "{", "}"),
    *("{x}", "{/* c */}", "{'}'}", "{\n1\n}", "import a from 'b'", "export const x = 1"),
    *("export", "\\", "\\\n", "  \n", "&amp;", "&#35;", "\\*", "https://a.b/c", "www.a.b."),
    *("x@y.zz", "[ ] t", "[x] t", "- [ ] t"),
)
HTML = (
    *("<div>", "</div>", "<!-- c -->", "<!--", "-->", "<https://a.b>", "<a@b.cc>"),
    *("<span a='b'>", "<?x", "?>", "<![CDATA[", "]]>", "<pre>", "</pre>", "<script>", "<x>\n"),
)


def random_text(generator: random.Random, dialect: Dialect) -> str:
    """Up to fourteen pieces, some of them parted."""
    pieces = PIECES + HTML if dialect is Dialect.MARKDOWN else PIECES
    parts: list[str] = []
    for _ in range(generator.randint(1, 14)):
        parts.append(generator.choice(pieces))
        if generator.random() < 0.5:
            parts.append(generator.choice(("", "\n", "\n", "\n\n", " ")))
    return "".join(parts)


def spliced(generator: random.Random, text: str, other: str) -> str:
    """A text with a stretch of another put over a stretch of its own."""
    start, after = sorted(generator.randrange(len(text) + 1) for _ in range(2))
    begin, end = sorted(generator.randrange(len(other) + 1) for _ in range(2))
    return text[:start] + other[begin:end] + text[after:]
