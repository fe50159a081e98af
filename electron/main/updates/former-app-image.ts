import { copyFile, link, rename, rm } from 'node:fs/promises'

const formerOf = (appImage: string): string => `${appImage}.former`

/**
 * electron-updater removes the AppImage before it puts the new one in its place: whoever is cut off in between would
 * have none. A second name for the same file costs nothing; a disk that knows no second names gets a copy.
 */
export const keepFormerAppImage = async (appImage: string): Promise<void> => {
  const former = formerOf(appImage)
  await rm(former, { force: true })
  await link(appImage, former).catch(() => copyFile(appImage, former))
}

/** The new one runs. */
export const forgetFormerAppImage = (appImage: string): Promise<void> =>
  rm(formerOf(appImage), { force: true })

/** The new one did not come. */
export const bringBackFormerAppImage = (appImage: string): Promise<void> =>
  rename(formerOf(appImage), appImage)
