import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { SessionState } from '../../../src/contract/session.ts'
import type { TransferSettings } from '../../../src/contract/sync.ts'
import {
  type AccountChannel,
  type Channel,
  type EventPayload,
  type Handler,
  needsAccount,
  requests,
} from '../../../src/contract/table.ts'
import { asFailure, Failure } from '../../../src/domain/failure.ts'
import type { MutationFigures } from '../store/mutations.ts'
import { openCurrent } from './account-services.ts'
import type { AccountHandlers, ArtifactService } from './index.ts'

export type Server = { id: string; url: string; publishableKey: string }
/** One account on one server, and the folder of its own. */
export type AccountPlace = { folder: string; server: Server; accountId: string }

/** Read anew each time: who is here when their turn comes counts. */
export type SignedIn = {
  readonly account: { id: string } | null
  readonly state: { status: SessionState['status'] }
}

type Service = Pick<
  ArtifactService,
  | 'mutationFigures'
  | 'handlers'
  | 'preview'
  | 'setOnline'
  | 'pageGone'
  | 'liveInWords'
  | 'ping'
  | 'removeLocalCopies'
  | 'setTransfers'
  | 'close'
>

export type AccountsOptions = {
  /** The folder that has one for each account on each server. */
  folder: string
  open: (place: AccountPlace) => Promise<Service>
  /** Somebody is signed in whose things do not open. */
  failed: (error: unknown) => void
}

/** A request that says whose it is, which is somebody else's. */
const isOfAnother = (argument: unknown, accountId: string | null): boolean =>
  argument instanceof Object && 'accountId' in argument && argument.accountId !== accountId

/** What whoever is signed in has open, and the answers to every request that needs an account. */
export class Accounts {
  readonly #options: AccountsOptions
  readonly #current = openCurrent<Service>()
  /** Whose things are open, or are being opened. */
  #accountId: string | null = null
  /** Why somebody who is signed in has nothing open. */
  #whyNone: Failure | null = null

  constructor(options: AccountsOptions) {
    this.#options = options
  }

  /**
   * Opens the things of an account, or closes what is open where there is none, and has `tell` hear of it afterwards: what
   * a page hears is there already.
   */
  follow(who: SignedIn, server: Server, tell: () => void): Promise<void> {
    return this.#current.turn(async () => {
      await this.#become(who, server).catch((error: unknown) => {
        this.#whyNone = asFailure(error)
        this.#options.failed(error)
      })
      tell()
    })
  }

  /** What of its changes waits for the server, for a report; null: nobody is here. */
  async mutationFigures(): Promise<MutationFigures | null> {
    return (await this.#current.service?.mutationFigures()) ?? null
  }

  async #become({ account, state }: SignedIn, server: Server): Promise<void> {
    this.#whyNone = null
    this.#accountId = account?.id ?? null
    if (!account) return this.#current.become(null)
    const accountId = account.id
    const place = createHash('sha256').update(server.id).digest('hex').slice(0, 16)
    const folder = join(this.#options.folder, place, accountId)
    await this.#current.become({
      key: `${server.id} ${server.url} ${server.publishableKey} ${accountId}`,
      open: () => this.#options.open({ folder, server, accountId }),
    })
    this.#current.service?.setOnline(state.status === 'active')
  }

  /** Every request that needs an account goes to what is open when it comes. */
  readonly handlers: AccountHandlers = this.#forwarded()

  #forwarded(): AccountHandlers {
    const forward = <C extends AccountChannel>(channel: C) => {
      const { signedOut } = requests[channel]
      return async (argument: never) => {
        const handler = this.#current.service?.handlers[channel] as Handler<C> | undefined
        // Made while another account was here: it is nothing of this one's.
        if (handler && isOfAnother(argument, this.#accountId))
          throw new Failure('auth.signed-out', 'Another account is here now.')
        if (handler) return handler(argument)
        if (signedOut) return signedOut.answer
        throw this.#whyNone ?? new Failure('auth.signed-out', 'Nobody is signed in.')
      }
    }
    const channels = (Object.keys(requests) as Channel[]).filter(needsAccount)
    // Each name keeps its own argument and result; the types of a table made by a loop cannot say so.
    return Object.fromEntries(
      channels.map((channel) => [channel, forward(channel)]),
    ) as unknown as AccountHandlers
  }

  /** A file of an artifact by its address: for a page of its own, or as a picture in the application's. */
  readonly preview =
    (place: 'page' | 'picture') =>
    async (request: Request): Promise<Response> =>
      this.#current.service?.preview(request, place) ?? new Response(null, { status: 403 })

  /** Asks the server for a sign of life, now. */
  async ping(): Promise<void> {
    await this.#current.service?.ping()
  }

  /** How the server tells of others' work; for a report. */
  liveInWords(): string {
    return this.#current.service?.liveInWords() ?? 'nobody is signed in'
  }

  /** Nobody hears any more what the server tells. */
  pageGone(): void {
    this.#current.service?.pageGone()
  }

  readonly setTransfers = async (transfers: TransferSettings): Promise<void> => {
    await this.#current.service?.setTransfers(transfers)
  }

  /** Answers why not all could be removed. */
  async removeLocalCopies(): Promise<EventPayload<'app.failure'> | null> {
    try {
      await this.#current.service?.removeLocalCopies()
      return null
    } catch (error) {
      const { code, message } = asFailure(error)
      return { code, message }
    }
  }

  /** Whatever was begun so far is over, however it ended. */
  readonly over = (): Promise<void> => this.#current.over()
  /** The same, or its time is. */
  settled(): Promise<void> {
    return this.#current.settled()
  }
  close(): Promise<void> {
    return this.#current.close()
  }
}
