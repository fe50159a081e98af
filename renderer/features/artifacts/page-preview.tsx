import { t } from '@lingui/core/macro'
import { useEffect, useRef, useState } from 'react'
import type { GoneBecause } from '../../../src/contract/preview.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { ErrorState } from '../../text/error-state.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ScriptsOff } from '../sandbox/index.ts'
import { PreviewNotice } from './preview-notice.tsx'
import { followPlace } from './view-place.ts'

/**
 * The artifact's own page. It is no part of this one: main shows it in a view of its own over this place, in a
 * session without a network. Where the application lays something over it, a picture of it stands in.
 */
export const PagePreview = ({ artifactId, path }: { artifactId: string; path: string }) => {
  const place = useRef<HTMLDivElement>(null)
  const [viewId, setViewId] = useState<string | null>(null)
  const [picture, setPicture] = useState<string | null>(null)
  const [failure, setFailure] = useState<ReturnType<typeof failureOf> | null>(null)
  const [gone, setGone] = useState<GoneBecause | null>(null)
  const [turn, setTurn] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn opens it again.
  useEffect(() => {
    const id = crypto.randomUUID()
    let ended = false
    desktop.preview.open({ viewId: id, artifactId, path }).then(
      () => !ended && setViewId(id),
      (error: unknown) => !ended && setFailure(failureOf(error)),
    )
    const forget = [
      desktop.on('preview.left', (left) => {
        if (left.viewId === id) place.current?.focus()
      }),
      desktop.on('preview.gone', ({ viewId: one, why }) => {
        if (one === id) setGone(why)
      }),
    ]
    return () => {
      ended = true
      for (const each of forget) each()
      setViewId(null)
      setPicture(null)
      setFailure(null)
      setGone(null)
      void desktop.preview.close({ viewId: id }).catch(() => {})
    }
  }, [artifactId, path, turn])

  useEffect(() => {
    if (viewId === null || gone || !place.current) return
    let ended = false
    const stop = followPlace(place.current, async (where) => {
      const seen = await desktop.preview.place({ viewId, place: where })
      if (!ended) setPicture(where ? null : seen)
    })
    return () => {
      ended = true
      stop()
      setPicture(null)
    }
  }, [viewId, gone])

  if (failure) return <ErrorState code={failure} onRetry={() => setTurn(turn + 1)} />
  return (
    <div className="flex h-full flex-col">
      <ScriptsOff />
      {gone && (
        <div className="min-h-0 flex-1">
          <PreviewNotice
            why={gone}
            onReload={() => setTurn(turn + 1)}
            onWait={() => setGone(null)}
          />
        </div>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a button may not be this large a thing to look at. */}
      <div
        ref={place}
        role="button"
        tabIndex={0}
        aria-label={t`Preview of ${path}`}
        aria-description={t`Press Enter to go into the page, and Escape to come back.`}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !viewId) return
          event.preventDefault()
          void desktop.preview.enter({ viewId }).catch(() => {})
        }}
        hidden={gone !== null}
        className="min-h-0 w-full flex-1 overflow-hidden outline-offset-[-2px]"
      >
        {viewId === null ? (
          <Skeleton rows={8} label={t`Opening the preview`} />
        ) : (
          picture && (
            <img src={picture} alt="" className="h-full w-full object-cover object-left-top" />
          )
        )}
      </div>
    </div>
  )
}
