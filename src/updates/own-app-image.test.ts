import { expect, test } from 'vitest'
import { isOfStore, ownAppImageOf } from './own-app-image.ts'

const environment = { APPIMAGE: '/home/ada/Atelier.AppImage', APPDIR: '/tmp/.mount_Atel1' }

test('an AppImage is ours only where this program lies in what it mounted', () => {
  const mounted = '/tmp/.mount_Atel1'
  expect(ownAppImageOf({ executable: `${mounted}/atelier`, mounted, environment })).toBe(
    '/home/ada/Atelier.AppImage',
  )
  for (const executable of ['/opt/Atelier/atelier', `${mounted}2/atelier`])
    expect(ownAppImageOf({ executable, mounted, environment })).toBe(null)
  expect(ownAppImageOf({ executable: '/opt/a', mounted: null, environment })).toBe(null)
  expect(ownAppImageOf({ executable: '/opt/a', mounted: '/', environment })).toBe(null)
})

test('a store is ours only where this program lies in it', () => {
  expect(isOfStore('/opt/Atelier/atelier', { SNAP: '/snap/code/1', FLATPAK_ID: 'x' })).toBe(false)
  expect(isOfStore('/snap/atelier/1/atelier', { SNAP: '/snap/atelier/1' })).toBe(true)
  expect(isOfStore('/app/bin/atelier', { FLATPAK_ID: 'design.atelier' })).toBe(true)
})
