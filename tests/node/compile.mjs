// Says of each MDX file named on the command line whether the real compiler takes it:
// prints a JSON array of {file, ok, message, line, column} in the order of the names.
import {readFile} from 'node:fs/promises'
import {compile} from '@mdx-js/mdx'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkMath from 'remark-math'

const remarkPlugins = [remarkFrontmatter, remarkGfm, remarkMath]

async function verdict(file) {
  try {
    await compile({value: await readFile(file), path: file}, {remarkPlugins})
    return {file, ok: true, message: '', line: 0, column: 0}
  } catch (error) {
    return {
      file, ok: false, message: error.reason ?? String(error),
      line: error.line ?? 0, column: error.column ?? 0
    }
  }
}

const verdicts = []
for (const file of process.argv.slice(2)) verdicts.push(await verdict(file))
process.stdout.write(JSON.stringify(verdicts))
