import { constants } from 'node:fs'
import { lstat, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { diskPathOf, displayNameOf, type Platform } from '../../../../src/domain/disk-name.ts'
import type { FailureCode } from '../../../../src/domain/failure.ts'
import { asFailure } from '../../../../src/domain/failure.ts'
import { maxTitleLetters } from '../../../../src/domain/limits.ts'
import { holdsSecret, lookedAtBytes } from '../../../../src/sync/folder/ignore/content.ts'
import { Level, personOf } from '../../../../src/sync/folder/ignore/level.ts'
import { unpackStamp } from '../../../../src/sync/folder/stamp.ts'
import { defaultLinkRules } from '../../../../src/sync/policy.ts'
import { openScannerThread } from '../folder/scanner-thread.ts'

/**
 * A file on this computer that could come in, by its path in the artifact. Size in bytes. `root`: the folder that was
 * chosen, or the file itself.
 */
export type FoundFile = { path: string; disk: string; size: number; root: string }
export type Found = {
  files: FoundFile[]
  /** What is asked about: private by its name, or by what it holds. */
  asked: string[]
  leftOut: string[]
  refused: { path: string; failure: FailureCode }[]
}

/** No link that was put in the place of a file meanwhile, and no pipe that would be waited for. */
export const forReading =
  constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** Bytes of a file that may be a key and nothing else; larger ones are known by their name alone. */
const maxKeyBytes = 256 * 1024

const isSecret = async ({ path, disk, size }: FoundFile): Promise<boolean> => {
  if (size === 0 || size > maxKeyBytes) return false
  const handle = await open(disk, forReading).catch(() => null)
  if (!handle) return false
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, lookedAtBytes)), 0)
    return holdsSecret(basename(path), buffer.toString('latin1', 0, bytesRead))
  } finally {
    await handle.close()
  }
}

const nothing = (): Found => ({ files: [], asked: [], leftOut: [], refused: [] })

/**
 * What of a folder would come in under `prefix`, by the rules that a linked one has. `sent`: what the person was asked
 * about and wants.
 */
const lookInFolder = async (
  options: { root: string; prefix: string; worker: URL; signal: AbortSignal },
  sent: readonly string[],
): Promise<Found> => {
  const { root, prefix, worker, signal } = options
  const under = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`)
  const within = sent
    .filter((path) => prefix === '' || path.startsWith(`${prefix}/`))
    .map((path) => path.slice(prefix === '' ? 0 : prefix.length + 1))
  const { scanner, scan } = await openScannerThread(root, worker)
  const close = (): void => void scanner.close().catch(() => {})
  signal.addEventListener('abort', close, { once: true })
  try {
    await scanner.setRules({ ...defaultLinkRules, sendAnyway: within })
    const found = nothing()
    const sizes = new Map<string, number>()
    const { spelled, refused, leftOut, unread } = await scan(
      null,
      (path, stamp) => void sizes.set(path, unpackStamp(stamp).size),
    )
    const spelling = new Map(spelled)
    for (const [path, size] of sizes) {
      const disk = spelling.get(path) ?? diskPathOf(path, process.platform as Platform)
      found.files.push({ path: under(path), disk: join(root, disk), size, root })
    }
    const told = new Set(leftOut.things.map(({ path }) => path))
    for (const { path, reason } of leftOut.things)
      (reason === 'private' ? found.asked : found.leftOut).push(under(path))
    for (const { path, code } of refused)
      if (!told.has(path)) found.refused.push({ path: under(path), failure: code })
    for (const path of unread) found.refused.push({ path: under(path), failure: 'disk.unreadable' })
    return found
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

/** One file that a person chose for itself: of rules only what is private counts, and what is never sent. */
const lookAtFile = (path: string, disk: string, size: number, isSent: boolean): Found => {
  const level = Level.root(
    personOf(defaultLinkRules),
    { gitignore: null, atelierignore: null },
    false,
  )
  const reason = level.of(path, 'file')?.reason
  if (reason === 'private' && !isSent) return { ...nothing(), asked: [path] }
  if (reason === 'version-control' || reason === 'nested-link')
    return { ...nothing(), refused: [{ path, failure: 'file.left-out' }] }
  return { ...nothing(), files: [{ path, disk, size, root: disk }] }
}

/** What of chosen files and folders would come in. A folder that comes alone into `isNew` gives what is in it. */
export const lookAt = async (
  paths: readonly string[],
  options: { isNew: boolean; worker: URL; signal: AbortSignal },
  sent: readonly string[] = [],
): Promise<Found> => {
  const all = nothing()
  const isSent = new Set(sent)
  for (const chosen of paths) {
    if (options.signal.aborted) break
    const name = displayNameOf(basename(chosen))
    try {
      const entry = await lstat(chosen)
      const prefix = options.isNew && paths.length === 1 ? '' : name
      const found = entry.isDirectory()
        ? await lookInFolder({ ...options, root: chosen, prefix }, sent)
        : entry.isFile()
          ? lookAtFile(name, chosen, entry.size, isSent.has(name))
          : { ...nothing(), refused: [{ path: name, failure: 'file.not-regular' as const }] }
      for (const key of ['asked', 'leftOut', 'refused'] as const)
        (all[key] as unknown[]).push(...found[key])
      for (const file of found.files)
        if (!isSent.has(file.path) && (await isSecret(file))) all.asked.push(file.path)
        else all.files.push(file)
    } catch (error) {
      const { code } = asFailure(error)
      all.refused.push({ path: name, failure: code === 'internal' ? 'disk.unreadable' : code })
    }
  }
  return all
}

/** What an artifact of these would be called. */
export const titleOf = (paths: readonly string[]): string => {
  const [first = ''] = paths
  if (paths.length > 1) return displayNameOf(basename(dirname(first))) || 'New artifact'
  const name = displayNameOf(basename(first))
  const dot = name.lastIndexOf('.')
  return (dot > 0 ? name.slice(0, dot) : name).slice(0, maxTitleLetters) || 'New artifact'
}
