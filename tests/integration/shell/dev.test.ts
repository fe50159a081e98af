import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { root } from '../../../scripts/run.ts'

test('without Electron’s binary, npm run dev says what is missing and what works, and fails', () => {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'dev'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      // Whatever is here or could be fetched: there is none in this place.
      ELECTRON_OVERRIDE_DIST_PATH: '/nonexistent',
      electron_config_cache: '/nonexistent',
      ELECTRON_MIRROR: 'http://127.0.0.1:9/',
    },
  })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^Electron's binary is not here[^\n]*`npm start`[^\n]*\.\n$/)
  expect(stderr + stdout).not.toMatch(/^\s+at /m)
})
