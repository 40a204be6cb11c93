// What the theme leaves out for those who use a keyboard or a screen reader. Nothing is fetched.

const SCROLLED = ".md-typeset__scrollwrap, .math, .md-typeset pre > code"

const NAMES = [
  ["[data-md-component=search]", "Search"],
  [".md-search__form", "Search"],
  ["nav.md-tags", "Tags"],
  [".task-list-control input", "Done"],
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

// Material gives every code block a landmark of its own as it comes into view: too many to be any.
const plain = new MutationObserver(() => {
  document.querySelectorAll("nav.md-code__nav").forEach((nav) => nav.setAttribute("role", "none"))
})

function prepare() {
  NAMES.forEach(([selector, words]) => name(selector, words))
  // parts of a table of contents are no landmarks: they would be named as those of the navigation
  document.querySelectorAll(".md-nav--secondary nav").forEach((nav) => {
    nav.setAttribute("role", "none")
    nav.removeAttribute("aria-label")
  })
  document.querySelectorAll(".catalogue-filter[hidden]").forEach(filterable)
  plain.observe(document.body, { childList: true, subtree: true })
  sizes.disconnect()
  const boxes = document.querySelectorAll(SCROLLED)
  boxes.forEach((box) => sizes.observe(box))
  // a formula grows in its box when its font comes, which changes no box's size
  document.fonts.ready.then(() => boxes.forEach(reachable))
}

// The list of all skills shows those that have all words that are typed, and a category while any
// skill in it is shown. Without this script the whole list is there.
function filterable(box) {
  const rest = [...box.parentElement.querySelectorAll(".catalogue-filter ~ *")]
  const skills = (parts) => parts.flatMap((part) => (part.tagName === "UL" ? [...part.children] : []))
  const sections = rest.filter(isHeading).map((heading) => {
    const after = rest.slice(rest.indexOf(heading) + 1)
    const inside = until(after, (next) => isHeading(next) && next.tagName <= heading.tagName)
    return { parts: [heading, ...until(after, isHeading)], items: skills(inside) }
  })
  const items = skills(rest)
  box.innerHTML = `<label for="catalogue-words">Show skills with</label>
    <input id="catalogue-words" type="search"><output></output>`
  const [, input, output] = box.children
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    items.forEach((item) => {
      item.hidden = !words.every((word) => item.textContent.toLowerCase().includes(word))
    })
    sections.forEach(({ parts, items }) => {
      const empty = items.every((item) => item.hidden)
      parts.forEach((part) => { part.hidden = empty })
    })
    const left = items.filter((item) => !item.hidden).length
    output.textContent = words.length ? `${left} of ${items.length}` : ""
  })
  box.hidden = false
}

function isHeading(element) {
  return /^H\d$/.test(element.tagName)
}

function until(elements, ends) {
  const end = elements.findIndex(ends)
  return end < 0 ? elements : elements.slice(0, end)
}

// Paper is light, whatever the screen is.
let screenScheme = ""

addEventListener("beforeprint", () => {
  screenScheme = document.body.dataset.mdColorScheme
  document.body.dataset.mdColorScheme = "default"
})

addEventListener("afterprint", () => {
  document.body.dataset.mdColorScheme = screenScheme
})

// Material replaces the page without loading it anew; then all of this is done again.
document$.subscribe(prepare)
