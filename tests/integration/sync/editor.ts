import { randomBytes } from 'node:crypto'
import type { Argument, Channel, Result } from '../../../src/contract/table.ts'
import type { Random } from '../../simulation/random.ts'
import type { Life } from '../killing.ts'
import { big, type openElsewhere } from './elsewhere.ts'
import { type Artifact, sha256 } from './support.ts'

/** What of theirs a person saw and replaced; null when it was nothing. */
type Asked = { what: string; replaces: string | null }

/** A person at the application, and a memory of what it told them to have kept. */
export const openEditor = (
  artifact: Artifact,
  elsewhere: ReturnType<typeof openElsewhere>,
  random: Random,
) => {
  /** Hash of each edit that nothing of the same person took the place of. */
  const owed = new Map<string, string>()
  /** Of whose fate the person heard nothing yet. */
  const open = new Map<string, Asked>()
  const failures = new Set<string>()
  /** What the person wants to be on this computer; null when it died over it. */
  let pinned: boolean | null = false
  let last = 0

  /** Null when it died before it answered, or refused. */
  const ask = async <C extends Channel>(
    life: Life,
    channel: C,
    argument: Argument<C>,
  ): Promise<Result<C> | null> => {
    last += 1
    const id = `answer-${last}`
    life.say(JSON.stringify({ id, channel, argument }))
    await life.hears(() => life.told.has(id) || life.isOver, 60_000)
    const answer = life.told.get(id) as { value?: Result<C>; failure?: string } | undefined
    if (answer?.failure) failures.add(`${channel}: ${answer.failure}`)
    return answer?.value ?? null
  }

  const kept = (hash: string): void => {
    const asked = open.get(hash)
    open.delete(hash)
    if (!asked) return
    owed.set(hash, asked.what)
    if (asked.replaces) owed.delete(asked.replaces)
  }
  const save = async (
    path: string,
    size: number,
    replaces: string | null,
    send: (text: string) => Promise<unknown>,
  ): Promise<void> => {
    const noise = (length: number): Buffer => Buffer.from(randomBytes(length).toString('base64'))
    const bytes = elsewhere.content('here', path, size, noise)
    const hash = sha256(bytes)
    open.set(hash, { what: elsewhere.written.get(hash) ?? '', replaces })
    if ((await send(bytes.toString())) !== null) kept(hash)
  }

  return {
    ask,
    owed,
    failures,
    /** One thing that a person does. */
    act: async (
      life: Life,
      kind = random.weighted({ edit: 6, create: 2, read: 2, pin: 1, run: 1 }) as string,
    ): Promise<void> => {
      const { id: artifactId, projectId } = artifact
      if (kind === 'run') await ask(life, 'sync.run', { projectId, files: 'all' })
      else if (kind === 'pin') {
        const wanted = random.chance(0.7)
        pinned = null
        // A handler that has nothing to say answers nothing.
        if (!(await ask(life, 'sync.pinned', undefined))) return
        await ask(life, 'sync.pin', { projectId, pinned: wanted })
        if (!life.isOver) pinned = wanted
      } else if (kind === 'create') {
        const path = `mine/${random.below(1_000_000)}.txt`
        await save(path, elsewhere.size(), null, (text) =>
          ask(life, 'artifacts.create', { artifactId, path, text }),
        )
      } else {
        const files = await ask(life, 'artifacts.files', { artifactId })
        if (!files || files.length === 0) return
        const file = random.pick(files)
        const shown = await ask(life, 'artifacts.read', { artifactId, fileId: file.id })
        if (kind === 'read' || !shown) return
        const size = kind === 'big' ? big + random.below(big / 4) : elsewhere.size()
        await save(file.path, size, shown.sha256, (text) =>
          ask(life, 'artifacts.edit', {
            artifactId,
            fileId: file.id,
            text,
            baseSha256: shown.sha256,
          }),
        )
      }
    },
    /** What is wrong after a kill, by what is in the outbox and at the server. */
    complaints: (there: ReadonlySet<string>, pins: readonly string[]): string[] => {
      // It was kept, though nobody could be told; or it was not, and what was there before is still owed.
      for (const hash of [...open.keys()])
        if (there.has(hash)) kept(hash)
        else open.delete(hash)
      const found = [...owed].flatMap(([hash, what]) => (there.has(hash) ? [] : [`lost: ${what}`]))
      if (pinned !== null && pins.includes(artifact.projectId) !== pinned)
        found.push(`pinned is not ${pinned}`)
      pinned = pins.includes(artifact.projectId)
      return found
    },
  }
}
