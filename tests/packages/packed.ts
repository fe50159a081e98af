import { execFileSync } from 'node:child_process'
import { inject } from 'vitest'
import { partsOf } from '../../scripts/package/application.ts'
import type { System } from '../../scripts/package/target.ts'

/** What was packed for that system, and where its parts lie. */
export const packedFor = (system: System) => {
  const packed = inject('packed').find(({ target }) => target.system === system)
  if (!packed) throw new Error(`Nothing was packed for ${system}.`)
  return { ...packed, ...partsOf(packed.folder, system) }
}

/** The package whose name ends so. */
export const artifactOf = (ending: string): string => {
  const found = packedFor('linux').artifacts.find((each) => each.endsWith(ending))
  if (!found) throw new Error(`There is no ${ending}.`)
  return found
}

/** What a program says. */
export const told = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
