// What the theme leaves out for those who use a keyboard or a screen reader. Nothing is fetched.

const SCROLLED = ".md-typeset__scrollwrap, .math, .md-typeset pre > code"

const NAMES = [
  ["[data-md-component=search]", "Search"],
  [".md-search__form", "Search"],
  ["nav.md-tags", "Tags"],
  [".md-header__button[for=__drawer]", "Navigation"],
]

function name(selector, words) {
  for (const element of document.querySelectorAll(selector)) {
    if (!element.hasAttribute("aria-label")) element.setAttribute("aria-label", words)
  }
}

// A box is reached by Tab only while there is something to scroll in it.
function reachable(box) {
  const wide = box.scrollWidth > box.clientWidth + 1
  if (!wide) {
    box.removeAttribute("tabindex")
    box.removeAttribute("role")
    box.removeAttribute("aria-label")
    return
  }
  box.tabIndex = 0
  box.setAttribute("role", "group")
  box.setAttribute("aria-label", "Wider than the page: scroll sideways")
}

const sizes = new ResizeObserver((entries) => entries.forEach((entry) => reachable(entry.target)))

function prepare() {
  NAMES.forEach(([selector, words]) => name(selector, words))
  sizes.disconnect()
  document.querySelectorAll(SCROLLED).forEach((box) => sizes.observe(box))
}

// Material replaces the page without loading it anew; then all of this is done again.
document$.subscribe(prepare)
