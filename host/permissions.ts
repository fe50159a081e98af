import type { BrowserContext, Frame } from 'playwright-core'
import { toCustom } from './addresses.ts'
import { ownerOf } from './contents.ts'

type Handlers = {
  request: Parameters<Electron.Session['setPermissionRequestHandler']>[0]
  check: Parameters<Electron.Session['setPermissionCheckHandler']>[0]
}
type Details = Record<string, unknown>

/**
 * Runs in a page before anything of its own: what Chromium would ask its person main is asked. What a frame may not even
 * ask is Chromium's business, as before; of places, devices and notifications there are none here, once they are allowed.
 */
const askMain = (): void => {
  if (!isSecureContext) return
  type Ask = (kind: keyof Handlers, permission: string, details: Details) => Promise<boolean>
  const ask: Ask = (...asked) =>
    (window as unknown as { hostPermission: Ask }).hostPermission(...asked)
  const { featurePolicy } = document as unknown as {
    featurePolicy?: { allowsFeature(name: string): boolean }
  }
  const mayAsk = (feature: string): boolean => featurePolicy?.allowsFeature(feature) ?? true
  const set = (owner: object | undefined, name: string, value: unknown): void => {
    if (owner) Object.defineProperty(owner, name, { configurable: true, value })
  }
  const refused = (message: string): DOMException => new DOMException(message, 'NotAllowedError')

  const { permissions, geolocation, mediaDevices, clipboard } = navigator
  const names: Record<string, [permission: string, details: Details]> = {
    geolocation: ['geolocation', {}],
    notifications: ['notifications', {}],
    camera: ['media', { mediaType: 'video' }],
    microphone: ['media', { mediaType: 'audio' }],
    midi: ['midi', {}],
    'clipboard-read': ['clipboard-read', {}],
    'clipboard-write': ['clipboard-sanitized-write', {}],
  }
  const query = permissions?.query.bind(permissions)
  set(permissions, 'query', async (descriptor: PermissionDescriptor) => {
    const status = await query(descriptor)
    const known = names[descriptor.name]
    if (!known) return status
    const isGranted = await ask('check', ...known)
    // Nobody is prompted: it is the one or the other.
    set(status, 'state', isGranted ? 'granted' : 'denied')
    return status
  })

  const locate = (_found: PositionCallback, failed?: PositionErrorCallback | null): void => {
    const isAskable = mayAsk('geolocation')
    void (isAskable ? ask('request', 'geolocation', {}) : Promise.resolve(false)).then(
      (isGranted) =>
        failed?.({
          code: isGranted ? 2 : 1,
          message: isGranted ? 'There is no place here' : 'User denied Geolocation',
          PERMISSION_DENIED: 1,
          POSITION_UNAVAILABLE: 2,
          TIMEOUT: 3,
        }),
    )
  }
  set(geolocation, 'getCurrentPosition', locate)
  set(geolocation, 'watchPosition', (...given: Parameters<typeof locate>) => {
    locate(...given)
    return 1
  })

  set(mediaDevices, 'getUserMedia', async ({ audio, video }: MediaStreamConstraints = {}) => {
    const mediaTypes = [...(audio ? ['audio'] : []), ...(video ? ['video'] : [])]
    if (mediaTypes.length === 0)
      throw new TypeError('At least one of audio and video must be requested')
    if (
      !mayAsk(video ? 'camera' : 'microphone') ||
      !(await ask('request', 'media', { mediaTypes }))
    )
      throw refused('Permission denied')
    throw new DOMException('Requested device not found', 'NotFoundError')
  })

  const guarded = (name: 'read' | 'readText' | 'write' | 'writeText'): void => {
    const own = clipboard?.[name]?.bind(clipboard) as ((...given: unknown[]) => unknown) | undefined
    const permission = name.startsWith('read') ? 'clipboard-read' : 'clipboard-sanitized-write'
    if (own)
      set(clipboard, name, async (...given: unknown[]) => {
        if (!(await ask('request', permission, {})))
          throw refused(`${name.startsWith('read') ? 'Read' : 'Write'} permission denied.`)
        return own(...given)
      })
  }
  for (const name of ['read', 'readText', 'write', 'writeText'] as const) guarded(name)

  if (typeof Notification !== 'undefined') {
    let known: NotificationPermission = 'denied'
    const learn = (isGranted: boolean): NotificationPermission => {
      known = isGranted ? 'granted' : 'denied'
      return known
    }
    // Chromium answers at once; here a later look shows what main said.
    Object.defineProperty(Notification, 'permission', {
      configurable: true,
      get: () => {
        void ask('check', 'notifications', {}).then(learn, () => {})
        return known
      },
    })
    set(Notification, 'requestPermission', async (told?: NotificationPermissionCallback) => {
      const answer = learn(await ask('request', 'notifications', {}))
      told?.(answer)
      return answer
    })
  }
}

/** What a session's pages are allowed: everything, until main says otherwise. */
export class Permissions {
  readonly handlers: Handlers = { request: null, check: null }

  async #mayDo(
    frame: Frame,
    kind: keyof Handlers,
    permission: string,
    details: Details,
  ): Promise<boolean> {
    const contents = ownerOf(frame) as Electron.WebContents | null
    const requestingUrl = toCustom(frame.url())
    const about = { ...details, requestingUrl, isMainFrame: frame.parentFrame() === null } as never
    const { request, check } = this.handlers
    if (kind === 'check') {
      const origin = URL.canParse(frame.url()) ? `${toCustom(new URL(frame.url()).origin)}/` : ''
      return check ? Boolean(check(contents, permission as never, origin, about)) : true
    }
    if (!request) return true
    if (!contents) return false
    return new Promise((done) =>
      request(contents, permission as never, (isGranted) => done(Boolean(isGranted)), about),
    )
  }
  /** Before its first page. */
  async follow(context: BrowserContext): Promise<void> {
    await context.exposeBinding(
      'hostPermission',
      ({ frame }, kind: keyof Handlers, permission: string, details: Details) =>
        this.#mayDo(frame, kind, permission, details),
    )
    await context.addInitScript(askMain)
  }
}
