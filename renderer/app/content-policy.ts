import { useBackend } from '../data/stores.ts'

const mark = 'reloaded-for-policy'

/**
 * The page's policy names the server it may speak to, as known when the page was served. A server
 * chosen later is refused by it; then, once per server, the page asks to be served anew.
 */
export const followPolicy = (): void => {
  document.addEventListener('securitypolicyviolation', (event) => {
    const backend = useBackend.getState()
    if (event.effectiveDirective !== 'connect-src' || backend.status !== 'ready') return
    if (!event.blockedURI.startsWith(backend.url) || sessionStorage.getItem(mark) === backend.url)
      return
    sessionStorage.setItem(mark, backend.url)
    location.reload()
  })
}
