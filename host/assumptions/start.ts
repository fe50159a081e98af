import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { z } from 'zod'
import { electronBinary } from '../../scripts/electron-binary.ts'
import { root } from '../../scripts/run.ts'
import { notInstalled } from '../../tests/fixtures/scheme.ts'

/** One file of JavaScript, for whichever of the two runs it. */
export const bundleRunner = async (): Promise<string> => {
  const outDir = join(root, 'test-output/assumptions')
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(root, 'host/assumptions/run.ts'),
      target: 'node24',
      outDir,
      rolldownOptions: { external: ['electron'], output: { entryFileNames: 'run.mjs' } },
    },
  })
  return join(outDir, 'run.mjs')
}

/** Why none of them can be found out there; null where they can. */
export const whyNotOn = (
  project: string,
  here: { isInstalled: boolean; binary: string | null },
): string | null => {
  if (project !== 'electron') return null
  if (here.isInstalled)
    return 'not run: what is installed runs itself, whatever program it is given'
  return here.binary ? null : "not run: Electron's binary is not here"
}

const found = z.object({ id: z.string(), failure: z.string().nullable() })

/** Milliseconds; whoever does not end by itself is ended, and its log says so. */
const longestMs = 80_000

/** In one process: what each of them found, or the lines that a single one told. */
export const runAssumptions = async (options: {
  runner: string
  folder: string
  ids: string[]
  on: string
  limitMs?: number
}): Promise<{ failures: Map<string, string | null>; lines: string[]; log: string }> => {
  const { runner, folder, ids, on, limitMs = longestMs } = options
  const record = join(folder, 'record.txt')
  const env = {
    ...process.env,
    // Whatever is installed on this computer.
    ...notInstalled(folder),
    ATELIER_USER_DATA: folder,
    ATELIER_ASSUMPTIONS: ids.join(),
    ATELIER_ASSUMPTIONS_RECORD: record,
    ATELIER_HOST_ENTRY: runner,
  }
  const host = ['--import', join(root, 'host/register.ts'), join(root, 'host/main.ts')]
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const child =
    on === 'electron'
      ? spawn(electronBinary() ?? '', [...asRoot, runner], { cwd: root, env })
      : spawn(join(root, 'node_modules/.bin/node'), host, { cwd: root, env })
  let log = ''
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => {
      log += chunk
    })
  const limit = setTimeout(() => {
    log += `\nEnded after ${limitMs} ms, for it did not end by itself.`
    child.kill('SIGKILL')
    // Whoever it has started may hold them, and they would never close.
    child.stdout.destroy()
    child.stderr.destroy()
  }, limitMs)
  await once(child, 'close')
  clearTimeout(limit)
  const lines = (await readFile(record, 'utf8').catch(() => '')).split('\n').filter(Boolean)
  const failures = new Map<string, string | null>()
  for (const line of lines.filter((each) => each.startsWith('{'))) {
    const { id, failure } = found.parse(JSON.parse(line))
    failures.set(id, failure)
  }
  return { failures, lines, log }
}
