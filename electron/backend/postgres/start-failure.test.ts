import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startCluster } from './cluster.ts'
import { startFailure } from './start-failure.ts'

const endedWith = (code: unknown) => Object.assign(new Error('Command failed'), { code })

test('the missing runtime is known by its exit code, with a sign and without', () => {
  for (const code of [3_221_225_781, -1_073_741_515])
    expect(startFailure('It did not start.', endedWith(code)).code).toBe('backend.runtime-missing')
})

test('any other end keeps its own words', () => {
  for (const cause of [undefined, endedWith(1), endedWith(null), endedWith('ENOENT')])
    expect(startFailure('It did not start.', cause)).toMatchObject({
      code: 'backend.failed-to-start',
      message: 'It did not start.',
    })
})

test.skipIf(process.platform === 'win32')(
  'a program that does not run is a failure of the start, over a folder that is there, too',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atelier-start-'))
    try {
      await writeFile(join(folder, 'postgres'), '#!/bin/sh\nexit 53\n')
      await chmod(join(folder, 'postgres'), 0o755)
      await chmod(folder, 0o755)
      const data = join(folder, 'data')
      await mkdir(data)
      await writeFile(join(data, 'PG_VERSION'), '17\n')
      await expect(startCluster({ binaries: folder, folder: data })).rejects.toMatchObject({
        code: 'backend.failed-to-start',
        message: 'PostgreSQL could not be started.',
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)
