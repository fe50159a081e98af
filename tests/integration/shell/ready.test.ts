import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { root } from '../../../scripts/run.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

/* What `npm start` says where `npm ci` has not brought what it needs; with an old Node, that says so itself. */

let checkout = ''
const at = (path: string): string => join(checkout, path)
const lock = (packages: Record<string, { version: string; optional?: true }>): string =>
  JSON.stringify({ packages })
const wanted = { '': { version: '1' }, 'node_modules/zod': { version: '4.0.0' } }

beforeEach(async () => {
  checkout = await temporaryFolder('ready')
  await mkdir(at('scripts'))
  await mkdir(at('node_modules/.bin'), { recursive: true })
  await copyFile(join(root, 'scripts/ready.cjs'), at('scripts/ready.cjs'))
  await writeFile(at('scripts/start.ts'), 'console.log("started" as string)')
  await writeFile(at('package-lock.json'), lock(wanted))
  await writeFile(at('node_modules/.package-lock.json'), lock(wanted))
  await writeFile(at('node_modules/.bin/node'), '')
})

const say = (args: string[], nodeOfNpm = '24.14.0') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: checkout,
    encoding: 'utf8',
    env: { ...process.env, npm_config_user_agent: `npm/10.8.2 node/v${nodeOfNpm} linux x64` },
  })
  return { status, said: (stdout + stderr).trim() }
}
const start = ['-r', './scripts/ready.cjs', 'scripts/start.ts']

it.each(['20.19.0', '22.1.0', '24.14.0', '26.0.0'])('starts with Node %s', (version) => {
  expect(say(start, version)).toEqual({ status: 0, said: 'started' })
})

it.each(['12.22.0', '16.20.2', '18.20.8', '20.18.3'])(
  'says of Node %s what is needed',
  (version) => {
    const sentence = `Atelier needs Node 20.19 or newer to begin, and this is Node ${version}. Install a newer one (https://nodejs.org), then run: npm ci`
    expect(say(start, version)).toEqual({ status: 1, said: sentence })
  },
)

it('npm ci on an old Node ends in the same sentence, and nothing starts from what it left', async () => {
  expect(say(['scripts/ready.cjs'], '20.19.0')).toEqual({ status: 0, said: '' })
  expect(await stat(at('node_modules/.package-lock.json'))).toBeTruthy()
  const { status, said } = say(['scripts/ready.cjs'], '18.20.8')
  expect([status, said.split('\n').length]).toEqual([1, 1])
  expect(said).toContain('20.19')
  expect(say(start).said).toBe('npm ci did not get to its end here. Run it again: npm ci')
})

it('npm ci may begin where nothing is yet', async () => {
  await rm(at('node_modules'), { recursive: true })
  expect(say(['scripts/ready.cjs'])).toEqual({ status: 0, said: '' })
})

it('names what was not done', async () => {
  const sentences: Record<string, () => Promise<unknown>> = {
    'npm was told to run no install scripts, and without them there is no Node 24 here. Run: npm ci --ignore-scripts=false':
      () => rm(at('node_modules/.bin/node')),
    'The packages here are not those of this version. Run again: npm ci': () =>
      writeFile(
        at('package-lock.json'),
        lock({ ...wanted, 'node_modules/uuid': { version: '14.0.3' } }),
      ),
    'npm ci did not get to its end here. Run it again: npm ci': () =>
      rm(at('node_modules/.package-lock.json')),
    'The packages that Atelier is made of are not here yet. Run first: npm ci': () =>
      rm(at('node_modules'), { recursive: true }),
  }
  for (const [sentence, undo] of Object.entries(sentences)) {
    await undo()
    expect(say(start)).toEqual({ status: 1, said: sentence })
  }
})

it('what is for other systems alone need not be here', async () => {
  const optional = { version: '1.0.0', optional: true } as const
  await writeFile(at('package-lock.json'), lock({ ...wanted, 'node_modules/other': optional }))
  expect(say(start).said).toBe('started')
})

it('every script that needs packages asks first', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  // Formatting is for who has them.
  const { preinstall, format: _, ...others } = scripts
  expect(preinstall).toBe('node scripts/ready.cjs')
  for (const command of Object.values(others))
    expect(command).toMatch(/^node -r \.\/scripts\/ready\.cjs /)
})
