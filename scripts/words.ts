import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bareWordsOf } from './bare-words.ts'
import { root, run } from './run.ts'

/** Words of the page that are said past the catalogues; main writes lines of a log as well, so menus are held by tests. */
const tellBareWords = (): number => {
  const sources = globSync('renderer/**/*.{ts,tsx}', { cwd: root })
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .sort()
  const found = sources.flatMap((path) =>
    bareWordsOf(readFileSync(join(root, path), 'utf8'), path).map(
      ({ line, text }) => `${path}:${line}: “${text}” is in no catalogue`,
    ),
  )
  for (const line of found) console.error(line)
  return found.length
}

// Collects what is said in the sources into locales/; `--check`: says what was not collected, or has no German yet.
const isCheck = process.argv.includes('--check')
const steps = isCheck
  ? [
      ['check', 'sync', '--clean'],
      ['check', 'missing', '--mode', 'catalog', '--locale', 'de'],
    ]
  : [['extract', '--clean']]
for (const step of steps) process.exitCode ||= await run('lingui', step)
if (isCheck && tellBareWords() > 0) process.exitCode = 1
