import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assumptionsPage } from '../host/assumptions/page.ts'
import { root } from './run.ts'

/** Writes docs/electron-assumptions.md of the list; with --check it only compares. */
const place = join(root, 'docs/electron-assumptions.md')
if (process.argv.includes('--check')) {
  const isSame = (await readFile(place, 'utf8').catch(() => '')) === assumptionsPage()
  if (!isSame)
    console.error(
      'docs/electron-assumptions.md is not what host/assumptions says: node scripts/electron-assumptions.ts',
    )
  process.exitCode = isSame ? 0 : 1
} else await writeFile(place, assumptionsPage())
