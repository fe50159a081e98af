import './prose.css'
import type { Root } from 'hast'
import { useEffect, useState } from 'react'

/** Milliseconds; then the text is shown as it is written. */
const layoutTimeoutMs = 4_000

type LaidOut = { kind: 'pending' } | { kind: 'page'; page: Root } | { kind: 'refused' }

/** Lays a Markdown text out in a worker of its own: whatever is in it, the window goes on. */
export const useLaidOut = (text: string): LaidOut => {
  const [known, setKnown] = useState<{ text: string; result: LaidOut } | null>(null)
  useEffect(() => {
    const worker = new Worker(new URL('./markdown-worker.ts', import.meta.url), { type: 'module' })
    const end = (result: LaidOut): void => {
      clearTimeout(deadline)
      worker.terminate()
      setKnown({ text, result })
    }
    const deadline = setTimeout(() => end({ kind: 'refused' }), layoutTimeoutMs)
    worker.addEventListener('message', ({ data }: MessageEvent<Root | null>) =>
      end(data ? { kind: 'page', page: data } : { kind: 'refused' }),
    )
    worker.addEventListener('error', () => end({ kind: 'refused' }))
    worker.postMessage(text)
    return () => {
      clearTimeout(deadline)
      worker.terminate()
    }
  }, [text])
  return known?.text === text ? known.result : { kind: 'pending' }
}
