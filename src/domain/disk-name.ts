import { Failure } from './failure.ts'
import { bytesOf } from './file-path.ts'

/*
 * Display paths as a disk spells them. What a system does not allow in a name is written as U+FF05 and the four
 * hexadecimal digits of its UTF-16 unit, so that every name comes back as it was; the sign itself too, where it
 * would look like one of ours.
 */

export type Platform = 'win32' | 'darwin' | 'linux'

/** Our own folder in a linked one. */
export const ownFolder = '.atelier'
/** What stood in its place and was not ours has this name since, or one with a number. */
export const asideName = 'atelier (set aside)'

/** Some disks of a Mac leave these out where they compare names. */
const ignorable = /[\u200C-\u200F\u202A-\u202E\u206A-\u206F\uFEFF]/g
const setAside = /^atelier \(set aside\)( \d+)?$/
/** What Windows calls our folder besides, in eight letters. */
const shortOwn = /^at[a-z0-9]{0,6}~\d{1,6}$/
/**
 * Whether a name on a disk means our own folder, or what was set aside for it, as some system reads it. At no depth is
 * such a folder anybody's work: it may be that of another link, or of a copy of one.
 */
export const isOwnName = (name: string, platform: Platform): boolean => {
  const folded = name.replace(ignorable, '').toLowerCase()
  return (
    folded === ownFolder || setAside.test(folded) || (platform === 'win32' && shortOwn.test(folded))
  )
}

const sign = '\uFF05'
const escaped = /\uFF05([0-9A-F]{4})/g
const lookalike = /\uFF05(?=[0-9A-F]{4})/g
const forbiddenOnWindows = /[<>:"|?*]/g
const endingOnWindows = /[. ]$/
const reservedOnWindows = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])(\.|$)/i
/** Bytes of UTF-8, or on Windows UTF-16 units. */
const maxNameBytes = 255

const escapedUnit = (character: string): string =>
  sign + character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')

const encodeSegment = (segment: string, platform: Platform): string => {
  let name = segment.replace(lookalike, escapedUnit)
  if (platform === 'win32') {
    name = name.replace(forbiddenOnWindows, escapedUnit).replace(endingOnWindows, escapedUnit)
    if (reservedOnWindows.test(name)) name = escapedUnit(name.charAt(0)) + name.slice(1)
  }
  // A file of others must not come into our folder, however it is spelled.
  if (isOwnName(name, platform)) name = escapedUnit(name.charAt(0)) + name.slice(1)
  const length = platform === 'win32' ? name.length : bytesOf(name)
  if (length > maxNameBytes)
    throw new Failure('file.name-refused', 'The name is too long for this disk.')
  return name
}

/** `/`-separated. @throws file.name-refused when it would be too long here */
export const diskPathOf = (path: string, platform: Platform): string =>
  path
    .split('/')
    .map((segment) => encodeSegment(segment, platform))
    .join('/')

/** What no escaping of ours ever stands for: a name that says so is somebody's own. */
const neverEscaped = /[/\\\p{Cc}]/u

/** One name as the disk has it, as people see it: always one segment, whatever it spells. */
export const displayNameOf = (name: string): string =>
  name
    .replace(escaped, (own, digits: string) => {
      const character = String.fromCharCode(Number.parseInt(digits, 16))
      return neverEscaped.test(character) ? own : character
    })
    .normalize('NFC')

/** What a Mac or Windows runs, or opens as something else, though it is a folder. */
const opened =
  /\.(app|appex|action|bundle|framework|kext|mpkg|pkg|plugin|prefpane|qlgenerator|saver|scptd|service|wdgt|workflow|xpc|\{[0-9a-f-]+\})$/i

/** A folder's name for a title, on every system. */
export const folderNameOf = (title: string): string => {
  const name = title
    .normalize('NFC')
    .replace(/[\\/<>:"|?*\p{Cc}\p{Bidi_Control}]+/gu, '-')
    .slice(0, 80)
    .replace(/^[. ]+|[. ]+$/g, '')
  if (name === '') return 'Artifact'
  return reservedOnWindows.test(name) || opened.test(name) ? `${name} folder` : name
}
