import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ArtifactFile, Draft } from '../../../src/contract/artifacts.ts'
import type { FailureCode } from '../../../src/contract/failure.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { queryClient } from '../../data/remembered.ts'
import { DraftKeeper } from './draft-keeper.ts'

const writer = crypto.randomUUID()
const keyOf = (fileId: string) => ['draft', fileId]
const show = (fileId: string, draft: Draft | null): void =>
  void queryClient.setQueryData(keyOf(fileId), draft)

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

/** Who leaves the window, by whatever way, leaves nothing unsaid. */
const leaving = ['blur', 'pagehide', 'beforeunload', 'visibilitychange'] as const
for (const name of leaving)
  addEventListener(
    name,
    () => {
      for (const { keeper } of all.values()) keeper.flush()
    },
    { capture: true },
  )

/**
 * What is typed in a file and not saved. It outlives everything: another file, another screen, a session
 * that ends, a crash.
 */
export const useDraft = (file: ArtifactFile) => {
  const kept = keptOf(file)
  const [, hear] = useState(0)
  const query = useQuery({
    queryKey: keyOf(file.id),
    queryFn: () => desktop.artifacts.draft({ fileId: file.id }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  useEffect(() => {
    const again = (): void => hear((count) => count + 1)
    kept.heard.add(again)
    return () => {
      kept.heard.delete(again)
      kept.keeper.flush()
    }
  }, [kept])
  return {
    /** Undefined until it is known. */
    stored: query.data,
    failure: kept.failure,
    typed: (word: () => Draft | null, letters: number) => kept.keeper.typed(word, letters),
    saving: () => kept.keeper.saving(),
    forget: () => {
      kept.keeper.typed(() => null)
      kept.keeper.flush()
      show(file.id, null)
    },
    saved: () => show(file.id, null),
  }
}
