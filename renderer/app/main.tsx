import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '../ui/tokens.css'
import { connectQueries } from '../data/remembered.ts'
import { connectStores } from '../data/stores.ts'
import { App } from './app.tsx'
import { connectTheme } from './theme.ts'

connectStores()
connectQueries()
connectTheme()

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
