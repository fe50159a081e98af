import { nothing, request } from './ipc.ts'
import { transferSettings } from './sync.ts'

export const transferRequests = {
  /** Of this computer, whoever is signed in. A change holds at once, for what is under way too. */
  'transfers.settings': request(nothing, transferSettings),
  'transfers.change': request(transferSettings.partial(), transferSettings),
}
