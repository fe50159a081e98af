import { EventEmitter } from 'node:events'

/** `app`: what happens to any part of it is told here. */
export const main = new EventEmitter()
