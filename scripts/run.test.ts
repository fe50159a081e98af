import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../tests/fixtures/temporary-folder.ts'
import { programOf, root, run } from './run.ts'

vi.mock('node:child_process', { spy: true })
const spawned = vi.mocked(spawn)
const { platform } = process
afterEach(() => {
  Object.defineProperty(process, 'platform', { value: platform })
  spawned.mockClear()
})

it('what is run gets its arguments as they are', async () => {
  const folder = join(await temporaryFolder('run'), 'a "folder" & more')
  await mkdir(folder)
  const file = join(folder, 'written by it.txt')
  const script = 'require("fs").writeFileSync(process.argv[1], process.argv[2])'
  expect(await run('node', ['-e', script, file, '100 % ^ of it'])).toBe(0)
  expect(await readFile(file, 'utf8')).toBe('100 % ^ of it')
})

it.each([
  ['a tool', 'biome', ['--version']],
  ['the project’s Node', 'node', ['--version']],
  ['a program', process.execPath, ['-e', '0', 'C:\\a folder\\Atelier Setup.exe']],
])('on Windows %s needs no shell, which would take words apart', async (_name, command, args) => {
  Object.defineProperty(process, 'platform', { value: 'win32' })
  expect(await run(command, args)).toBe(0)
  const [file, given, options] = spawned.mock.lastCall ?? []
  expect(file).not.toMatch(/\.(cmd|bat)$/)
  expect(given?.slice(-args.length)).toEqual(args)
  expect(options).not.toHaveProperty('shell', true)
})

it.each(['tsc', 'biome', 'depcruise', 'knip', 'vitest', 'playwright', 'electron-vite'])(
  '%s is found by its entry',
  (tool) => {
    const [file, [entry, ...args]] = programOf(tool, ['--flag'])
    expect(file).toMatch(/node(\.exe)?$/)
    expect(existsSync(entry ?? '')).toBe(true)
    expect(entry).toContain(join(root, 'node_modules'))
    expect(args).toEqual(['--flag'])
  },
)

it('npm is the one that runs us, and what is nobody’s of ours is the system’s', () => {
  vi.stubEnv('npm_execpath', join('a folder', 'npm-cli.js'))
  expect(programOf('npm', ['ci'])[1]).toEqual([join('a folder', 'npm-cli.js'), 'ci'])
  vi.unstubAllEnvs()
  expect(programOf('sudo', ['apt-get'])).toEqual(['sudo', ['apt-get']])
})
