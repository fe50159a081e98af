import { defineConfig } from '@lingui/conf'
import { formatter } from '@lingui/format-po'

/** One catalogue for main and the page (docs/decisions/0028-words.md). */
export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'de', 'pseudo'],
  pseudoLocale: 'pseudo',
  catalogs: [
    {
      path: '<rootDir>/locales/{locale}',
      include: ['electron', 'renderer', 'src'],
      exclude: ['**/*.test.*', 'electron/backend/**'],
    },
  ],
  runtimeConfigModule: { Trans: ['#shown/trans', 'Trans'] },
  // Where a message is said would change the catalogues whenever a file moves.
  format: formatter({ origins: false }),
  orderBy: 'message',
})
