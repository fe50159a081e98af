import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { closeFile } from '../../disk/private.ts'

/** Milliseconds since the process began, by what had happened by then. */
export class StartupMarks {
  readonly #marks: Record<string, number> = {}

  /** The first of a name counts. */
  mark(name: string): void {
    this.#marks[name] ??= Math.round(process.uptime() * 1000)
  }

  /** In `startup.json`, for whoever measures. */
  async write(folder: string): Promise<Record<string, number>> {
    const file = join(folder, 'startup.json')
    closeFile(file)
    await writeFile(file, JSON.stringify(this.#marks), { mode: 0o600 })
    return this.#marks
  }
}
