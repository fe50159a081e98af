import { rm } from 'node:fs/promises'
import { test as base, expect } from '@playwright/test'
import type { Checked, Played, Where } from '../../host/assumptions/assumption.ts'
import { assumptions } from '../../host/assumptions/list.ts'
import { bundleRunner, runAssumptions, whyNotOn } from '../../host/assumptions/start.ts'
import { electronBinary, isInstalled } from '../../scripts/electron-binary.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

type Results = Awaited<ReturnType<typeof runAssumptions>>
const checked = assumptions.filter((each): each is Checked & Where => 'check' in each)
const played = assumptions.filter((each): each is Played => 'play' in each)

/** All that can be found out in one process is, once; the rest takes a process each. */
const test = base.extend<object, { runner: string; results: Results }>({
  runner: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from its parameter.
    async ({}, use) => use(await bundleRunner()),
    { scope: 'worker', timeout: 120_000 },
  ],
  results: [
    async ({ runner }, use, { project }) => {
      const folder = await temporaryFolder('assumptions')
      const ids = checked
        .filter(({ onlyElectron }) => project.name === 'electron' || !onlyElectron)
        .map(({ id }) => id)
      await use(await runAssumptions({ runner, folder, ids, on: project.name, limitMs: 280_000 }))
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
    { scope: 'worker', timeout: 300_000 },
  ],
})
test.beforeEach(({ browserName: _ }, { project }) => {
  const reason = whyNotOn(project.name, { isInstalled, binary: electronBinary() })
  test.skip(reason !== null, reason ?? '')
})

for (const { id, says, onlyElectron, platforms } of checked)
  test(`${id}: ${says}`, ({ results }, { project }) => {
    if (onlyElectron) test.skip(project.name === 'host', onlyElectron)
    if (platforms) test.skip(!platforms.includes(process.platform), `only on ${platforms}`)
    expect(results.failures.get(id), results.log).toBeNull()
  })

for (const { id, says, expects } of played)
  test(`${id}: ${says}`, async ({ runner }, { project }) => {
    const folder = await temporaryFolder('assumption')
    const { lines, log } = await runAssumptions({ runner, folder, ids: [id], on: project.name })
    expect(lines, log).toEqual(expects)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
