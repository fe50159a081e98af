import { flowLifetimeMs } from '../../../src/session/flow.ts'
import type { WayBack } from '../../../src/session/loopback.ts'
import { logged } from '../../log/log.ts'
import { type LoopbackListener, listenForAnswer } from './loopback.ts'

/**
 * Where the browser's answer to a flow will come. Of one flow at a time: the next one, its answer, its end or its ten
 * minutes close what waited for it.
 */
export const openWayBack = (options: {
  by: () => WayBack
  answered: (link: string) => void
  /** The server is told where a sign-in may end now: null, by the scheme alone. */
  allow: (port: number | null) => Promise<void>
}) => {
  let waiting: LoopbackListener | null = null
  const close = (): void => {
    waiting?.close()
    waiting = null
    void options.allow(null).catch(logged('links', 'The server still allows a way back'))
  }
  /** In turn: of two at once the first would listen on, and nobody close it. */
  let last: Promise<unknown> = Promise.resolve()
  const listen = (flow: string, port?: number): Promise<number | null> => {
    const turn = last.then(() => begin(flow, port))
    last = turn.catch(() => {})
    return turn
  }
  const begin = async (flow: string, port?: number): Promise<number | null> => {
    close()
    const listener = await listenForAnswer({
      flow,
      ...(port === undefined ? {} : { port }),
      lifetimeMs: flowLifetimeMs,
      answered: (link) => {
        if (waiting === listener) close()
        options.answered(link)
      },
      ended: () => {
        if (waiting === listener) close()
      },
    })
    waiting = listener
    if (listener) await options.allow(listener.port)
    return listener?.port ?? null
  }
  return {
    /** The port to come back to; null where the system hands the link over, or none was to be had. */
    open: async (flow: string): Promise<number | null> => {
      if (options.by() === 'loopback') return listen(flow)
      close()
      return null
    },
    /** A flow of an earlier run goes on at its port, where nobody else took that. */
    reopen: async (flow: string, port: number): Promise<void> => void (await listen(flow, port)),
    close,
  }
}
