import { t } from '@lingui/core/macro'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { ArtifactFile, Draft } from '../../../src/contract/artifacts.ts'
import type { FailureCode } from '../../../src/domain/failure.ts'
import type { TextEncoding } from '../../../src/domain/text-encoding.ts'
import { useAccountId } from '../../data/account.ts'
import { artifactKeys, artifactQueries } from '../../data/artifact-queries.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { announce } from '../../ui/live-region.tsx'
import { useDraft } from './use-draft.ts'

/** The text of one file (its id as key), what is typed over it, and the saving of it. */
export const useEditing = (file: ArtifactFile, isWanted: boolean) => {
  const client = useQueryClient()
  const account = useAccountId()
  const draft = useDraft(file)
  const { stored } = draft
  const content = useQuery({
    ...artifactQueries.content(account, file),
    enabled: isWanted,
    // What comes from others while somebody types takes the place of what is shown, and not the editor away.
    placeholderData: keepPreviousData,
  })
  const text = content.data?.kind === 'text' ? content.data : null
  const [changed, setChanged] = useState<boolean | null>(null)
  const [saveFailure, setFailure] = useState<FailureCode | null>(null)
  /** Counts how often what was typed was thrown away. */
  const [discarded, setDiscarded] = useState(0)
  const saves = useRef(0)
  /** The bytes that what is typed began with. */
  const base = useRef<string | null>(null)
  const word = useRef<() => Draft | null>(() => null)
  const isChanged = changed ?? (stored !== undefined && stored !== null)

  /** What was saved here is what is there, though the list of files does not say so yet. */
  const saved = useRef<{ over: string; sha256: string } | null>(null)
  const here = saved.current?.over === text?.sha256 ? saved.current?.sha256 : text?.sha256
  // What arrives while somebody types does not become what they began with.
  if (changed === null && stored) base.current = stored.base
  else if (here && !isChanged) base.current = here

  const onChange = (now: boolean, read: () => string): void => {
    setChanged(now)
    word.current = () => (now && base.current ? { text: read(), base: base.current } : null)
    draft.typed(() => word.current(), text?.text.length ?? 0)
  }
  const saveNow = async (read: () => string, encoding?: TextEncoding): Promise<void> => {
    if (!base.current || !text) return
    const saving = { text: read(), baseSha256: base.current, encoding: encoding ?? text.encoding }
    const at = draft.saving()
    const before = word.current
    saves.current += 1
    const mine = saves.current
    try {
      const answer = await desktop.artifacts.edit({
        ...saving,
        artifactId: file.artifactId,
        fileId: file.id,
        at,
      })
      client.setQueryData(artifactKeys.content(account, file.id, answer.sha256), {
        kind: 'text',
        text: saving.text,
        sha256: answer.sha256,
        encoding: saving.encoding,
        isExact: true,
      })
      saved.current = { over: text.sha256, sha256: answer.sha256 }
      base.current = answer.sha256
      // A later save has its own say: told again after it, what it saved would be a draft.
      if (mine === saves.current) {
        if (word.current === before) {
          word.current = () => null
          setChanged(false)
          draft.saved()
        }
        // What was typed meanwhile stands on what was saved; that nothing was is told as well.
        draft.typed(() => word.current(), saving.text.length)
      }
      await client.invalidateQueries({ queryKey: artifactKeys.files(account, file.artifactId) })
      setFailure(null)
      announce(t`Saved`)
    } catch (error) {
      setFailure(failureOf(error))
      draft.typed(() => word.current(), saving.text.length)
    }
  }
  const save = (read: () => string, encoding?: TextEncoding): Promise<void> =>
    draft.until(saveNow(read, encoding))
  const discard = (): void => {
    word.current = () => null
    draft.forget()
    setChanged(false)
    setDiscarded(discarded + 1)
  }
  return {
    content,
    text,
    isChanged,
    isReady: stored !== undefined,
    start: stored?.text,
    discarded,
    failure: saveFailure ?? draft.failure,
    onChange,
    save,
    discard,
    /** What is typed now; null when that is nothing. */
    typed: () => word.current() ?? stored ?? null,
  }
}
