import { serveDatabase } from '../../store/serve.ts'
import { openFolderDatabase } from './store.ts'

serveDatabase(openFolderDatabase)
