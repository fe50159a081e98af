import { expect, test, vi } from 'vitest'

vi.mock('electron', () => ({ nativeTheme: {} }))
const { overlayOf } = await import('./title-bar.ts')

test('what the system paints over the page is as high as the page’s bar, at every zoom', () => {
  expect(overlayOf(true).height).toBe(43)
  expect(overlayOf(true, 1.2).height).toBe(52)
  expect(overlayOf(false, 0.5).height).toBe(22)
})
