import { expect, test, vi } from 'vitest'
import { denyPermissions } from './permissions.ts'

const handlers = vi.hoisted(() => ({
  request: (..._asked: unknown[]): void => {},
  check: (..._asked: unknown[]): boolean => true,
}))
vi.mock('electron', () => ({
  session: {
    defaultSession: {
      setPermissionRequestHandler: (handler: typeof handlers.request) => {
        handlers.request = handler
      },
      setPermissionCheckHandler: (handler: typeof handlers.check) => {
        handlers.check = handler
      },
    },
  },
}))

test('a page is given nothing but what it copies', () => {
  denyPermissions()
  const given = (permission: string): boolean[] => {
    let answered: boolean | null = null
    handlers.request({}, permission, (isGiven: boolean) => {
      answered = isGiven
    })
    return [answered ?? false, handlers.check({}, permission)]
  }
  expect(given('clipboard-sanitized-write')).toEqual([true, true])
  for (const permission of ['geolocation', 'notifications', 'media', 'clipboard-read', 'midi'])
    expect(given(permission), permission).toEqual([false, false])
})
