// The characters that KaTeX sets for each formula: reads a JSON array of [tex, display] from
// standard input, prints an array of MathML, null where KaTeX refuses.
import katex from 'katex'

let input = ''
for await (const chunk of process.stdin) input += chunk

const shown = JSON.parse(input).map(([tex, displayMode]) => {
  try {
    return katex.renderToString(tex, {displayMode, output: 'mathml', strict: 'ignore'})
  } catch {
    return null
  }
})
process.stdout.write(JSON.stringify(shown))
