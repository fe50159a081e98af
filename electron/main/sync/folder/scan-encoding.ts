import type { DiskFile } from '../../../../src/sync/folder/ports.ts'
import { packStamp } from '../../../../src/sync/folder/stamp.ts'

/*
 * What a scanner found goes from its thread as one text: of a hundred thousand small objects enough are still there
 * when the collector comes to make the heap grow for good.
 */

/** No name has it. */
const between = '\0'

export const packFiles = (files: readonly DiskFile[]): string =>
  files.flatMap(({ path, stamp }) => [path, packStamp(stamp)]).join(between)

/** Without ever having all of them. */
export const eachFile = (text: string, found: (path: string, stamp: string) => void): void => {
  for (let at = 0; at < text.length; ) {
    const middle = text.indexOf(between, at)
    const end = text.indexOf(between, middle + 1)
    const next = end < 0 ? text.length : end
    found(text.slice(at, middle), text.slice(middle + 1, next))
    at = next + 1
  }
}
