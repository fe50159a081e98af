import { watchFolder } from '../../../electron/main/sync/folder/watcher.ts'

/* Watches a folder, and says what it is told and how much it sees. */
const [root = ''] = process.argv.slice(2)
const watcher = watchFolder(
  root,
  () => {},
  (watching) => console.log(watching),
)
process.on('disconnect', () => {
  watcher.close()
  process.exit(0)
})
