import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '../ui/tokens.css'
import { connectLastWords } from '../data/last-words.ts'
import { connectQueries } from '../data/remembered.ts'
import { connectStores } from '../data/stores.ts'
import { App } from './app.tsx'
import { connectCommands } from './commands.ts'
import { connectPlatform } from './platform.ts'

connectStores()
connectQueries()
connectPlatform()
connectLastWords()
connectCommands()

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
