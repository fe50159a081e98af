import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

/* What the test of the archive leans on: a program in an archive is found, and is not started, whoever asks how. */

const preload = pathToFileURL(join(import.meta.dirname, '../../host/archive.ts')).href
let folder = ''
let program = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-spawning-'))
  const unpacked = join(folder, 'app.asar.unpacked/bin')
  await mkdir(unpacked, { recursive: true })
  await mkdir(join(folder, 'app.asar/out'), { recursive: true })
  await writeFile(join(unpacked, 'program'), '#!/bin/sh\necho started\n', { mode: 0o755 })
  await writeFile(join(unpacked, 'module.cjs'), "module.exports = 'read'\n")
  // As an archive has their names.
  await mkdir(join(folder, 'app.asar/bin'))
  for (const name of ['program', 'module.cjs'])
    await writeFile(join(folder, 'app.asar/bin', name), '')
  program = join(folder, 'app.asar/bin/program')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = async (code: string): Promise<{ said: string; wrong: string[] }> => {
  const script = join(folder, 'app.asar/out/main.mjs')
  const report = join(folder, 'spawned')
  await writeFile(script, code)
  await writeFile(report, '')
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', preload, script], {
    encoding: 'utf8',
    env: { ...process.env, ATELIER_PROGRAM: program, ATELIER_HOST_SPAWNED: report },
  })
  const lines = (await readFile(report, 'utf8')).split('\n').filter(Boolean)
  return {
    said: (stdout + stderr).trim(),
    wrong: lines.flatMap((line) => JSON.parse(line).wrong),
  }
}

const ways: Record<string, string> = {
  execFile: 'execFile(program, (error, out) => say(error, out))',
  'a promise of execFile':
    'promisify(execFile)(program).then(({ stdout }) => say(null, stdout), say)',
  spawn: "spawn(program).on('error', say).stdout.on('data', (out) => say(null, out))",
  'a shell’s text':
    "execFile('/bin/sh', ['-c', 'exec ' + program], (error, out) => say(error, out))",
  'an argument of a shell': `execFile('/bin/sh', ['-c', '"$0"', program], (error, out) => say(error, out))`,
  exec: 'exec(program, (error, out) => say(error, out))',
  spawnSync: 'const { error, stdout } = spawnSync(program); say(error, stdout)',
  execFileSync: 'say(null, execFileSync(program))',
  execSync: 'say(null, execSync(program))',
}
const begin = `
import { exec, execFile, execFileSync, execSync, spawn, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
const program = process.env.ATELIER_PROGRAM
const say = (error, out) => console.log(error ? 'refused' : String(out))
process.on('uncaughtException', say)
`

test.each(Object.keys(ways))('a program of the archive is not started by %s', async (way) => {
  const inArchive = await run(begin + ways[way])
  expect(inArchive.said).toBe('refused')
  expect(inArchive.wrong.join()).toContain(program)
})

test.each(Object.keys(ways))('and the same program beside it is, by %s', async (way) => {
  const beside = begin.replace(
    'env.ATELIER_PROGRAM',
    "env.ATELIER_PROGRAM.replace('app.asar', 'app.asar.unpacked')",
  )
  expect(await run(beside + ways[way])).toEqual({ said: 'started', wrong: [] })
})

test('what is unpacked is found, read and loaded by its name in the archive', async () => {
  const code = `
import { existsSync, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import imported from '../bin/module.cjs'
const require = createRequire(import.meta.url)
const path = new URL('../bin/module.cjs', import.meta.url).pathname
console.log(JSON.stringify([
  imported, require('../bin/module.cjs'), require.resolve('../bin/module.cjs') === path,
  existsSync(path), (await stat(path)).isFile(), readFileSync(path, 'utf8').length > 0,
]))`
  const { said } = await run(code)
  expect(JSON.parse(said)).toEqual(['read', 'read', true, true, true, true])
})
