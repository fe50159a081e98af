import { Failure } from '../../domain/failure.ts'
import { foldPath } from '../../domain/file-path.ts'
import { foldersOf, isRespelled } from './case-folding.ts'
import type { ExecutionContext } from './execution-context.ts'
import type { Of, Operation } from './operation.ts'
import { collisionsOf } from './path-collisions.ts'
import type { Intent, KnownFile, Stamp } from './ports.ts'
import { sameStamp } from './stamp.ts'

/** A file has another name now: it is known under it. Its old one may be another's already. */
const renamed = async (
  context: ExecutionContext,
  file: KnownFile,
  to: string,
  stamp: Stamp,
): Promise<void> => {
  const moved = { ...file, path: to, stamp }
  const there = context.state.known.get(file.path)?.stamp
  const left = there !== undefined && sameStamp(there, file.stamp)
  await context.ports.store.saveKnown([moved], left ? [file.path] : [])
  if (left) context.state.known.delete(file.path)
  context.state.known.set(to, moved)
}

/** Answers what did not go. */
export const stepAside = async (
  operations: Of<'step-aside'>[],
  context: ExecutionContext,
): Promise<Operation[]> => {
  const stuck: Operation[] = []
  if (operations.length === 0) return stuck
  const { disk, store } = context.ports
  const steps = operations.map((operation) => ({ operation, id: context.options.newId() }))
  await store.begin(
    steps.flatMap(({ operation: { local, to, fileId }, id }): Intent[] =>
      fileId === null
        ? []
        : [{ id, kind: 'step-aside', fileId, from: local.path, to, identity: local.identity }],
    ),
  )
  for (const { operation, id } of steps) {
    const { local, to, fileId } = operation
    let moved: Stamp | 'changed' = 'changed'
    await context.attempt(operation, local.path, async () => {
      const known = context.state.known.get(local.path)
      if (known) moved = await disk.move(local.path, to, known.stamp)
      if (known && moved !== 'changed') await renamed(context, known, to, moved)
    })
    const went = (moved as Stamp | 'changed') !== 'changed'
    await context.settle({
      intents: [id],
      base: went && fileId !== null ? [{ forget: fileId }] : [],
    })
    if (went) context.result.done += 1
    else {
      context.result.isStale = true
      stuck.push(operation)
    }
    if (went && fileId !== null) context.result.displaced.push(fileId)
  }
  return stuck
}

/** Names the server gave. Those in a circle, or in their own way, go by way of names of ours. */
export const move = async (
  operations: Of<'move'>[],
  context: ExecutionContext,
): Promise<'respelled' | 'done'> => {
  const { disk, store } = context.ports
  if (operations.length === 0) return 'done'
  const there = foldersOf(context.state.known.keys())
  /** Paths that files have now. */
  const entered: string[] = []
  const moved = async (
    { to, base }: Of<'move'>,
    known: KnownFile,
    stamp: Stamp,
    intents: string[],
  ): Promise<void> => {
    entered.push(to)
    await renamed(context, known, to, stamp)
    await context.settle({
      intents,
      base: base ? [{ put: { ...base, identity: stamp.identity } }] : [],
    })
    context.result.done += 1
  }
  let waiting = operations
  for (let went = true; went && waiting.length > 0; ) {
    const sitting = collisionsOf(
      waiting.map(({ to }) => to),
      context.state.known.keys(),
    )
    // Its own folder, or what is to be its own, is as little free as another file's name.
    const isFree = ({ local, to }: Of<'move'>): boolean =>
      (sitting.get(foldPath(to)) ?? []).every(
        ({ path, is }) => path === local.path && is === 'same',
      )
    const free = waiting.filter(isFree)
    waiting = waiting.filter((operation) => !isFree(operation))
    for (const operation of free)
      await context.attempt(operation, operation.local.path, async () => {
        const known = context.state.known.get(operation.local.path)
        const stamp = known ? await disk.move(known.path, operation.to, known.stamp) : 'changed'
        if (!known || stamp === 'changed') context.result.isStale = true
        else await moved(operation, known, stamp, [])
      })
    went = free.length > 0
  }
  const end = (): 'respelled' | 'done' =>
    isRespelled(foldersOf(entered), there) ? 'respelled' : 'done'
  if (waiting.length === 0) return end()
  const swaps = waiting.map((operation) => ({ operation, id: context.options.newId() }))
  await store.begin(
    swaps.map(({ operation: { local, to }, id }) => ({
      id,
      kind: 'swap',
      from: local.path,
      to,
      identity: local.identity,
    })),
  )
  const aside: ((typeof swaps)[number] & { known: KnownFile })[] = []
  for (const swap of swaps)
    await context.attempt(swap.operation, swap.operation.local.path, async () => {
      const known = context.state.known.get(swap.operation.local.path)
      const gone = known ? await disk.setAside(known.path, swap.id, known.stamp) : 'changed'
      if (!known || gone === 'changed') context.result.isStale = true
      else aside.push({ ...swap, known })
    })
  for (const { operation, id, known } of aside) {
    let lost: unknown = null
    await context.attempt(operation, known.path, async () => {
      let why: unknown = null
      const stamp = await disk.bringBack(id, operation.to).catch((error: unknown) => {
        why = error
        return 'changed' as const
      })
      if (stamp !== 'changed') return moved(operation, known, stamp, [id])
      try {
        if ((await disk.bringBack(id, known.path)) === 'changed')
          throw new Failure('file.busy', 'Others took the names that were to be swapped.')
      } catch (error) {
        lost = error
        return
      }
      if (why !== null) throw why
      context.result.isStale = true
    })
    // Its own name is another's meanwhile: it comes back as after a crash, under a third.
    if (lost !== null) throw lost
  }
  await context.settle({ intents: swaps.map(({ id }) => id), base: [] })
  return end()
}
