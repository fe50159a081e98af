type Environment = Readonly<Record<string, string | undefined>>

export type Start = {
  /** The program's file, links followed. */
  executable: string
  /** What APPDIR names, links followed; null where that is nothing. */
  mounted: string | null
  environment: Environment
}

const isInside = (path: string, folder: string): boolean =>
  folder.length > 1 && path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)

/**
 * The AppImage that this very program was started from. A terminal that is an AppImage hands its own on to whatever is
 * started in it: that one is not ours to replace, to start, or to name to the system.
 */
export const ownAppImageOf = ({ executable, mounted, environment }: Start): string | null =>
  mounted !== null && isInside(executable, mounted) ? (environment.APPIMAGE ?? null) : null

/** Of snap or flatpak themselves, and not only of something that was started in one. */
export const isOfStore = (executable: string, { SNAP, FLATPAK_ID }: Environment): boolean =>
  (SNAP !== undefined && isInside(executable, SNAP)) ||
  (Boolean(FLATPAK_ID) && isInside(executable, '/app'))
