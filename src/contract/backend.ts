import { backendChoice, backendState } from './app.ts'
import { event, nothing, request } from './ipc.ts'

export const backendRequests = {
  'backend.state': request(nothing, backendState),
  'backend.choose': request(backendChoice, backendState),
  /** Starts the embedded backend again, or asks the server again; the way out of being offline. */
  'backend.retry': request(nothing, backendState),
  'backend.forget': request(nothing, backendState),
}

export const backendEvents = {
  'backend.changed': event(backendState),
}
