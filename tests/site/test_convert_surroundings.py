"""What a page shows of the world around its post is asked for; what is not there is reported."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from rendered import render

from benchpost.findings import Check
from benchpost.post.document import Dialect
from benchpost.post.read import parse_post
from benchpost.site.convert import Page, to_markdown

SVG = '<svg viewBox="0 0 1 1">\n\n<text>a*b*</text>\n</svg>'


def page_of(text: str, **lookups: dict[str, str]) -> Page:
    post = parse_post(text, "posts/a/index.mdx", Path("posts/a/index.mdx"), Dialect.MDX)
    figure, image, page = (
        lookups[name].get if name in lookups else None for name in ("figure", "image", "page")
    )
    return to_markdown(post, figure=figure, image=image, page=page)


@pytest.mark.parametrize(
    "text",
    [
        "![A chart](./figures/x.svg)",
        "- item\n\n  ![A chart](./figures/x.svg)",
        "> ![A chart](./figures/x.svg)",
        "<Tabs items={['a']}>\n <Tabs.Tab>\n  ![A chart](./figures/x.svg)\n </Tabs.Tab>\n</Tabs>",
        "<Callout>\n1. a\n\n   ![A chart](./figures/x.svg)\n</Callout>",
        '<img src="./figures/x.svg" alt="A chart" />',
    ],
)
def test_figures_stand_in_the_page_at_any_depth(text: str) -> None:
    """The SVG arrives untouched, blank lines and stars and all, in lists, quotes and tabs."""
    page = page_of(text, figure={"./figures/x.svg": SVG})
    assert SVG in render(page.text)
    assert page.findings == ()


def test_a_figure_within_a_line_stays_an_image() -> None:
    """Only an image alone in its paragraph can become a drawing of the page."""
    page = page_of("see ![x](./x.svg) here", figure={"./x.svg": SVG}, image={"./x.svg": "x.svg"})
    assert page.text == "see ![x](x.svg) here\n"
    assert page.assets == {"./x.svg": "x.svg"}


def test_missing_images_are_noted_in_the_page_and_reported() -> None:
    """A reader sees what the picture would have shown; one of another server is a link."""
    page = page_of("![A cat](./cat.png) ![B](https://a.org/b.png)\n\n![](./img/dog.png)", image={})
    assert page.text == (
        "<em>&#91;Image: A cat&#93;</em> [B](https://a.org/b.png)\n\n"
        "<em>&#91;Image: dog.png&#93;</em>\n"
    )
    assert [str(finding.place) for finding in page.findings] == [
        "posts/a/index.mdx:1:1",
        "posts/a/index.mdx:1:21",
        "posts/a/index.mdx:3:1",
    ]
    assert [finding.message for finding in page.findings[:2]] == [
        "image `./cat.png` is missing; its description is shown",
        "image `https://a.org/b.png` lies on another server; it is shown as a link",
    ]
    assert [each.check for each in page.findings] == [Check.P003, Check.P008, Check.P003]


DRAWN = '<svg viewBox="0 0 1 1">%s<text>x</text></svg>'

ASKING = [
    "![t](https://a.org/b.png)",
    "![](//a.org/b.png)",
    "[![badge](https://a.org/b.svg)](https://b.org)",
    '<img src="https://a.org/b.png" alt="t" />',
    '<img src="/c.png" srcset="https://a.org/b.png 2x" alt="t" />',
    '<table background="https://a.org/b.png"><tr><td>x</td></tr></table>',
    '<table><tr><td style="background:url(//a.org)">x</td></tr></table>',
    "<table><tr><td style={{background: 'url(https://a.org/b.png)'}}>x</td></tr></table>",
    '<table><tr><td onclick="alert(1)" onMouseOver="alert(1)">x</td></tr></table>',
    "![t](data:text/html,x) [t](data:text/html,x)",
    '<a href="data:text/html,x">t</a>',
    '<iframe src="data:text/html,x" title="t"></iframe>',
    *(
        DRAWN % inner
        for inner in (
            "<script>alert(1)</script>",
            '<g onload="alert(1)" onClick="alert(1)"><g/></g>',
            '<a href="javascript:alert(1)"><g/></a>',
            '<a xlink:href="javascript:alert(1)"><g/></a>',
            '<image href="https://a.org/b.png"/>',
            '<use href="//a.org/b.svg#a"/>',
            '<rect fill="url(https://a.org/b)"/>',
            "<style>{`@import 'https://a.org/b.css'`}</style>",
            '<foreignObject><iframe src="https://a.org"></iframe></foreignObject>',
            '<set attributeName="href" to="javascript:alert(1)"/>',
        )
    ),
]


@pytest.mark.parametrize("text", ASKING)
def test_a_page_asks_nothing_of_other_servers_and_runs_nothing(text: str) -> None:
    """Whatever a text has, a browser that shows it follows no address and no handler of it."""
    html = unescape(render(page_of(text, image={"/c.png": "c.png"}).text))
    assert not re.search(r"""(?i)(?<!<a )(?:href|src|srcset|background)=["'](?:https?:)?//""", html)
    assert not re.search(r"(?i)javascript:|data:text|<script|<iframe|foreignobject|@import", html)
    assert not re.search(r"(?i)\son\w+=|url\((?!#)", html)
    assert re.search(r"[>\s][\w.]+<|alt=", html)


