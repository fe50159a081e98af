import { wayBackBy } from '../../../src/session/loopback.ts'
import { logged } from '../../log/log.ts'
import { ownAppImage } from '../own-app-image.ts'
import { introduceAppImage } from './app-image.ts'
import { openWayBack } from './way-back.ts'

/** What the system knows of `atelier://` (shell/application.ts). */
export type Scheme = {
  mayClaim(): boolean
  claim(): boolean
  isDefault(): boolean
  isPackaged(): boolean
}

/** How links come to the application, installed or not. */
export const openLinks = (options: {
  scheme: Scheme
  platform: string
  /** To where all links go. */
  push: (link: string) => void
  /** The server is told where a sign-in may end now. */
  allow: (port: number | null) => Promise<void>
}) => {
  const { scheme, platform, push, allow } = options
  let isClaimed = false
  return {
    /** Once the system can be asked. */
    claim: async (): Promise<void> => {
      if (!scheme.mayClaim()) return
      // Where that fails, answers come over the loopback interface.
      if (platform === 'linux')
        await introduceAppImage(process.env, ownAppImage()).catch(
          logged('links', 'The system does not learn of this AppImage'),
        )
      isClaimed = scheme.claim()
    },
    wayBack: openWayBack({
      by: () =>
        wayBackBy({
          platform,
          isClaimed,
          isPackaged: scheme.isPackaged(),
          isDefault: isClaimed && scheme.isDefault(),
        }),
      answered: push,
      allow,
    }),
  }
}
