import { closeSync, constants, type Dirent, fstatSync, openSync, readSync } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LeftOutEntry } from '../../../../src/contract/left-out.ts'
import type { RuleTexts } from '../../../../src/sync/folder/ignore/level.ts'
import { ruleFiles } from '../../../../src/sync/folder/ignore/level.ts'
import { codeOf } from '../../../disk/durable-fs.ts'

/*
 * The files of rules in a folder, and what a walk that obeys them leaves out.
 */

/** Bytes and lines of a file of rules; whoever has more has another thing under its name. */
const maxBytes = 512 * 1024
const maxLines = 10_000
/** Letters of a rule, of which no path is longer, and how often it may say `**`. */
const maxRuleLetters = 4_096
const maxGlobs = 16

const isRule = (line: string): boolean =>
  line.length <= maxRuleLetters && (line.match(/\*{2,}/g)?.length ?? 0) <= maxGlobs

/** Null where there is none; nothing is read through a link, as git does not. @throws what it cannot be read for */
const readRules = (file: string): string | null => {
  let handle: number
  try {
    handle = openSync(
      file,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    )
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK'].includes(codeOf(error))) return null
    throw error
  }
  try {
    const entry = fstatSync(handle)
    if (!entry.isFile()) return null
    if (entry.size > maxBytes) throw new Error('These are no rules that a person wrote.')
    const bytes = Buffer.alloc(entry.size)
    const read = readSync(handle, bytes, 0, entry.size, 0)
    const text = bytes.toString('utf8', 0, read)
    const lines = text.split('\n')
    if (lines.length > maxLines) throw new Error('These are too many rules.')
    if (!lines.every(isRule)) throw new Error('These are no rules that a person wrote.')
    return text
  } finally {
    closeSync(handle)
  }
}

/** @throws when there are rules that cannot be read: what they say is unknown then, not nothing */
export const readTexts = (folder: string, entries?: readonly Dirent[]): RuleTexts => {
  const textOf = (name: string): string | null =>
    entries && !entries.some((entry) => entry.name.toLowerCase() === name)
      ? null
      : readRules(join(folder, name))
  return { gitignore: textOf(ruleFiles.gitignore), atelierignore: textOf(ruleFiles.atelierignore) }
}

/** What a bare repository is made of: a folder that has all of it is one, whatever it is called. */
export const isRepository = (entries: readonly Dirent[]): boolean => {
  const has = (name: string, isFolder: boolean): boolean =>
    entries.some((entry) => entry.name === name && entry.isDirectory() === isFolder)
  return (
    has('HEAD', false) && ((has('objects', true) && has('refs', true)) || has('commondir', false))
  )
}

export const kindOf = (entry: Pick<Dirent, 'isFile' | 'isDirectory' | 'isSymbolicLink'>) =>
  entry.isDirectory()
    ? ('folder' as const)
    : entry.isFile()
      ? ('file' as const)
      : entry.isSymbolicLink()
        ? ('link' as const)
        : ('other' as const)

/** Bytes of the files among them, as far as their names are spelled on the disk as they are shown. */
export const sizesOf = async (
  root: string,
  entries: readonly LeftOutEntry[],
): Promise<ReadonlyMap<string, number>> => {
  const sizes = new Map<string, number>()
  for (const { path, kind } of entries) {
    const entry = kind === 'file' ? await lstat(join(root, path)).catch(() => null) : null
    if (entry?.isFile()) sizes.set(path, entry.size)
  }
  return sizes
}
