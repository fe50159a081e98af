import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ArtifactFile, Draft } from '../../../src/contract/artifacts.ts'
import type { FailureCode } from '../../../src/contract/failure.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { queryClient } from '../../data/remembered.ts'

/** The newest word of each file that main has not confirmed yet. */
const pending = new Map<string, Draft | null>()
const writing = new Set<string>()
const keyOf = (fileId: string) => ['draft', fileId]

/** One write at a time per file, each of the newest words: whoever leaves loses what main had no time for, no more. */
const write = async (artifactId: string, fileId: string): Promise<void> => {
  if (writing.has(fileId)) return
  writing.add(fileId)
  try {
    for (let draft = pending.get(fileId); draft !== undefined; draft = pending.get(fileId)) {
      await desktop.artifacts.keepDraft({ artifactId, fileId, draft })
      if (pending.get(fileId) === draft) pending.delete(fileId)
    }
  } finally {
    writing.delete(fileId)
  }
}

/**
 * What is typed in a file and not saved. It outlives everything: another file, another screen, a session
 * that ends, a crash.
 */
export const useDraft = (file: ArtifactFile) => {
  const [failure, setFailure] = useState<FailureCode | null>(null)
  const query = useQuery({
    queryKey: keyOf(file.id),
    queryFn: async () => {
      const stored = await desktop.artifacts.draft({ fileId: file.id })
      const newer = pending.get(file.id)
      return newer === undefined ? stored : newer
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

  const show = (draft: Draft | null): void => {
    queryClient.setQueryData(keyOf(file.id), draft)
  }
  const keep = (draft: Draft | null): void => {
    show(draft)
    pending.set(file.id, draft)
    void write(file.artifactId, file.id).then(
      () => setFailure(null),
      (error: unknown) => setFailure(failureOf(error)),
    )
  }
  /** It was saved, which ended it in main too; what was typed meanwhile stands on what was saved. */
  const saved = (text: string, sha256: string): void => {
    const now = queryClient.getQueryData<Draft | null>(keyOf(file.id)) ?? null
    if (now === null || now.text === text) {
      pending.delete(file.id)
      show(null)
    } else keep({ text: now.text, base: sha256 })
  }
  return { draft: query.data ?? null, failure, keep, saved }
}
