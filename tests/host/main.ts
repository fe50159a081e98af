import { launched } from './electron.ts'

/** The entry of the built application, and what Electron does after it. */
await import(new URL('../../out/main/index.js', import.meta.url).href)
launched()
