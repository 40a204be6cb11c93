"""The built site in a real browser: nothing leaves it, nothing overflows, everybody can read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest
from conftest import NODE, missing
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

Scheme: TypeAlias = Literal["light", "dark"]

SAMPLE = "posts/sample/"
POSTS = ("posts/vllm-overhead/", "posts/how-fast-can-this-gpu-decode/")
ARTICLES = ("", "posts/", SAMPLE, *POSTS, "tags/", "guide/write/", "guide/skills/", "guide/how/")
REFERENCE = ("figures", "values", "model", "errors", "catalog", "checks", "glossary")
TANK = "catalogue/quagga-tank/"
CATALOGUE = ("", "c/mlops/", "vllm/", "roofline-estimates/", "benchpost-posts/", "broken/")
PAGES = (
    *ARTICLES,
    *(f"reference/{name}/" for name in REFERENCE),
    *(f"catalogue/{name}" for name in CATALOGUE),
    *(TANK, f"{TANK}references/salts/", f"{TANK}scripts/cool-py/"),
)
WIDE, NARROW = 1350, 390

JUDGE = Path(__file__).parent / "judge.js"
AXE = NODE / "node_modules/axe-core/axe.min.js"


@dataclass
class Window:
    """A window on the site, and everything it asked for or complained about."""

    page: Page
    address: str
    outside: list[str] = field(default_factory=list)
    """Requests to other servers."""
    complaints: list[str] = field(default_factory=list)
    """Errors and warnings of the console, and failed requests."""

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        self.page.evaluate("document.fonts.ready")
        return self.page


@pytest.fixture(scope="module")
def windows(browser: Browser, address: str) -> Iterator[Any]:
    """Opens windows; all are closed in the end."""
    contexts = []

    def opened(width: int = WIDE, scheme: Scheme = "light") -> Window:
        size = {"width": width, "height": 900}
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]  # a TypedDict of playwright's own
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        made = Window(context.new_page(), address)
        made.page.on("request", lambda request: note_outside(made, request.url))
        made.page.on("console", lambda message: note_console(made, message.type, message.text))
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        made.page.on("requestfailed", lambda request: made.complaints.append(request.url))
        return made

    yield opened
    for context in contexts:
        context.close()


def note_outside(window: Window, url: str) -> None:
    if not url.startswith((window.address, "data:")):
        window.outside.append(url)


def note_console(window: Window, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        window.complaints.append(text)


@dataclass(frozen=True)
class Survey:
    """All pages at one width in one scheme."""

    width: int
    window: Window
    pages: dict[str, Any]
    """What `judge.js` says of each page."""

    def all(self, what: str) -> dict[str, Any]:
        """One part of the judgement, of the pages where it is not empty."""
        return {path: judged[what] for path, judged in self.pages.items() if judged[what]}


@pytest.fixture(
    scope="module",
    params=[(w, s) for w in (WIDE, NARROW) for s in ("light", "dark")],
    ids=lambda pair: f"{pair[0]}-{pair[1]}",
)
def survey(request: pytest.FixtureRequest, windows: Any) -> Survey:
    """Every page looked at once."""
    width, scheme = request.param
    window = windows(width, scheme)
    pages = {}
    for path in PAGES:
        page = window.go(path)
        for script in (AXE, JUDGE):
            if script.is_file():
                page.add_script_tag(path=script)
        pages[path] = page.evaluate("judge()")
    # what a page asks for late, such as the index of the search, is asked for by now
    window.page.wait_for_load_state("networkidle")
    return Survey(width, window, pages)


def test_no_request_leaves_the_site(survey: Survey) -> None:
    """Fonts, scripts, icons and the search come from the site itself."""
    assert survey.window.outside == []


def test_no_page_complains(survey: Survey) -> None:
    """Nothing is logged as an error or a warning, and no request fails."""
    assert survey.window.complaints == []


def test_nothing_is_wider_than_the_window(survey: Survey) -> None:
    """Tables, code and formulas scroll by themselves."""
    assert survey.all("overflow") == {}


def test_text_stands_out_from_what_is_behind_it(survey: Survey) -> None:
    """At least 4.5 : 1, computed for every piece of text that is seen, in figures too."""
    assert survey.all("faint") == {}


def test_wide_boxes_are_reached_by_the_keyboard(survey: Survey) -> None:
    """What scrolls sideways has a place in the tab order and a name; what does not has none."""
    assert survey.all("unreachable") == {}


def test_no_id_stands_twice(survey: Survey) -> None:
    """Figures that are drawn alike stand on one page without a clash."""
    assert survey.all("twice") == {}


def test_every_picture_is_seen_and_described(survey: Survey) -> None:
    """It has a size, fits, and has words for those who cannot see it."""
    pictures = survey.all("pictures")
    assert {"", SAMPLE, *POSTS, "reference/figures/", "reference/errors/"} <= set(pictures)
    odd = [
        (path, picture)
        for path, found in pictures.items()
        for picture in found
        if not (90 < picture[0] <= survey.width and picture[1] > 90 and len(picture[2]) > 10)
    ]
    assert odd == []


def test_formulas_are_seen_in_the_font_of_the_site(survey: Survey) -> None:
    """As MathML, without leftovers of LaTeX."""
    formulas = survey.all("formulas")
    assert {SAMPLE, *POSTS, "reference/model/"} <= set(formulas)
    odd = [
        (path, text)
        for path, found in formulas.items()
        for text, seen, font in found
        if "\\" in text or "&" in text or not seen or not font.startswith('"STIX Two Math"')
    ]
    assert odd == []


def test_axe_finds_nothing(survey: Survey) -> None:
    """The rules of accessibility that a program can judge, on every page."""
    if not AXE.is_file():
        missing("axe is not installed (npm ci --prefix tests/node)")
    assert survey.all("violations") == {}


def test_the_font_of_formulas_is_loaded(windows: Any) -> None:
    """A refused formula is shown as its source."""
    page = windows().go(SAMPLE)
    assert page.evaluate("[...document.fonts].map((font) => font.status)") == ["loaded"]
    assert page.locator(".math-refused").inner_text() == r"\SI{3}{\second}"


COLOURS = """() => {
  const figure = document.querySelector(".figure svg")
  const line = figure.querySelector("[stroke*='--fig-series-1'], [style*='--fig-series-1']")
  return [getComputedStyle(document.body).backgroundColor, getComputedStyle(line).stroke,
          getComputedStyle(figure.querySelector("text")).fill]
}"""


def test_figures_follow_the_switch_of_the_scheme(windows: Any) -> None:
    """From the system's scheme to light to dark: paper, lines and words change together."""
    page = windows().go(SAMPLE)
    seen = [page.evaluate(COLOURS)]
    for _ in range(2):
        page.locator("form[data-md-component=palette] label:not([hidden])").click()
        seen.append(page.evaluate(COLOURS))
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert seen[0] == seen[1]
    assert all(light != dark for light, dark in zip(seen[1], seen[2], strict=True))


