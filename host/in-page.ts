import type { cloneCodec } from './clone.ts'

type Hosted = Window & {
  hostInvoke(channel: string, args: unknown): Promise<{ error?: string; result?: unknown }>
  hostHear?: (channel: string, args: unknown) => void
  hostFiles?: File[]
}
type Listener = (event: object, ...args: unknown[]) => void
type Plain = Record<string, unknown>

/**
 * What `require('electron')` is to a preload, and the bridge between it and its page: values are copied each way,
 * though here both live in one world. One function without a word from outside, since it runs in pages.
 */
export const electronInPage = (codec: ReturnType<typeof cloneCodec>, fileToken: string) => {
  const page = window as unknown as Hosted & Plain
  const listeners = new Map<string, Listener[]>()
  const originals = new WeakMap<object, object>()
  const isDom = (value: object): boolean => value instanceof Element || value instanceof Blob
  const isPlain = (value: object): boolean => {
    const kinds = [Date, RegExp, Map, Set, WeakMap, WeakSet, ArrayBuffer, Promise, Error]
    return !kinds.some((kind) => value instanceof kind) && !ArrayBuffer.isView(value)
  }
  const copyError = (error: unknown): unknown =>
    error instanceof Error ? new Error(error.message) : copy(error)
  const wrap = (run: (...args: unknown[]) => unknown, receiver: unknown): object => {
    const known = originals.get(run)
    if (known) return known
    const wrapped = (...args: unknown[]): unknown => {
      const given = args.map((each) => copy(each))
      let result: unknown
      try {
        result = run.apply(receiver, given)
      } catch (error) {
        throw new Error(error instanceof Error ? error.message : 'An unknown exception occurred')
      }
      return copy(result)
    }
    originals.set(wrapped, run)
    return wrapped
  }
  const copy = (value: unknown, receiver: unknown = undefined): unknown => {
    if (typeof value === 'function') return wrap(value as () => unknown, receiver)
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Promise)
      return value.then(
        (result) => copy(result),
        (error) => {
          throw copyError(error)
        },
      )
    if (value instanceof Error) return copyError(value)
    if (Array.isArray(value)) return value.map((each) => copy(each, value))
    if (isDom(value)) return value
    if (isPlain(value))
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, copy(inner, value)]),
      )
    return codec.decode(codec.encode(value))
  }
  const freeze = <T>(value: T): T => {
    if (typeof value !== 'object' || value === null || isDom(value)) return value
    for (const inner of Object.values(value)) freeze(inner)
    return ArrayBuffer.isView(value) ? value : Object.freeze(value)
  }
  const electron = {
    contextBridge: {
      exposeInMainWorld: (key: string, api: unknown): void => {
        if (Object.hasOwn(page, key))
          throw new Error('Cannot bind an API on top of an existing property on the window object')
        Object.defineProperty(page, key, { value: freeze(copy(api)), enumerable: true })
      },
      executeInMainWorld: ({ func, args = [] }: { func: () => unknown; args?: unknown[] }) =>
        copy(func(...(args.map((each) => copy(each)) as []))),
    },
    webUtils: {
      getPathForFile: (file: unknown): string => {
        if (!(file instanceof File)) throw new TypeError('not a File')
        page.hostFiles = [...(page.hostFiles ?? []), file]
        return `${fileToken}${page.hostFiles.length - 1}`
      },
    },
    ipcRenderer: {
      invoke: async (channel: string, ...args: unknown[]): Promise<unknown> => {
        const { error, result } = await page.hostInvoke(channel, codec.encode(args))
        if (error) throw new Error(`Error invoking remote method '${channel}': ${error}`)
        return codec.decode(result)
      },
      on: (channel: string, listener: Listener): object => {
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
        return electron.ipcRenderer
      },
    },
  }
  const hear = (channel: string, args: unknown): void => {
    for (const listener of listeners.get(channel) ?? [])
      listener({ sender: electron.ipcRenderer, ports: [] }, ...(codec.decode(args) as unknown[]))
  }
  return { electron, hear }
}
