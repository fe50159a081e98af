import { z } from 'zod'
import { type DesktopSettings, desktopSettings, whenClosed } from '../contract/desktop.ts'

export const desktopDefaults: DesktopSettings = {
  whenClosed: 'ask',
  tray: true,
  notify: { conflict: true, attention: true, update: true },
  namesInNotices: true,
  spelling: { isOn: false, languages: [] },
  zoom: 0,
}

/** Those of a file: of an older Atelier's, or a damaged one, what can be read holds. */
export const keptDesktopSettings = z
  .object({
    whenClosed: whenClosed.catch(desktopDefaults.whenClosed),
    tray: z.boolean().catch(desktopDefaults.tray),
    notify: z
      .object({
        conflict: z.boolean().catch(true),
        attention: z.boolean().catch(true),
        update: z.boolean().catch(true),
      })
      .catch(desktopDefaults.notify),
    namesInNotices: z.boolean().catch(desktopDefaults.namesInNotices),
    spelling: desktopSettings.shape.spelling.catch(desktopDefaults.spelling),
    zoom: desktopSettings.shape.zoom.catch(desktopDefaults.zoom),
  })
  .catch(desktopDefaults)
