import { once } from 'node:events'
import { createServer } from 'node:http'
import { isInstalled } from '../../scripts/electron-binary.ts'
import { expect, test } from './application.ts'

test.skip(isInstalled, 'not run: what is installed takes its page from nobody else')

test('npm run dev: the page is the dev server’s, under the application’s own origin', async ({
  launch,
}) => {
  const asked: string[] = []
  const page = `<!doctype html><html lang="en"><title>Dev</title><h1>From the dev server</h1>
    <script>document.title = 'inline ran'</script><script type="module" src="/app/main.tsx"></script></html>`
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const isPage = request.url === '/index.html'
    response.setHeader('content-type', isPage ? 'text/html' : 'text/javascript')
    response.end(isPage ? page : "document.body.append('module ran')")
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  try {
    const application = await launch({
      env: { ELECTRON_RENDERER_URL: `http://127.0.0.1:${port}` },
    })
    await expect(
      application.page.getByRole('heading', { name: 'From the dev server' }),
    ).toBeVisible()
    await expect(application.page.getByText('module ran')).toBeVisible()
    await expect(application.page).toHaveTitle('inline ran')
    // What it shows is the application's: main answers it.
    const info = await application.page.evaluate(() => window.desktop.app.info())
    expect(info.version).toMatch(/^\d/)
    expect(asked).toContain('/app/main.tsx')

    // Vite's client has it load itself again, wherever in it the person is.
    const { page } = application
    await page.evaluate(() => {
      location.hash = '#/sync'
      document.title = 'before'
      setTimeout(() => location.reload())
    })
    await expect(page).toHaveTitle('inline ran')
    expect(new URL(page.url()).hash).toBe('#/sync')
    expect(asked.filter((path) => path === '/index.html')).toHaveLength(2)
  } finally {
    server.close()
    server.closeAllConnections()
  }
})
