import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { closeFile } from '../../disk/private.ts'

const fileName = 'startup.json'

/** Milliseconds since the process began, by what had happened by then. */
export class StartupMarks {
  readonly #marks: Record<string, number> = {}

  /** The first of a name counts. */
  mark(name: string): void {
    this.#marks[name] ??= Math.round(process.uptime() * 1000)
  }

  /** What an earlier run left open is its person's alone from the start. */
  close(folder: string): void {
    closeFile(join(folder, fileName))
  }

  /** In `startup.json`, for whoever measures. */
  async write(folder: string): Promise<Record<string, number>> {
    await writeFile(join(folder, fileName), JSON.stringify(this.#marks), { mode: 0o600 })
    return this.#marks
  }
}
