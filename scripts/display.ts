/** Whether a window can be shown; elsewhere than on Linux there always is somewhere. */
export const hasDisplay = (): boolean =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
