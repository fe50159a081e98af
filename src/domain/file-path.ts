import { Failure } from '../contract/failure.ts'

/**
 * Display paths come from people and servers and are hostile until parsed. A path is `/`-separated
 * segments in NFC, none of which could leave its folder or mean something else to a file system.
 */
const controls = /\p{Cc}/u
const streams = /[\\:]/

export type FilePath = string & { readonly brand: 'FilePath' }

export const refusalOf = (text: string): string | null => {
  if (text.length === 0 || text.length > 1024) return 'is empty or too long'
  if (controls.test(text)) return 'holds control characters'
  if (streams.test(text)) return 'holds a backslash or a colon'
  if (text.startsWith('/')) return 'is absolute'
  for (const segment of text.split('/')) {
    if (segment === '') return 'has an empty segment'
    if (segment === '.' || segment === '..') return 'leaves its folder'
    if (new TextEncoder().encode(segment).length > 255) return 'has a segment over 255 bytes'
  }
  return null
}

export const parseFilePath = (text: string): FilePath => {
  const path = text.normalize('NFC')
  const refusal = refusalOf(path)
  if (refusal) throw new Failure('file.name-refused', `The name ${refusal}.`)
  return path as FilePath
}

/** Two paths with one fold are one file on most people's disks. */
export const foldPath = (path: string): string => path.normalize('NFC').toLowerCase()

const two = (value: number): string => String(value).padStart(2, '0')

/** `name (conflict, <device>, 2026-01-31 14.03.22).ext`, free among `taken` (folded paths). Local time. */
export const conflictPath = (
  path: string,
  device: string,
  at: Date,
  taken: ReadonlySet<string>,
): FilePath => {
  const slash = path.lastIndexOf('/') + 1
  const name = path.slice(slash)
  const dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const time = `${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`
  const who =
    device
      .replace(/[\\/:\p{Cc}]/gu, ' ')
      .trim()
      .slice(0, 40) || 'this computer'
  for (let count = 1; ; count += 1) {
    const suffix = `(conflict, ${who}, ${day} ${time}${count > 1 ? ` ${count}` : ''})`
    const candidate = `${path.slice(0, slash)}${name.slice(0, dot)} ${suffix}${name.slice(dot)}`
    if (!taken.has(foldPath(candidate))) return parseFilePath(candidate)
  }
}
