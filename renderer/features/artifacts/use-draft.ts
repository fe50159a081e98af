import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ArtifactFile, Draft } from '../../../src/contract/artifacts.ts'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { currentAccountId, useAccountId } from '../../data/account.ts'
import { artifactKeys, artifactQueries } from '../../data/artifact-queries.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { beforeLeaving } from '../../data/last-words.ts'
import { queryClient } from '../../data/query-client.ts'
import { DraftKeeper } from './draft-keeper.ts'

const writer = crypto.randomUUID()
const show = (fileId: string, draft: Draft | null): void =>
  void queryClient.setQueryData(artifactKeys.draft(currentAccountId(), fileId), draft)

type Kept = { keeper: DraftKeeper; failure: FailureCode | null; heard: Set<() => void> }
const all = new Map<string, Kept>()
/** Of one file, as long as the window is there: what is on its way outlives the screen it was typed on. */
const keptOf = ({ id: fileId, artifactId }: Pick<ArtifactFile, 'id' | 'artifactId'>): Kept => {
  const known = all.get(fileId)
  if (known) return known
  const kept: Kept = {
    failure: null,
    heard: new Set(),
    keeper: new DraftKeeper({
      writer,
      tell: (draft, at) => {
        show(fileId, draft)
        return desktop.artifacts.keepDraft({ artifactId, fileId, draft, at })
      },
      later: (milliseconds, work) => {
        const timer = setTimeout(work, milliseconds)
        return () => clearTimeout(timer)
      },
      told: (error) => {
        kept.failure = error === null ? null : failureOf(error)
        for (const hear of kept.heard) hear()
      },
    }),
  }
  all.set(fileId, kept)
  return kept
}

const flushAll = () => Promise.all([...all.values()].map(({ keeper }) => keeper.flush()))
const saves = new Set<Promise<void>>()
beforeLeaving(async () => {
  await flushAll()
  if (saves.size === 0) return
  // What could not be saved is a draft again.
  await Promise.all(saves)
  await flushAll()
})

/**
 * What is typed in a file and not saved. It outlives everything: another file, another screen, a session
 * that ends, a crash.
 */
export const useDraft = (file: ArtifactFile) => {
  const kept = keptOf(file)
  const [, hear] = useState(0)
  const query = useQuery(artifactQueries.draft(useAccountId(), file.id))
  useEffect(() => {
    const again = (): void => hear((count) => count + 1)
    kept.heard.add(again)
    return () => {
      kept.heard.delete(again)
      void kept.keeper.flush()
    }
  }, [kept])
  return {
    /** Undefined until it is known. */
    stored: query.data,
    failure: kept.failure,
    typed: (word: () => Draft | null, letters: number) => kept.keeper.typed(word, letters),
    saving: () => kept.keeper.saving(),
    /** It ends, well or not, before the window goes. */
    until: (save: Promise<void>): Promise<void> => {
      const ended = save.finally(() => saves.delete(ended))
      saves.add(ended)
      return ended
    },
    forget: () => {
      kept.keeper.typed(() => null)
      void kept.keeper.flush()
      show(file.id, null)
    },
    saved: () => show(file.id, null),
  }
}
