import { serveDatabase } from '../../store/serve.ts'
import { openScanner } from './scanner.ts'

serveDatabase((root) => openScanner(root))
