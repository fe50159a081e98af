import { openDatabase } from './database.ts'
import { serveDatabase } from './serve.ts'

serveDatabase(openDatabase)
