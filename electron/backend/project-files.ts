import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '../../src/domain/failure.ts'

/** A file that ships beside the code, found from the sources and from the built bundle alike. */
export const projectFile = (path: string): string => {
  let folder = import.meta.dirname
  while (dirname(folder) !== folder) {
    const candidate = join(folder, path)
    if (existsSync(join(folder, 'package.json')) && existsSync(candidate)) return candidate
    folder = dirname(folder)
  }
  throw new Failure('backend.failed-to-start', `${path} is missing from this installation.`)
}
