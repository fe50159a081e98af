import type { Stamp } from './ports.ts'

/** Equal stamps, equal bytes. */
export const sameStamp = (a: Stamp, b: Stamp): boolean =>
  a.size === b.size &&
  a.modified === b.modified &&
  a.changed === b.changed &&
  a.identity === b.identity

/** Nothing in a stamp has a space. */
export const packStamp = ({ size, modified, changed, identity }: Stamp): string =>
  `${size} ${modified} ${changed} ${identity}`
/** Without making all of it. */
export const modifiedIn = (text: string): string => {
  const from = text.indexOf(' ') + 1
  return text.slice(from, text.indexOf(' ', from))
}
export const unpackStamp = (text: string): Stamp => {
  const [size, modified = '', changed = '', identity = ''] = text.split(' ')
  return { size: Number(size), modified, changed, identity }
}
