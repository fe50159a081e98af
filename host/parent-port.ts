import { EventEmitter } from 'node:events'
import { countRejections } from './rejections.ts'

/** `process.parentPort` of a utility process, over the channel of `child_process.fork`. */
type Said = { said: unknown }
const waiting: unknown[] = []
const port = Object.assign(new EventEmitter(), {
  postMessage: (message: unknown): void => {
    try {
      process.send?.(structuredClone(message))
    } catch {
      throw new Error('An object could not be cloned.')
    }
  },
})
const hand = (): void => {
  if (port.listenerCount('message') === 0) return
  for (const data of waiting.splice(0)) port.emit('message', { data, ports: [] })
}
process.on('message', ({ said }: Said) => {
  waiting.push(said)
  hand()
})
// As in Electron, what was said before anybody listens waits until somebody does; another event's listener is nobody.
port.on('newListener', (name) => {
  if (name === 'message') process.nextTick(hand)
})
// A utility process does not outlive the main process.
process.on('disconnect', () => process.exit(0))
countRejections('utility')
Object.assign(process, { parentPort: port })
