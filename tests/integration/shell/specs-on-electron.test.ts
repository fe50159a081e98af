import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { bringElectron } from '../../../scripts/release/electron.ts'
import { installedBinary } from '../../../scripts/release/installed.ts'
import { root } from '../../../scripts/run.ts'
import { whyNeverOn } from '../../fixtures/scheme.ts'

/** Whatever is here or could be fetched: there is none in this place. */
const nowhere = {
  ELECTRON_OVERRIDE_DIST_PATH: '/nonexistent',
  electron_config_cache: '/nonexistent',
  ELECTRON_MIRROR: 'http://127.0.0.1:9/',
}

const runSpecs = (environment: NodeJS.ProcessEnv) =>
  spawnSync(
    join(root, 'node_modules/.bin/node'),
    ['scripts/e2e.ts', '--project=electron', 'tests/e2e/names.spec.ts'],
    { cwd: root, encoding: 'utf8', env: { ...process.env, ...nowhere, ...environment } },
  )

it('without its binary a workflow’s specs fail, for every one of them would be skipped', () => {
  const { status, stdout, stderr } = runSpecs({ CI: 'true' })
  expect(stderr).toContain('npm run release -- prepare')
  expect([stdout, status]).toEqual(['', 1])
})

it.skipIf(existsSync(installedBinary(process.platform, process.env)))(
  'where nothing is installed the specs of what is installed fail',
  () => {
    const { status, stderr } = runSpecs({ ATELIER_E2E_INSTALLED: '1' })
    expect(stderr).toContain('npm run release -- install')
    expect(status).toBe(1)
  },
)

it('a system is not prepared where Electron’s binary cannot be had', async () => {
  for (const [name, value] of Object.entries(nowhere)) vi.stubEnv(name, value)
  await expect(bringElectron()).rejects.toThrow('could not be fetched')
  vi.unstubAllEnvs()
})

it.each([
  // platform, is it what is installed: can links be handed over to it?
  ['linux', false, true],
  ['linux', true, false],
  ['darwin', false, false],
  ['darwin', true, false],
  ['win32', false, true],
  ['win32', true, false],
] as const)(
  'on %s, installed %j: a spec that the system hands links over to is run %j',
  (platform, isInstalled, isRun) => {
    expect(whyNeverOn(platform, isInstalled) === null).toBe(isRun)
  },
)