def test_paper_is_light(windows: Any) -> None:
    """A page that is dark on the screen is printed dark on white, and is dark again after."""
    page = windows(scheme="dark").go(SAMPLE)
    page.evaluate("[window.seen, window.body] = ['', document.body]")
    page.evaluate("addEventListener('beforeprint', () => { seen = body.dataset.mdColorScheme })")
    page.pdf()
    assert page.evaluate("[seen, body.dataset.mdColorScheme]") == ["default", "slate"]


def test_search_finds_a_word_of_a_post(windows: Any) -> None:
    """And leads to it."""
    page = windows().go("")
    page.locator(".md-search__input").click()
    page.keyboard.type("zebrafish")
    result = page.locator(".md-search-result__link").first
    result.wait_for()
    assert "/posts/sample/" in (result.get_attribute("href") or "")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("quagga-tank", TANK),  # its name
        ("axolotlarium", TANK),  # its description
        ("okapi", f"{TANK}#okapi-heading"),
        ("thylacine", f"{TANK}#okapi-heading"),
        ("pangolin", f"{TANK}references/salts/"),
        ("vllm", "catalogue/vllm/"),  # a word of many pages
    ],
)
def test_search_finds_a_skill(windows: Any, words: str, first: str) -> None:
    """By its name, a word of its description, of a heading, of its body and of its other texts."""
    page = windows().go("")
    page.locator(".md-search__input").click()
    page.keyboard.type(words)
    result = page.locator(".md-search-result__link").first
    result.wait_for()
    found = (result.get_attribute("href") or "").partition("?")[0]
    assert f"/{first.partition('#')[0]}" in found


@pytest.mark.parametrize(
    "old",
    ["mlops/aquarium/", "pets/quagga/", "quagga/"],
)
def test_old_addresses_lead_to_the_skill(windows: Any, old: str) -> None:
    """Its path, the one before, and the name then: with the anchor, in its texts as well."""
    window = windows()
    window.go(f"catalogue/{old}#okapi-heading")
    window.page.wait_for_url(f"**/{TANK}#okapi-heading")
    assert window.page.locator("h1").inner_text().startswith("quagga-tank")
    window.go(f"catalogue/{old}references/salts/")
    window.page.wait_for_url(f"**/{TANK}references/salts/")
    assert window.outside == []


def test_the_list_of_skills_can_be_filtered(windows: Any) -> None:
    """Words narrow it, empty categories go, and all is back when they are gone."""
    page = windows().go("catalogue/")
    items = page.locator(".catalogue-filter ~ ul > li:visible")
    whole = items.count()
    page.get_by_label("Show skills with").fill("AXOLOTLARIUM water")
    assert items.count() == 1
    assert page.locator("output").inner_text() == f"1 of {whole}"
    assert page.locator("h3:visible").count() == 0
    assert page.locator("h2:visible").inner_text().startswith("mlops")
    page.get_by_label("Show skills with").fill("")
    assert items.count() == whole


def test_a_skill_without_scripts(browser: Browser, address: str) -> None:
    """The list is whole, redirects lead on, and nothing waits for a script."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}catalogue/")
    assert page.locator(".catalogue-filter").is_hidden()
    assert page.get_by_role("link", name="quagga-tank").count() >= 1
    page.goto(f"{address}catalogue/quagga/")
    page.wait_for_url(f"**/{TANK}")
    context.close()


def test_a_skill_is_had_as_a_file(windows: Any) -> None:
    """As Markdown and as an archive, from links on its page."""
    page = windows().go(TANK)
    links = page.locator(".facts a")
    assert links.all_inner_texts() == ["SKILL.md", "quagga-tank.tar.gz"]
    for link in links.all():
        answer = page.request.get(link.evaluate("link => link.href"))
        assert answer.ok


SHIFTS = """new Promise((done) => {
  let sum = 0
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value }))
    .observe({type: "layout-shift", buffered: true})
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)))
})"""


@pytest.mark.parametrize("path", [SAMPLE, "reference/model/"])
def test_nothing_moves_while_a_page_loads(windows: Any, path: str) -> None:
    """The font of the formulas is there before they are seen."""
    assert windows().go(path).evaluate(SHIFTS) < 0.01
