/** What is asked of a server. A body that is a stream is read as it is sent. */
export type TransportRequest = {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
  /** What `fetch` wants to hear of a body that is a stream. */
  duplex?: 'half'
}

/** The bytes of an answer, as they come. `cancel` ends them, and the connection with them. */
export type Incoming = {
  getReader(): {
    read(): Promise<{ done?: boolean | undefined; value?: Uint8Array | undefined }>
    cancel(): Promise<void>
  }
}

/** What came back; a `Response` is one. Whoever asks reads the body to its end or cancels it. */
export type TransportResponse = {
  readonly ok: boolean
  readonly status: number
  /** ‘1.1’, ‘2.0’, where the way to the server tells. */
  readonly httpVersion?: string
  readonly headers: { get(name: string): string | null; has(name: string): boolean }
  readonly body: Incoming | null
}

/**
 * The way to a server: the part of `fetch` that sync needs, without what it costs. Nobody is followed anywhere: what
 * is asked bears a token, and a redirect may lead to whoever its writer likes.
 */
export type Transport = (
  url: string,
  asked: TransportRequest & {
    signal: AbortSignal
    redirect: 'error'
    /** Hears when something here keeps it, a place or the person, and when no more: that is no silence of the server's. */
    waits?: (isWaiting: boolean) => void
  },
) => Promise<TransportResponse>
