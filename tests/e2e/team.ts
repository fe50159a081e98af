import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Backend, startBackend } from '../../electron/backend/backend.ts'
import { toIntercepted } from '../../host/addresses.ts'
import { startGitHubStandIn } from '../fixtures/github-stand-in.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { prepareBackend } from '../prepared/backend.ts'

/** The demo team's own server, apart from every application: it goes down and comes back as a spec says. */
export type Team = {
  backend(): Backend
  /** What the server would have mailed, oldest first. */
  mails: { to: string; text: string }[]
  github: Awaited<ReturnType<typeof startGitHubStandIn>>
  goDown(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

export const startTeam = async (): Promise<Team> => {
  const github = await startGitHubStandIn()
  const folder = await temporaryFolder('team')
  const oauth = { github: { clientId: github.clientId, secret: github.secret, url: github.url } }
  const mails: Team['mails'] = []
  const start = () =>
    startBackend({
      folder: join(folder, 'backend'),
      durable: false,
      oauth,
      // In the host a page of the application has an origin that Chromium can have.
      origins: ['app://atelier', toIntercepted('app://atelier')],
      // As a hosted project whose redirect list says so (README).
      callbackPorts: 'any',
      onMail: ({ to, text }) => mails.push({ to, text }),
    })
  await prepareBackend(join(folder, 'backend'), { seeded: true })
  let backend = await start()
  let up = true
  const goDown = async (): Promise<void> => {
    if (up) await backend.stop()
    up = false
  }
  return {
    backend: () => backend,
    mails,
    github,
    goDown,
    comeBack: async () => {
      if (!up) backend = await start()
      up = true
    },
    close: async () => {
      await goDown()
      await github.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
