import { serveDatabase } from '../../cache/serve.ts'
import { openFolderDatabase } from './store.ts'

serveDatabase(openFolderDatabase)
