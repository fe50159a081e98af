import { serveDatabase } from '../../cache/serve.ts'
import { openScanner } from './scanner.ts'

serveDatabase((root) => openScanner(root))
