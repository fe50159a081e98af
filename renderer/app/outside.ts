import { closeDeviceSettings, openDeviceSettings } from '../data/device-settings.ts'
import { isInstalling } from '../data/updates.ts'

let refused = false

/** Somebody is known, and the server lets them into no workspace. */
export const isRefused = (): boolean => refused

/** No workspace is shown: Ctrl/Cmd+, means this computer's settings. Answers what ends it. */
export const stayOutside = (because: { isRefused: boolean }): (() => void) => {
  refused = because.isRefused
  const onKeyDown = (event: KeyboardEvent) => {
    const isMeant = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey
    if (!isMeant || event.key !== ',' || isInstalling()) return
    event.preventDefault()
    openDeviceSettings()
  }
  window.addEventListener('keydown', onKeyDown)
  return () => {
    refused = false
    window.removeEventListener('keydown', onKeyDown)
    // The workspace has all of them.
    closeDeviceSettings()
  }
}
