import type { Pending, PendingFile } from '../contract/sync.ts'

/** More than a person reads, and little enough to be told four times a second. */
const maxShown = 100

/** Files that have yet to come or go, in their order, until each is done. */
export class PendingTransfers {
  #files = new Map<string, PendingFile>()
  #up = 0
  #unnamed = 0

  /** `unnamed`: so many more go up after them. */
  replace(files: Iterable<readonly [key: string, file: PendingFile]>, unnamed = 0): void {
    this.#files = new Map(files)
    this.#unnamed = unnamed
    this.#up = 0
    for (const { direction } of this.#files.values()) if (direction === 'up') this.#up += 1
  }

  done(key: string): void {
    if (!this.#files.has(key)) this.#unnamed = Math.max(0, this.#unnamed - 1)
    if (this.#files.get(key)?.direction === 'up') this.#up -= 1
    this.#files.delete(key)
  }

  /** `moving`: keys of those that are shown elsewhere. */
  pending(moving: ReadonlySet<string>): Pending {
    let size = this.#files.size + this.#unnamed
    let up = this.#up + this.#unnamed
    for (const key of moving) {
      const file = this.#files.get(key)
      if (file) size -= 1
      if (file?.direction === 'up') up -= 1
    }
    const files: PendingFile[] = []
    for (const [key, file] of this.#files) {
      if (files.length === maxShown) break
      if (!moving.has(key)) files.push(file)
    }
    return { up, down: size - up, files }
  }
}

export const mergePending = (first: Pending, second: Pending): Pending => ({
  up: first.up + second.up,
  down: first.down + second.down,
  files: [...first.files, ...second.files].slice(0, maxShown),
})
