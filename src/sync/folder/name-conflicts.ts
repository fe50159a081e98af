import { foldPath } from '../../domain/file-path.ts'
import { type LocalFile, type Operation, placeOf } from './operation.ts'
import { collisionsOf, meetingAny } from './path-collisions.ts'
import type { Decided, Trees } from './trees.ts'

/** Where an operation wants to put a file on this disk. */
const targetOf = (operation: Operation): string | null =>
  operation.kind === 'move'
    ? operation.to
    : operation.kind === 'download' && !operation.over
      ? placeOf(operation)
      : null
const targetsOf = (operations: readonly Operation[]): string[] =>
  operations.flatMap((each) => targetOf(each) ?? [])

/** What may be done while these stay where they are: nobody takes a name that was to be free by then. */
export const freeOf = (stuck: readonly Operation[]): ((operation: Operation) => boolean) => {
  const isHeld = meetingAny(
    stuck.flatMap((each) =>
      each.kind === 'step-aside' || each.kind === 'move' ? [each.local.path] : [],
    ),
  )
  return (operation) => {
    const target = targetOf(operation)
    return target === null || !isHeld(target)
  }
}

const leavingBy = (operations: readonly Operation[]): LocalFile[] =>
  operations.flatMap((each) =>
    each.kind === 'move' || each.kind === 'step-aside' ? [each.local] : [],
  )

/**
 * One name, one file, and no file where a folder is: whoever sits where the server has another file, or a folder, gives
 * way. A file that comes where a folder is gets another name itself, for all. What cannot go where it should in this
 * round waits for the next.
 */
export const settleNames = (
  trees: Trees,
  decided: Decided,
  nameFor: (path: string) => string,
): Operation[] => {
  const targets = targetsOf(decided.operations)
  if (targets.length === 0 && !decided.operations.some(({ kind }) => kind === 'step-aside'))
    return decided.operations
  const all = [...trees.local, ...(trees.standing?.(targets) ?? [])]
  const files = new Map(all.map((file) => [file.path, file]))
  const sitting = collisionsOf(targets, files.keys())
  const going = new Set(
    [...decided.operations, ...decided.deletions].flatMap((each) =>
      each.kind === 'discard' ? [each.local] : [],
    ),
  )
  const stepping: Operation[] = []
  const yielding = new Set<Operation>()
  let kept = decided.operations
  for (;;) {
    const leaving = new Set(leavingBy([...stepping, ...kept]))
    const coming = collisionsOf(targets, targetsOf(kept))
    const possible = kept.filter((operation) => {
      const target = targetOf(operation)
      if (target === null) return true
      if (trees.isUnknown({ path: target, identity: '' }) || trees.isClosed?.(target)) return false
      const sitters = (sitting.get(foldPath(target)) ?? []).flatMap(({ path, is }) => {
        const file = files.get(path)
        return file && !leaving.has(file) ? [{ file, is }] : []
      })
      // They go themselves, once deletions are done.
      if (sitters.some(({ file }) => going.has(file))) return false
      const isFolder =
        sitters.some(({ is }) => is === 'below') ||
        coming.get(foldPath(target))?.some(({ is }) => is === 'below') === true
      // Where nothing remembers which name it was to have, it would get one more with each round.
      if (isFolder && operation.kind === 'move' && !operation.base) return false
      if (isFolder) yielding.add(operation)
      for (const { file, is } of sitters)
        if (is === 'above' || (is === 'same' && !isFolder)) {
          leaving.add(file)
          stepping.push({ kind: 'step-aside', local: file, to: '', fileId: null })
        }
      return true
    })
    // Whoever does not go after all is still in the way of others.
    if (possible.length === kept.length) break
    kept = possible
  }
  const aside = new Set(
    leavingBy([...stepping, ...kept].filter(({ kind }) => kind === 'step-aside')),
  )
  // What gives way in this round is looked at under its new name in the next.
  const stays = (each: Operation): boolean =>
    !((each.kind === 'put' || each.kind === 'set-executable') && aside.has(each.local)) &&
    !(each.kind === 'download' && each.over && aside.has(each.over))
  return [...stepping, ...kept.filter(stays)].map((operation) => {
    if (operation.kind === 'step-aside') return { ...operation, to: nameFor(operation.local.path) }
    if (!yielding.has(operation)) return operation
    if (operation.kind === 'move') return { ...operation, to: nameFor(operation.to) }
    return operation.kind === 'download'
      ? { ...operation, at: nameFor(operation.remote.path) }
      : operation
  })
}
