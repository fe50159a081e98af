import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runAssumptions, whyNotOn } from '../../../host/assumptions/start.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

it('a process that does not end by itself is ended, whoever else holds its words', async () => {
  const folder = await temporaryFolder('endless')
  const runner = join(folder, 'endless.mjs')
  // As an application does that runs itself, and not what it was given; its child holds what it says.
  await writeFile(
    runner,
    `import { spawn } from 'node:child_process'
    spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30_000)'], { stdio: 'inherit' })
    setInterval(() => {}, 1000)
    console.error('It goes on.')`,
  )
  const { lines, log } = await runAssumptions({
    runner,
    folder,
    ids: [],
    on: 'host',
    limitMs: 3_000,
  })
  expect(lines).toEqual([])
  expect(log).toContain('Ended after 3000 ms')
}, 20_000)

it('what is installed cannot run them, and Electron only where it is', () => {
  const here = { isInstalled: false, binary: '/a/electron' }
  expect(whyNotOn('electron', here)).toBeNull()
  expect(whyNotOn('electron', { ...here, isInstalled: true })).toContain('runs itself')
  expect(whyNotOn('electron', { ...here, binary: null })).toContain('not here')
  expect(whyNotOn('host', { isInstalled: true, binary: null })).toBeNull()
})