def test_what_a_drawing_holds_itself_stays() -> None:
    """Its own parts, links to the web and pictures in their address."""
    inner = (
        '<a href="https://a.org"><g></g></a><use href="#a"></use><rect fill="url(#b)"></rect>'
        '<image href="data:image/png;base64,AA"></image><style>.a</style>'
    )
    html = unescape(render(page_of(DRAWN % inner).text)).strip()
    assert html == f"<p>{DRAWN % inner}</p>"
    assert "![t](data:image/png;base64,AA)" in page_of("![t](data:image/png;base64,AA)").text


def test_a_picture_of_another_server_within_a_link_is_its_words() -> None:
    """A link cannot stand in another one."""
    page = page_of("[![CI](https://a.org/b.svg) now](https://b.org)")
    assert page.text == "[CI now](https://b.org)\n"


def test_links_lead_where_the_site_says() -> None:
    """A link is asked for whole, its `#name` too; one that leads nowhere keeps its words."""
    page = page_of(
        "[b](../b/index.mdx#x) [*c*](/docs/c) [d](https://d.org/?a=1&b=2#x)",
        page={"../b/index.mdx#x": "../b/index.md#x"},
    )
    assert page.text == "[b](../b/index.md#x) *c* [d](https://d.org/?a=1&b=2#x)\n"
    assert [finding.message for finding in page.findings] == [
        "no page `/docs/c` on the site; the link's text is kept"
    ]


def test_imported_images_are_found_by_their_name() -> None:
    """`<Image src={photo} />` shows the file that `photo` was imported from."""
    text = "import photo from './p.png'\n\n<Image src={photo} alt='P' width={30} />"
    page = page_of(text, image={"./p.png": "p.png"})
    assert page.text == '![P](p.png){ width="30" }\n'


def test_without_lookups_everything_stays() -> None:
    """Alone, a post keeps its images and links, `.mdx` becoming `.md`."""
    page = page_of("![x](./x.png) [y](./y.mdx#z)")
    assert page.text == "![x](./x.png) [y](./y.md#z)\n"


@pytest.mark.parametrize(
    "text",
    [
        "> " * 600 + "x",
        "- " * 500 + "x",
        "<div>\n" * 600 + "</div>\n" * 600,
        "<b>" * 700 + "x" + "</b>" * 700,
        "<Callout>\n" * 90 + "x\n" + "</Callout>\n" * 90,
        "{" + "[" * 5000 + "]" * 5000 + "}",
        "**a *b " * 500,
    ],
    ids=["quotes", "items", "divs", "bold", "callouts", "brackets", "stars"],
)
def test_deep_nesting_stops_neither_converter_nor_site(text: str) -> None:
    """One post that nobody would write does not keep the others from being built."""
    assert render(page_of(text).text) is not None
