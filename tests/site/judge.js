// What a browser can say of the page it shows, for `test_browser`.

const channel = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)

const luminance = (colour) =>
  [0.2126, 0.7152, 0.0722].reduce((sum, share, i) => sum + share * channel(colour[i] / 255), 0)

// [red, green, blue, opacity] of a computed colour, `rgb(…)` or `color(srgb …)`
function colour(css) {
  const numbers = (css.match(/[\d.]+/g) || []).map(Number)
  const scale = css.startsWith("color(srgb") ? 255 : 1
  return [...numbers.slice(0, 3).map((v) => v * scale), numbers[3] ?? 1]
}

function behind(element) {
  for (; element; element = element.parentElement) {
    const found = colour(getComputedStyle(element).backgroundColor)
    if (found[3] > 0.99) return found
  }
  return [255, 255, 255, 1]
}

// In a picture, the last full box drawn before a text and around its middle is what is behind it.
function ground(element) {
  const box = element.getBoundingClientRect()
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
  const boxes = [...(element.closest("svg")?.querySelectorAll("rect") ?? [])].filter((shape) => {
    const around = shape.getBoundingClientRect()
    const before = shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING
    const inside = around.left <= x && x <= around.right && around.top <= y && y <= around.bottom
    const fill = getComputedStyle(shape).fill
    return before && inside && fill !== "none" && colour(fill)[3] > 0.99
  })
  return boxes.length ? colour(getComputedStyle(boxes.at(-1)).fill) : behind(element)
}

function contrast(element) {
  const style = getComputedStyle(element)
  const ink = colour(element.closest("svg") ? style.fill : style.color)
  const [a, b] = [luminance(ink), luminance(ground(element))].sort((x, y) => y - x)
  return (a + 0.05) / (b + 0.05)
}

// Elements whose own text is seen with less than 4.5 : 1.
function faint() {
  const found = new Set()
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    const seen = texts.currentNode.data.trim() && element.checkVisibility({ opacityProperty: true })
    // shown on hover only, or words for those who do not see
    if (!seen || element.closest(".headerlink, title, desc, script, style")) continue
    const ratio = contrast(element)
    if (ratio < 4.5) found.add(`${element.tagName} ${element.className.baseVal ?? element.className}: ${ratio.toFixed(2)}`)
  }
  return [...found]
}

function pictures() {
  const all = document.querySelectorAll("article svg[role=img], article img")
  return [...all].map((picture) => {
    const ids = (picture.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean)
    const words = picture.alt || ids.map((id) => document.getElementById(id)?.textContent).join(" ")
    const box = picture.getBoundingClientRect()
    return [Math.round(box.width), Math.round(box.height), words.trim()]
  })
}

function twice() {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id)
  return ids.filter((id, index) => ids.indexOf(id) < index)
}

// Boxes that scroll sideways without a place in the tab order and a name, or have these for nothing.
function unreachable() {
  const boxes = document.querySelectorAll(".md-typeset__scrollwrap, .math, .md-typeset pre > code")
  return [...boxes].filter((box) => {
    const wide = box.scrollWidth > box.clientWidth + 1
    return wide !== (box.tabIndex === 0) || wide !== box.hasAttribute("aria-label")
  }).length
}

function formulas() {
  return [...document.querySelectorAll("math")].map((math) => {
    const box = math.getBoundingClientRect()
    return [math.textContent, box.width > 0 && box.height > 0, getComputedStyle(math).fontFamily]
  })
}

// Contrast is computed above, for text in figures too, which axe cannot judge.
const ASKED = { resultTypes: ["violations"], rules: { "color-contrast": { enabled: false } } }

window.judge = async () => {
  const rules = window.axe ? (await axe.run(document, ASKED)).violations : []
  return {
    overflow: Math.max(0, document.documentElement.scrollWidth - innerWidth),
    faint: faint(),
    pictures: pictures(),
    twice: twice(),
    unreachable: unreachable(),
    formulas: formulas(),
    violations: rules.map((rule) => `${rule.id}: ${rule.nodes[0].html.slice(0, 160)}`),
  }
}
