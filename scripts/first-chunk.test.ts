import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { firstChunkBudget } from './first-chunk.ts'

/** What gzip cannot make much smaller. */
const weight = (length: number): string =>
  Array.from({ length }, (_, index) => ((index * 2654435761) % 2 ** 32).toString(36)).join(' ')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-chunk-'))
  await mkdir(join(folder, 'part'))
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><script type="module" src="./main.ts"></script>',
  )
  await writeFile(
    join(folder, 'part/heavy.ts'),
    `export const heavy = ${JSON.stringify(weight(5_000))}`,
  )
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const built = (budget: number) =>
  build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    plugins: [firstChunkBudget(budget)],
  })

test('a build whose first chunk is over its budget fails, and says by which file', async () => {
  await writeFile(
    join(folder, 'main.ts'),
    "import { heavy } from './part/heavy.ts'\ndocument.title = heavy",
  )
  await expect(built(5_000)).rejects.toThrow(
    /first chunk is \d+ bytes compressed, of 5000: .*index-/,
  )
  await expect(built(500_000)).resolves.toBeDefined()
})

test('what both sides share is part of it, in whichever file it comes', async () => {
  await writeFile(
    join(folder, 'main.ts'),
    "import { heavy } from './part/heavy.ts'\nvoid import('./part/later.ts')\ndocument.title = heavy",
  )
  await writeFile(
    join(folder, 'part/later.ts'),
    "import { heavy } from './heavy.ts'\nexport const later = heavy",
  )
  await expect(built(5_000)).rejects.toThrow(/of 5000/)
})

test('what is loaded later is not counted', async () => {
  await writeFile(
    join(folder, 'main.ts'),
    "void import('./part/heavy.ts').then(({ heavy }) => (document.title = heavy))",
  )
  await expect(built(5_000)).resolves.toBeDefined()
})
