// Prints what the real compiler's parser finds in texts: reads a JSON array of [text, "mdx" | "md"]
// from the file named on the command line; writes an array of {ok, nodes} in the same order.
// Nodes are flat, in source order, with offsets in code points, as `benchpost parse` prints them.
import {readFileSync} from 'node:fs'
import {unified} from 'unified'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkMath from 'remark-math'
import remarkMdx from 'remark-mdx'
import remarkParse from 'remark-parse'

const plain = () => unified().use(remarkParse).use(remarkFrontmatter).use(remarkGfm).use(remarkMath)
const PARSERS = {md: plain(), mdx: plain().use(remarkMdx)}

const value = node => ({value: node.value})
const element = node => ({name: node.name ?? null, attrs: node.attributes.map(attribute)})
const target = node => ({url: node.url, title: node.title ?? null})
const FIELDS = {
  code: node => ({lang: node.lang ?? null, meta: node.meta ?? null, value: node.value}),
  math: node => ({meta: node.meta ?? null, value: node.value}),
  heading: node => ({depth: node.depth}),
  list: node => ({ordered: !!node.ordered, start: node.start ?? null, items: node.children.length}),
  listItem: node => ({checked: node.checked ?? null}),
  table: node => ({rows: node.children.length, cols: node.align.length, align: node.align}),
  definition: node => ({label: node.label, ...target(node)}),
  footnoteDefinition: node => ({label: node.label}),
  footnoteReference: node => ({label: node.label}),
  link: target,
  image: node => ({alt: node.alt ?? '', ...target(node)}),
  mdxJsxFlowElement: element,
  mdxJsxTextElement: element
}
for (const type of ['yaml', 'mdxjsEsm', 'mdxFlowExpression', 'mdxTextExpression', 'inlineCode',
  'inlineMath', 'text', 'html']) FIELDS[type] = value

function attribute(node) {
  if (node.type === 'mdxJsxExpressionAttribute') return {spread: node.value}
  const given = node.value ?? null
  const kind = given === null ? 'bool' : typeof given === 'string' ? 'string' : 'expr'
  return {name: node.name, kind, value: kind === 'expr' ? given.value : given}
}

function codePoints(text) {
  const offsets = []
  let count = 0
  for (const character of text) {
    for (let unit = 0; unit < character.length; unit++) offsets.push(count)
    count++
  }
  return [...offsets, count]
}

function read([text, dialect]) {
  let tree
  try {
    tree = PARSERS[dialect].parse(text)
  } catch {
    return {ok: false, nodes: []}
  }
  const offsets = codePoints(text)
  const mark = text.startsWith('\uFEFF') ? 1 : 0
  const nodes = []
  const walk = (node, above) => {
    const {start, end} = node.position ?? {}
    const place = start && {
      l: [start.line, end.line],
      o: [offsets[start.offset + mark], offsets[end.offset + mark]]
    }
    nodes.push({t: node.type, ...place, anc: above.join('>'), ...FIELDS[node.type]?.(node)})
    const name = node.name ? `${node.type}:${node.name}` : node.type
    for (const child of node.children ?? []) walk(child, [...above, name])
  }
  for (const child of tree.children) walk(child, [])
  return {ok: true, nodes}
}

const texts = JSON.parse(readFileSync(process.argv[2], 'utf8'))
process.stdout.write(JSON.stringify(texts.map(read)))
