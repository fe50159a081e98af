/** Whether the system starts Atelier at a login, and whether its person has yet to allow it there. */
export type LoginState = { startsAtLogin: boolean; needsApproval: boolean }

/** Of what macOS and Windows answer (`app.getLoginItemSettings`). */
export const loginStateOf = (
  platform: string,
  item: { openAtLogin: boolean; executableWillLaunchAtLogin: boolean; status: string },
): LoginState => ({
  // Windows keeps an entry that its Task Manager has switched off.
  startsAtLogin: item.openAtLogin && (platform !== 'win32' || item.executableWillLaunchAtLogin),
  needsApproval: platform === 'darwin' && item.status === 'requires-approval',
})
