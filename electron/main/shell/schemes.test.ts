import { expect, test, vi } from 'vitest'
import { declareSchemes } from './protocols.ts'

const { declared } = vi.hoisted(() => ({ declared: [] as Electron.CustomScheme[] }))
vi.mock('electron', () => ({
  protocol: {
    registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) =>
      void declared.push(...schemes),
  },
  app: {},
  net: {},
}))

test('what V8 made of the application’s page is kept, and of no artifact’s', () => {
  declareSchemes()
  expect(
    declared.map(({ scheme, privileges }) => [scheme, privileges?.codeCache ?? false]),
  ).toEqual([
    ['app', true],
    ['artifact', false],
  ])
})
