import type { Stamp } from './ports.ts'

/** Equal stamps, equal bytes. */
export const sameStamp = (a: Stamp, b: Stamp): boolean =>
  a.size === b.size &&
  a.modified === b.modified &&
  a.changed === b.changed &&
  a.identity === b.identity
