import { create } from 'zustand'

/** Whether the settings of this computer are open by themselves: for whom the workspace, and its own screen of them, is not there. */
export const useDeviceSettings = create<{ isOpen: boolean }>(() => ({ isOpen: false }))

export const openDeviceSettings = (): void => useDeviceSettings.setState({ isOpen: true })
export const closeDeviceSettings = (): void => useDeviceSettings.setState({ isOpen: false })
