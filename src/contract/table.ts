import type { z } from 'zod'
import { addingEvents, addingRequests } from './adding.ts'
import { appEvents, appRequests } from './app.ts'
import { artifactEvents, artifactRequests } from './artifacts.ts'
import { backendEvents, backendRequests } from './backend.ts'
import { desktopEvents, desktopRequests } from './desktop.ts'
import { diagnosticsRequests } from './diagnostics.ts'
import { folderEvents, folderRequests } from './folders.ts'
import { leftOutRequests } from './left-out.ts'
import { linkingEvents, linkingRequests } from './linking.ts'
import { liveEvents, liveRequests } from './live.ts'
import { mutationEvents, mutationRequests } from './mutations.ts'
import { networkEvents, networkRequests } from './network.ts'
import { previewEvents, previewRequests } from './preview.ts'
import { recordRequests } from './records.ts'
import { sessionEvents, sessionRequests } from './session.ts'
import { syncEvents, syncRequests } from './sync.ts'
import { transferRequests } from './transfers.ts'
import { updateEvents, updateRequests } from './updates.ts'

/**
 * Where main and renderer meet: the requests and events of every area, each in its area's file. A channel's name is
 * `<area>.<verb>`; the preload turns each into `window.desktop.<area>.<verb>(argument)`, and a module of main answers it
 * (`HandlersOf`).
 */
export const requests = {
  ...appRequests,
  ...backendRequests,
  ...sessionRequests,
  ...recordRequests,
  ...mutationRequests,
  ...artifactRequests,
  ...addingRequests,
  ...previewRequests,
  ...folderRequests,
  ...linkingRequests,
  ...leftOutRequests,
  ...syncRequests,
  ...liveRequests,
  ...diagnosticsRequests,
  ...networkRequests,
  ...transferRequests,
  ...updateRequests,
  ...desktopRequests,
}

export const events = {
  ...appEvents,
  ...backendEvents,
  ...sessionEvents,
  ...mutationEvents,
  ...artifactEvents,
  ...addingEvents,
  ...previewEvents,
  ...folderEvents,
  ...linkingEvents,
  ...syncEvents,
  ...liveEvents,
  ...networkEvents,
  ...updateEvents,
  ...desktopEvents,
}

export type Channel = keyof typeof requests
export type Argument<C extends Channel> = z.infer<(typeof requests)[C]['argument']>
export type Result<C extends Channel> = z.infer<(typeof requests)[C]['result']>
export type EventName = keyof typeof events
export type EventPayload<E extends EventName> = z.infer<(typeof events)[E]['payload']>

type Area<C extends string = Channel> = C extends `${infer A}.${string}` ? A : never
type Verb<C extends string, A extends string> = C extends `${A}.${infer V}` ? V : never

export type Handler<C extends Channel> = (argument: Argument<C>) => Promise<Result<C>>
/** What answers every request of an area, or of several. */
export type HandlersOf<A extends Area> = { [C in Extract<Channel, `${A}.${string}`>]: Handler<C> }
/** The same of one file of an area that has several: `HandlersFor<typeof linkingRequests>`. */
export type HandlersFor<Requests> = { [C in Extract<keyof Requests, Channel>]: Handler<C> }

/** The requests that are answered from what an account has open. */
export type AccountChannel = {
  [C in Channel]: (typeof requests)[C]['needsAccount'] extends true ? C : never
}[Channel]
export const needsAccount = (channel: Channel): channel is AccountChannel =>
  requests[channel].needsAccount

/** What a page may ask for by itself: of what was dropped the preload says where it lies. */
type PageChannel = Exclude<Channel, 'adding.examineDropped'>

/** `window.desktop`: requests by area and verb, and `on(event, listener)` which returns its unsubscribe. */
export type Desktop = {
  [A in Area<PageChannel>]: {
    [V in Verb<PageChannel, A>]: `${A}.${V}` extends infer C extends Channel
      ? Argument<C> extends undefined
        ? () => Promise<Result<C>>
        : (argument: Argument<C>) => Promise<Result<C>>
      : never
  }
} & {
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void
}
