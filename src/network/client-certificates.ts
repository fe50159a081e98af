import type { CertificateQuestion } from '../contract/network.ts'

/** A certificate of this computer, as far as a person tells them apart. */
export type Certificate = {
  fingerprint: string
  subjectName: string
  issuerName: string
  /** Seconds since the epoch. */
  validExpiry: number
}

export type CertificateFailure = 'network.certificate-wanted' | 'network.certificate-refused'

type Place = {
  /** The person's choice in this run; null is one, too. */
  chosen: string | null | undefined
  pending: PromiseWithResolvers<string | null> | null
  question: CertificateQuestion | null
  /** What was given last; null: none. */
  given: string | null
  /** The server did not let in whoever came with that. */
  isRefused: boolean
  /** Nothing that is known is given before the person has said it again. */
  isAskedAnew: boolean
}

/**
 * Which certificate a server is shown is the person's to say: it tells the server who they are. Nobody's is shown
 * by itself, and who shows none to a server, or one that it refuses, is not asked for it again until somebody wants
 * the network again.
 */
export class ClientCertificates {
  readonly #remembered: (host: string) => string | null
  readonly #remember: (host: string, fingerprint: string | null) => void
  readonly #changed: () => void
  readonly #places = new Map<string, Place>()
  readonly #listeners = new Map<string, Set<(isAsked: boolean) => void>>()
  #asked = 0

  constructor(options: {
    /** What was chosen for good, by its fingerprint. */
    remembered: (host: string) => string | null
    remember: (host: string, fingerprint: string | null) => void
    changed: () => void
  }) {
    this.#remembered = options.remembered
    this.#remember = options.remember
    this.#changed = options.changed
  }

  get questions(): CertificateQuestion[] {
    return [...this.#places.values()].flatMap(({ question }) => (question ? [question] : []))
  }

  /** Of the ones that the server would take. `host` is with its port. */
  async choose<C extends Certificate>(host: string, offered: readonly C[]): Promise<C | null> {
    const place: Place = this.#places.get(host) ?? {
      chosen: undefined,
      pending: null,
      question: null,
      given: null,
      isRefused: false,
      isAskedAnew: false,
    }
    this.#places.set(host, place)
    const named = (fingerprint: string | null | undefined): C | null => {
      const known = offered.find((each) => each.fingerprint === fingerprint) ?? null
      place.given = known?.fingerprint ?? null
      return known
    }
    if (place.pending) return named(await place.pending.promise)
    if (place.chosen === null) return named(null)
    const refused = place.isAskedAnew ? place.given : null
    const known = named(place.isAskedAnew ? null : (place.chosen ?? this.#remembered(host)))
    if (known || offered.length === 0) return known
    const pending = Promise.withResolvers<string | null>()
    place.pending = pending
    this.#asked += 1
    place.question = {
      kind: 'certificate',
      id: `certificate-${this.#asked}`,
      host,
      certificates: offered.map(({ fingerprint, subjectName, issuerName, validExpiry }) => ({
        fingerprint,
        subject: subjectName,
        issuer: issuerName,
        validUntil: new Date(validExpiry * 1000).toISOString(),
        wasRefused: fingerprint === refused,
      })),
    }
    this.#tell(host, true)
    return named(await pending.promise)
  }

  answer(id: string, { fingerprint, remember }: { fingerprint: string; remember: boolean }): void {
    for (const [host, place] of this.#places) {
      const isOffered = place.question?.certificates.some(
        (each) => each.fingerprint === fingerprint,
      )
      if (place.question?.id !== id || !isOffered) continue
      this.#remember(host, remember ? fingerprint : null)
      this.#settle(host, place, fingerprint)
    }
  }

  decline(id: string): void {
    for (const [host, place] of this.#places)
      if (place.question?.id === id) this.#settle(host, place, null)
  }

  /** Calls back when the person is asked for one for that host, and when no more; answers how to stop that. */
  follow(host: string, heard: (isAsked: boolean) => void): () => void {
    const listeners = this.#listeners.get(host) ?? new Set()
    this.#listeners.set(host, listeners.add(heard))
    return () => {
      listeners.delete(heard)
      if (listeners.size === 0) this.#listeners.delete(host)
    }
  }

  askAgain(): void {
    for (const place of this.#places.values()) {
      if (place.pending || !(place.isRefused || place.chosen === null)) continue
      place.isAskedAnew = place.isRefused
      place.chosen = undefined
    }
  }

  /** A server that asked did not let in what came: for want of a certificate, or for another one. Null: it asked for none. */
  refused(host: string): CertificateFailure | null {
    const place = this.#places.get(host)
    if (!place) return null
    place.isRefused = true
    return place.given === null ? 'network.certificate-wanted' : 'network.certificate-refused'
  }

  taken(host: string): void {
    const place = this.#places.get(host)
    if (place) place.isRefused = false
  }

  /** What was chosen for that host in this run. */
  forget(host: string): void {
    const place = this.#places.get(host)
    if (place && !place.pending) place.chosen = undefined
  }

  #settle(host: string, place: Place, chosen: string | null): void {
    place.chosen = chosen
    place.isRefused = false
    place.isAskedAnew = false
    place.question = null
    place.pending?.resolve(chosen)
    place.pending = null
    this.#tell(host, false)
  }

  #tell(host: string, isAsked: boolean): void {
    for (const heard of this.#listeners.get(host) ?? []) heard(isAsked)
    this.#changed()
  }
}
