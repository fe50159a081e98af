import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import electronLog from 'electron-log/node'
import { closeFile } from '../../disk/private.ts'

/** Bytes after which a new file is begun, and how many old ones stay. */
export const maxLogFileBytes = 1024 * 1024
export const oldLogFiles = 4

const current = 'atelier.log'
const old = (number: number): string => `atelier.${number}.log`
const isLog = (name: string): boolean => /^atelier(?:\.\d+)?\.log$/.test(name)

/** Oldest first. */
export const logFiles = (folder: string): string[] => {
  const found = existsSync(folder) ? readdirSync(folder).filter(isLog) : []
  const age = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0)
  return found.toSorted((a, b) => age(b) - age(a))
}

/** Writes at once, so that the last line before a crash is there after it; what cannot be written is let go. */
export const openLogFile = (folder: string): ((line: string) => void) => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
    for (const name of logFiles(folder)) {
      closeFile(join(folder, name))
      // Of a version that kept more.
      if (Number(/\d+/.exec(name)?.[0] ?? 0) > oldLogFiles) rmSync(join(folder, name))
    }
  } catch {
    // A disk without modes, or none that takes a log.
  }
  const logger = electronLog.create({ logId: folder })
  const { file } = logger.transports
  for (const [name, transport] of Object.entries(logger.transports))
    if (transport && name !== 'file') transport.level = false
  Object.assign(file, {
    level: 'silly',
    maxSize: maxLogFileBytes,
    writeOptions: { flag: 'a', mode: 0o600, encoding: 'utf8' },
    // A line is one already.
    transforms: [({ data }: { data: unknown[] }) => data[0]],
    resolvePathFn: () => join(folder, current),
    archiveLogFn: () => {
      for (let number = oldLogFiles; number > 0; number -= 1) {
        const from = join(folder, number === 1 ? current : old(number - 1))
        if (existsSync(from)) renameSync(from, join(folder, old(number)))
      }
    },
  })
  return (line) => {
    try {
      logger.info(line)
    } catch {
      // A full disk, or a folder that is gone: the application goes on without a log.
    }
  }
}
