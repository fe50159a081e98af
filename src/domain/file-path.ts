import { Failure, type FailureCode } from './failure.ts'
import { maxPathLetters, maxSegmentBytes } from './limits.ts'

/**
 * Display paths come from people and servers and are hostile until parsed. A path is `/`-separated
 * segments in NFC, none of which could leave its folder or mean something else to a file system.
 */
const controls = /\p{Cc}/u
const streams = /[\\:]/

export type FilePath = string & { readonly brand: 'FilePath' }

/** Bytes of UTF-8, which is what file systems count. */
export const bytesOf = (text: string): number => {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes
}

export const refusalOf = (text: string): string | null => {
  if (text.length === 0 || text.length > maxPathLetters) return 'is empty or too long'
  if (controls.test(text)) return 'holds control characters'
  if (streams.test(text)) return 'holds a backslash or a colon'
  if (text.startsWith('/')) return 'is absolute'
  for (const segment of text.split('/')) {
    if (segment === '') return 'has an empty segment'
    if (segment === '.' || segment === '..') return 'leaves its folder'
    if (bytesOf(segment) > maxSegmentBytes) return 'has a segment over 255 bytes'
  }
  return null
}

/** Why no server takes a path as a disk has it; null where one does. */
export const nameFailureOf = (path: string): FailureCode | null => {
  // What stands for bytes that are no text.
  if (path.includes('\uFFFD')) return 'file.name-not-text'
  if (refusalOf(path) === null) return null
  if (controls.test(path)) return 'file.name-control'
  if (streams.test(path)) return 'file.name-refused'
  const isLong =
    path.length > maxPathLetters || path.split('/').some((name) => bytesOf(name) > maxSegmentBytes)
  return isLong ? 'file.name-too-long' : 'file.name-refused'
}

export const parseFilePath = (text: string): FilePath => {
  const path = text.normalize('NFC')
  const refusal = refusalOf(path)
  if (refusal) throw new Failure('file.name-refused', `The name ${refusal}.`)
  return path as FilePath
}

/**
 * Characters that are not seen and turn or break what is read: `invoice\u202Efdp.exe` looks like a PDF. Joiners belong
 * to scripts and to emoji; beside a letter of ASCII, or at an end, they only hide. So do tags but in a flag.
 */
const hidden =
  /[\u00AD\u061C\u115F\u1160\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\u2800\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]|(?<!\P{ASCII})[\u200C\u200D]|[\u200C\u200D](?!\P{ASCII})|(?<!\u{1F3F4}[\u{E0020}-\u{E007E}]*)[\u{E0000}-\u{E007F}]/u
/** What may be hidden, and letters that are read from the right: few texts have any. */
const suspect = new RegExp(
  `${hidden.source}|[\\u0590-\\u08FF\\uFB1D-\\uFDFF\\uFE70-\\uFEFC\\u{10800}-\\u{10FFF}\\u{1E800}-\\u{1EFFF}]`,
  'u',
)
export const mayMislead = (text: string): boolean => suspect.test(text)

/** A name in parts, those that are not seen by their numbers, such as U+202E. */
export const visibleParts = (name: string): { text: string; isHidden: boolean }[] => {
  const parts: { text: string; isHidden: boolean }[] = []
  let from = 0
  for (const { 0: found, index } of name.matchAll(new RegExp(hidden, 'gu'))) {
    if (index > from) parts.push({ text: name.slice(from, index), isHidden: false })
    const point = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    parts.push({ text: `U+${point}`, isHidden: true })
    from = index + found.length
  }
  if (from < name.length) parts.push({ text: name.slice(from), isHidden: false })
  return parts
}

/** The same in one, where there is nothing but text. */
export const visibleText = (name: string): string =>
  visibleParts(name)
    .map(({ text }) => text)
    .join('')

const reserved = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)/i

/**
 * A name a person gives here. Stricter than what is accepted from others: no name that some desktop's
 * file system reserves, changes or refuses, so that every member can have the file in a folder.
 */
export const parseNewFilePath = (text: string): FilePath => {
  const path = parseFilePath(text)
  if (hidden.test(path))
    throw new Failure('file.name-refused', 'The name holds characters that nobody sees.')
  for (const segment of path.split('/')) {
    if (reserved.test(segment))
      throw new Failure('file.name-refused', 'The name is reserved on some computers.')
    if (/[. ]$/.test(segment) || segment.startsWith(' '))
      throw new Failure(
        'file.name-refused',
        'The name begins or ends with a space, or ends with a dot.',
      )
    if (/[<>"|?*]/.test(segment))
      throw new Failure('file.name-refused', 'The name holds one of < > " | ? *')
  }
  return path
}

/**
 * Two paths with one fold are one file on most people’s disks. Letter by letter, as the server folds: by itself JavaScript
 * knows a Σ at the end of a word, and would find one file where the server has two.
 */
export const foldPath = (path: string): string =>
  path.normalize('NFC').replaceAll('Σ', 'σ').toLowerCase()

const two = (value: number): string => String(value).padStart(2, '0')

/** Local time, as it stands in the names of all conflict copies of a moment. */
export const conflictMoment = (at: Date): string => {
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day} ${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`
}

/** `name (conflict, <device>, 2026-01-31 14.03.22).ext`, free among `taken` (folded paths). Local time. */
export const conflictPath = (
  path: string,
  device: string,
  at: Date,
  taken: { has(foldedPath: string): boolean },
): FilePath => {
  const slash = path.lastIndexOf('/') + 1
  const name = path.slice(slash)
  const dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length
  const moment = conflictMoment(at)
  const who =
    device
      .replace(/[\\/:\p{Cc}]/gu, ' ')
      .trim()
      .slice(0, 40) || 'this computer'
  for (let count = 1; ; count += 1) {
    const suffix = ` (conflict, ${who}, ${moment}${count > 1 ? ` ${count}` : ''})`
    // A long name gives way, so that ours never ends up with no name at all.
    const room = maxSegmentBytes - bytesOf(suffix) - bytesOf(name.slice(dot))
    let stem = [...name.slice(0, dot)]
    let extension = name.slice(dot)
    if (room < 1) extension = ''
    while (stem.length > 1 && bytesOf(stem.join('')) > Math.max(room, 1)) stem = stem.slice(0, -1)
    const candidate = `${path.slice(0, slash)}${stem.join('')}${suffix}${extension}`
    if (!taken.has(foldPath(candidate))) return parseFilePath(candidate)
  }
}

const conflictSuffix =
  / \(conflict, (?<device>.+), (?<at>\d{4}-\d{2}-\d{2} \d{2}\.\d{2}\.\d{2})(?: \d+)?\)(?=(?:\.[^./]*)?$)/

/** What a conflict copy's name says: whose it is a copy of, and from where. Null for every other name. */
export const conflictOf = (path: string): { path: string; device: string; at: string } | null => {
  const found = conflictSuffix.exec(path)
  const { device, at } = found?.groups ?? {}
  return found && device && at
    ? { path: path.slice(0, found.index) + path.slice(found.index + found[0].length), device, at }
    : null
}
