import { EventEmitter } from 'node:events'
import type { WebContents } from './contents.ts'

/** `app`: what happens to any part of it is told here. */
type Created = {
  on(event: 'web-contents-created', heard: (event: object, contents: WebContents) => void): unknown
}
export const main: Created & EventEmitter = new EventEmitter()
