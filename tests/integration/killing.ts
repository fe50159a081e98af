import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import Database from 'better-sqlite3'
import { expect, vi } from 'vitest'
import { z } from 'zod'
import { buildProgram } from '../build-program.ts'

/**
 * Milliseconds from when its code is loaded until what a crash left is mended, by its own clock and without those in
 * which other programs had the processor: a busy computer makes no recovery slow.
 */
const readyWithin = 2_000
/** Each kind of moment has to be met so often, for the test to say anything of it. */
const leastOfEach = 3
/** So many meet each of them, more or less. */
export const leastKills = 60

/** The backend reports each connection that a killed process leaves. */
export const quietAboutKills = (): void => {
  const { error } = console
  vi.spyOn(console, 'error').mockImplementation((...line: unknown[]) => {
    if (!String(line[0]).includes('ECONNRESET')) error(...line)
  })
}

/** One life of a program that says what it does, as `killable.ts` has it. */
const startProcess = (program: string) => {
  const child: ChildProcess = spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let complaint = ''
  child.stderr?.on('data', (text) => {
    complaint += text
  })
  child.stdin?.on('error', () => {})
  const ended = new Promise<void>((done) =>
    child.once('close', () => {
      life.isOver = true
      for (const look of listeners) look()
      done()
    }),
  )
  const seen = new Set<string>()
  const open = new Map<string, number>()
  const listeners = new Set<() => void>()
  const life = {
    /** Its standard output came to its end. */
    isOver: false,
    /** What it told, by its name: the last of each. */
    told: new Map<string, unknown>(),
    say: (line: string): void => void child.stdin?.write(`${line}\n`),
    /** Resolves true when it does this, or did, and false after so many milliseconds. */
    reaches: (word: string, milliseconds: number): Promise<boolean> =>
      life.hears(() => seen.has(word), milliseconds),
    /** The same of anything that can be told by what it said. */
    hears: (condition: () => boolean, milliseconds: number): Promise<boolean> =>
      new Promise((done) => {
        const end = (isSo: boolean): void => {
          listeners.delete(look)
          clearTimeout(timer)
          done(isSo)
        }
        const look = (): void => {
          if (condition()) end(true)
        }
        const timer = setTimeout(() => end(false), milliseconds)
        listeners.add(look)
        look()
      }),
    close: async (): Promise<void> => {
      child.stdin?.end()
      await ended
    },
    /** Answers what was under way. */
    kill: async (): Promise<Set<string>> => {
      // Who ends by themselves had a mistake.
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`It ended by itself: ${complaint}`)
      child.kill('SIGKILL')
      await ended
      return new Set([...open].flatMap(([kind, count]) => (count > 0 ? [kind] : [])))
    },
  }
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const [word = '', rest = ''] = line.split(/ (.*)/s)
    const kind = word.slice(1)
    if (word.startsWith('+')) open.set(kind, (open.get(kind) ?? 0) + 1)
    else if (word.startsWith('-')) open.set(kind, (open.get(kind) ?? 0) - 1)
    else if (rest !== '') life.told.set(word, JSON.parse(rest))
    seen.add(word.startsWith('+') ? kind : word)
    for (const look of listeners) look()
  })
  return life
}
export type Life = ReturnType<typeof startProcess>

/** The lives of one program. The next one loads its code while the folder of the one before it is looked at. */
export const openLives = async (entry: string) => {
  const program = await buildProgram(entry, `killed/${basename(entry, '.ts')}`, ['p-queue'])
  let next = startProcess(program)
  return {
    begin: async (settings: object): Promise<Life> => {
      const life = next
      if (!(await life.reaches('loaded', 60_000))) await life.kill()
      life.say(JSON.stringify(settings))
      return life
    },
    prepare: (): void => {
      next = startProcess(program)
    },
  }
}

const recoveryTime = z.object({ after: z.number(), waited: z.number() })
/** Of 2, 3 and 4: “3 ms (median), 4 ms (of 95 in 100), 4 ms (at most)”. */
const spread = (figures: number[]): string => {
  const sorted = figures.sort((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)
  return `${at(0.5)} ms (median), ${at(0.95)} ms (of 95 in 100), ${Math.round(sorted.at(-1) ?? 0)} ms (at most)`
}

/** What came of all kills. */
export const openTally = <Kind extends string>(kinds: readonly Kind[]) => {
  const met = new Map(kinds.map((kind) => [kind, 0]))
  const ready: { after: number; waited: number }[] = []
  const rare = () => [...met].filter(([, count]) => count < leastOfEach)
  return {
    note: ({ told }: Life, underWay: Iterable<string>): void => {
      const recovery = told.get('ready')
      if (recovery) ready.push(recoveryTime.parse(recovery))
      for (const each of underWay) {
        const kind = kinds.find((known) => known === each)
        if (kind) met.set(kind, (met.get(kind) ?? 0) + 1)
      }
    },
    report: (): string =>
      [
        `under way when killed: ${JSON.stringify(Object.fromEntries(met))}`,
        `ready after ${spread(ready.map(({ after }) => after))}`,
        `of its own ${spread(ready.map(({ after, waited }) => after - waited))}`,
      ].join('; '),
    /** Whether each kind of moment was met often enough. */
    isComplete: (): boolean => rare().length === 0,
    /** Fewer kills need not meet each kind of moment. */
    check: (kills: number): void => {
      if (kills >= leastKills) expect(rare(), 'hardly ever under way when killed').toEqual([])
      expect(ready.length).toBeGreaterThan(0)
      expect(Math.max(...ready.map(({ after, waited }) => after - waited))).toBeLessThan(
        readyWithin,
      )
    },
  }
}

/**
 * What `read` finds in the databases of a folder, each of which is whole. On a copy: who opens a database mends it,
 * and that is the program's to do.
 */
export const inDatabases = async <Found>(
  folder: string,
  read: (open: (name: string) => Database.Database) => Found,
): Promise<Found> => {
  const copy = await mkdtemp('/tmp/atelier-killed-')
  const files = (await readdir(folder)).filter((name) => name.includes('.sqlite'))
  for (const name of files) await cp(join(folder, name), join(copy, name))
  const databases = files
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => [name, new Database(join(copy, name))] as const)
  try {
    for (const [name, db] of databases)
      expect(db.pragma('integrity_check', { simple: true }), name).toBe('ok')
    return read((wanted) => {
      const found = databases.find(([name]) => name === wanted)
      if (!found) throw new Error(`There is no ${wanted}.`)
      return found[1]
    })
  } finally {
    for (const [, db] of databases) db.close()
    await rm(copy, { recursive: true })
  }
}

/** What a file holds. One that did not change since is not read twice. */
export const openHashes = () => {
  const known = new Map<string, string>()
  return async (file: string): Promise<string> => {
    const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
    const key = [ino, size, mtimeNs, ctimeNs].join(':')
    const hash =
      known.get(key) ??
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex')
    known.set(key, hash)
    return hash
  }
}
