// What every place this folder runs in has, and the library of the language alone does not declare.
declare class URLSearchParams {
  getAll(name: string): string[]
}
declare class URL {
  constructor(url: string, base?: string)
  static canParse(url: string): boolean
  readonly href: string
  readonly protocol: string
  readonly host: string
  readonly hostname: string
  readonly port: string
  readonly pathname: string
  readonly username: string
  readonly password: string
  readonly searchParams: URLSearchParams
}
interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}
declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>
  encodeInto(text: string, bytes: Uint8Array): { read: number; written: number }
}
declare class TextDecoder {
  constructor(
    encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252',
    options: { fatal?: boolean; ignoreBOM: boolean },
  )
  decode(bytes: Uint8Array): string
}
/** @throws for what is no base64 */
declare function atob(base64: string): string
