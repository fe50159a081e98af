import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '../ui/tokens.css'
import { desktop } from '../data/desktop.ts'
import { connectLastWords } from '../data/last-words.ts'
import { connectLive } from '../data/live.ts'
import { connectMutations } from '../data/mutations.ts'
import { connectPageFaults, tellFault } from '../data/page-faults.ts'
import { connectQueries } from '../data/query-client.ts'
import { connectStores } from '../data/stores.ts'
import { speak } from '../text/speak.ts'
import { App } from './app.tsx'
import { connectCommands } from './commands.ts'
import { connectPlatform } from './platform.ts'

connectStores()
connectQueries()
connectMutations()
connectLive()
connectPlatform()
connectLastWords()
connectCommands()
connectPageFaults()

const root = document.getElementById('root')
if (root) {
  const page = createRoot(root, {
    // React tells the console alone of what a boundary caught.
    onCaughtError: (error) => {
      console.error(error)
      tellFault('drawing', error)
    },
    onUncaughtError: (error) => {
      console.error(error)
      tellFault('drawing', error)
    },
  })
  void desktop.app
    .info()
    .then(({ language }) => speak(language))
    .catch(() => speak('en'))
    .then(() =>
      page.render(
        <StrictMode>
          <App />
        </StrictMode>,
      ),
    )
}
