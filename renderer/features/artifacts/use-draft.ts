import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ArtifactFile, Draft } from '../../../src/contract/artifacts.ts'
import type { FailureCode } from '../../../src/contract/failure.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { queryClient } from '../../data/remembered.ts'

/** Milliseconds between the last key and the draft's being on the disk. */
const patience = 300
type Pending = { timer: number; write: () => Promise<void>; draft: Draft | null }
const pending = new Map<string, Pending>()
const keyOf = (fileId: string) => ['draft', fileId]

const forget = (fileId: string): void => {
  const waiting = pending.get(fileId)
  if (waiting) clearTimeout(waiting.timer)
  pending.delete(fileId)
}

// A window that closes or is loaded again does not wait for the last words.
window.addEventListener('pagehide', () => {
  for (const { write } of [...pending.values()]) void write()
})

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
      return newer ? newer.draft : stored
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

  const show = (draft: Draft | null): void => {
    queryClient.setQueryData(keyOf(file.id), draft)
  }
  const keep = (draft: Draft | null): void => {
    forget(file.id)
    show(draft)
    const write = async (): Promise<void> => {
      await desktop.artifacts
        .keepDraft({ artifactId: file.artifactId, fileId: file.id, draft })
        .then(() => setFailure(null))
        .catch((error: unknown) => setFailure(failureOf(error)))
      if (pending.get(file.id)?.write === write) forget(file.id)
    }
    const timer = window.setTimeout(() => void write(), draft ? patience : 0)
    pending.set(file.id, { timer, write, draft })
  }
  /** It was saved, which ended it in main too; what was typed meanwhile stands on what was saved. */
  const saved = (text: string, sha256: string): void => {
    const now = queryClient.getQueryData<Draft | null>(keyOf(file.id)) ?? null
    if (now === null || now.text === text) {
      forget(file.id)
      show(null)
    } else keep({ text: now.text, base: sha256 })
  }
  return { draft: query.data ?? null, failure, keep, saved }
}
