import { registerHooks } from 'node:module'

// `import … from 'electron'` in the built main bundle means the double.
const double = new URL('./electron.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: double, shortCircuit: true } : next(specifier, context),
})
