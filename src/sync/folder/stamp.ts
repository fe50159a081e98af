import { packPermissions, unpackPermissions } from './permissions.ts'
import type { Stamp } from './ports.ts'

/** False where one of them says nothing of it. Who may read it depends on folders, too, which not everybody asks. */
const isOtherBit = ({ permissions: a }: Stamp, { permissions: b }: Stamp): boolean =>
  a !== undefined && b !== undefined && a.isExecutable !== b.isExecutable

/** Equal stamps, equal bytes, and the same bit: a clock may be too coarse to tell that somebody changed that. */
export const sameStamp = (a: Stamp, b: Stamp): boolean =>
  a.size === b.size &&
  a.modified === b.modified &&
  a.changed === b.changed &&
  a.identity === b.identity &&
  !isOtherBit(a, b)

/** Nothing in a stamp has a space. Permissions come last, `-` where the disk says nothing of them. */
export const packStamp = ({ size, modified, changed, identity, permissions }: Stamp): string =>
  `${size} ${modified} ${changed} ${identity} ${packPermissions(permissions) ?? '-'}`
/** All but the permissions. */
export const withoutPermissions = (text: string): string => text.slice(0, text.lastIndexOf(' ') + 1)
/** Without making all of it. */
export const modifiedIn = (text: string): string => {
  const from = text.indexOf(' ') + 1
  return text.slice(from, text.indexOf(' ', from))
}
export const unpackStamp = (text: string): Stamp => {
  const [size, modified = '', changed = '', identity = '', packed = '-'] = text.split(' ')
  const permissions = packed === '-' ? undefined : unpackPermissions(Number(packed))
  return { size: Number(size), modified, changed, identity, ...(permissions && { permissions }) }
}

/** Milliseconds since the epoch. */
export const millisecondsOf = (nanoseconds: string): number =>
  Number(nanoseconds.slice(0, -6) || '0')

/** The latest time that the server takes, and the latest that a date has in this form: milliseconds since the epoch. */
const latestMs = Date.UTC(9999, 11, 31)
/** Of what a disk says, in nanoseconds: whole milliseconds since the epoch, within what everybody takes for a time. */
export const fileTimeOf = (nanoseconds: string): number =>
  Math.min(Math.max(millisecondsOf(nanoseconds), 0), latestMs)
