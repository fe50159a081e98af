import type { LinkRules } from '../../../contract/left-out.ts'
import { Failure } from '../../../domain/failure.ts'
import { foldPath } from '../../../domain/file-path.ts'
import { isNever } from './defaults.ts'

const without = (paths: readonly string[], path: string): string[] =>
  paths.filter((each) => foldPath(each) !== foldPath(path))

/** What a person's rules are once they leave a path out. */
export const leavingOut = (rules: LinkRules, path: string): LinkRules => ({
  ...rules,
  leftOut: [...without(rules.leftOut, path), path],
  sendAnyway: without(rules.sendAnyway, path),
})

/** What they are once a path is sent, whatever else says no. @throws file.left-out of what never is */
export const sending = (rules: LinkRules, path: string): LinkRules => {
  if (isNever(path)) throw new Failure('file.left-out', 'This is never synced.')
  return {
    ...rules,
    leftOut: without(rules.leftOut, path),
    sendAnyway: [...without(rules.sendAnyway, path), path],
  }
}
