import { EventEmitter } from 'node:events'

/** `process.parentPort` of a utility process, over the channel of `child_process.fork`. */
const port = Object.assign(new EventEmitter(), {
  postMessage: (message: unknown): void => {
    process.send?.(message)
  },
})
// As in Electron, what was said before anybody listens waits until somebody does.
port.once('newListener', () =>
  process.nextTick(() => process.on('message', (data) => port.emit('message', { data }))),
)
// A utility process does not outlive the main process.
process.on('disconnect', () => process.exit(0))
Object.assign(process, { parentPort: port })
