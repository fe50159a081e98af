import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import './electron.ts'
import { openFirstUrl } from './app.ts'
import { applicationFolder } from './application.ts'
import { launched } from './lifecycle.ts'
import { countRejections } from './rejections.ts'
import { firstPage } from './windows.ts'

countRejections('main')

/** The entry of the built application, or of a spec's, and what Electron does after it. */
const entry = process.env.ATELIER_HOST_ENTRY ?? join(applicationFolder, 'out/main/index.js')
await import(pathToFileURL(entry).href)
openFirstUrl()
launched()

/** Whoever started it hears when it is past the first skeleton: something to press or to fill in. */
const picture = process.env.ATELIER_HOST_PICTURE
if (picture !== undefined) {
  const page = await firstPage
  await page.locator('main button, main input').first().waitFor({ timeout: 120_000 })
  if (picture) await page.screenshot({ path: picture })
  process.send?.({ type: 'opened' })
}
