import { z } from 'zod'
import type { ProxyQuestion } from '../contract/network.ts'
import { parsedJson } from '../domain/parsed-json.ts'

/** Who asks. */
export type ProxyServer = { host: string; port: number; realm: string; scheme: string }
/** As Electron's `login` events tell it; a server may ask by them, too. */
export type ProxyLogin = (
  asking: ProxyServer & { isProxy: boolean },
  answer: (userName?: string, password?: string) => void,
) => void
const credentials = z.object({ userName: z.string(), password: z.string() })
type Credentials = z.infer<typeof credentials>
/** `turn`: the how-manieth it is that is tried with this proxy; who is refused says which it was. */
export type Given = Credentials & { turn: number }

/** The keychain, as far as it is needed here. */
export type Store = {
  read(name: string): Promise<string | null>
  write(name: string, secret: string): Promise<void>
  remove(name: string): Promise<void>
}

type Place = {
  readonly proxy: ProxyServer
  turn: number
  /** The last turn that was refused: what was given until then is handed out no more, or an account is locked. */
  refused: number
  known: Credentials | null
  isKept: boolean
  /** What a question is waited for with; one for all who ask meanwhile. */
  pending: PromiseWithResolvers<Given | null> | null
  question: ProxyQuestion | null
}

/** Characters of what a proxy calls itself. */
const maxRealmLetters = 80
const nameOf = ({ host, port }: ProxyServer): string => `${host}:${port}`
const keyOf = (proxy: ProxyServer): string =>
  `proxy ${nameOf(proxy)} ${proxy.scheme.toLowerCase()} ${proxy.realm.slice(0, maxRealmLetters)}`

/**
 * A proxy's question is put once, however many requests meet it, and is put again, with the reason, only once what
 * was answered has been refused. Who declines is asked no more until somebody wants the network again.
 */
export class ProxySignIn {
  readonly #store: Store
  readonly #changed: () => void
  readonly #places = new Map<string, Place>()
  readonly #declined = new Set<string>()
  #asked = 0

  constructor({ store, changed }: { store: Store; changed: () => void }) {
    this.#store = store
    this.#changed = changed
  }

  get questions(): ProxyQuestion[] {
    return [...this.#places.values()].flatMap(({ question }) => (question ? [question] : []))
  }

  /** The turn that was given last: of a request that nobody can tell from others. */
  turnOf(proxy: ProxyServer): number {
    return this.#places.get(keyOf(proxy))?.turn ?? 0
  }

  /** `refused`: in which turn the request was refused; 0 when it has tried nothing. */
  async signIn(proxy: ProxyServer, refused: number): Promise<Given | null> {
    const key = keyOf(proxy)
    const place = this.#places.get(key) ?? {
      proxy,
      turn: 0,
      refused: 0,
      known: null,
      isKept: false,
      pending: null,
      question: null,
    }
    this.#places.set(key, place)
    place.refused = Math.max(place.refused, refused)
    if (place.pending) return place.pending.promise
    if (place.known && place.turn > place.refused) return { ...place.known, turn: place.turn }
    if (this.#declined.has(nameOf(proxy))) return null
    const pending = Promise.withResolvers<Given | null>()
    place.pending = pending
    const kept = place.turn === 0 ? await this.#kept(key) : null
    if (kept) {
      place.isKept = true
      this.#give(place, kept)
    } else this.#ask(place)
    return pending.promise
  }

  answer(id: string, given: Credentials & { remember: boolean }): void {
    const [key, place] = this.#asking(id)
    if (!place) return
    const { remember, ...answer } = given
    this.#give(place, answer)
    if (remember) void this.#store.write(key, JSON.stringify(answer)).catch(() => {})
    else if (place.isKept) void this.#store.remove(key).catch(() => {})
    place.isKept = remember
  }

  decline(id: string): void {
    const [, place] = this.#asking(id)
    if (!place) return
    this.#declined.add(nameOf(place.proxy))
    // Whatever else the same proxy has asked: the person has said no to it.
    for (const other of this.#places.values()) {
      if (nameOf(other.proxy) !== nameOf(place.proxy) || !other.question) continue
      other.pending?.resolve(null)
      other.pending = null
      other.question = null
    }
    this.#changed()
  }

  /** Somebody wants the network: who declined may have thought better of it. */
  askAgain(): void {
    this.#declined.clear()
  }

  #asking(id: string): [string, Place | null] {
    for (const [key, place] of this.#places) if (place.question?.id === id) return [key, place]
    return ['', null]
  }

  #ask(place: Place): void {
    const { host, port, realm, scheme } = place.proxy
    this.#asked += 1
    place.question = {
      kind: 'proxy',
      id: `proxy-${this.#asked}`,
      host,
      port,
      realm: realm.slice(0, maxRealmLetters),
      isPlain: scheme.toLowerCase() === 'basic',
      userName: place.known?.userName ?? '',
      wasRefused: place.known !== null,
    }
    this.#changed()
  }

  #give(place: Place, known: Credentials): void {
    place.known = known
    place.turn += 1
    place.pending?.resolve({ ...known, turn: place.turn })
    place.pending = null
    if (!place.question) return
    place.question = null
    this.#changed()
  }

  async #kept(key: string): Promise<Credentials | null> {
    const text = await this.#store.read(key).catch(() => null)
    return text === null ? null : (credentials.safeParse(parsedJson(text)).data ?? null)
  }
}
