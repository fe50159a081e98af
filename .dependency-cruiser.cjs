/** The folder picture is the architecture (docs/decisions/0001-layout.md): arrows run one way. */
const only = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

module.exports = {
  forbidden: [
    only(
      'no-circular',
      'A circle hides where a thing belongs. (The double has those of Electron: its windows know its app.)',
      { pathNot: '^host/' },
      { circular: true },
    ),
    only(
      'src-is-pure',
      'src runs anywhere: no Electron, Node, DOM, React, and nothing of the two sides.',
      { path: '^src/', pathNot: '\\.test\\.ts$' },
      {
        path: '^(electron|renderer|host|operations|tests|scripts)/|^node_modules/(electron|react|react-dom|keytar|@github|better-sqlite3|postgres)/',
      },
    ),
    only(
      'src-knows-no-node',
      'src imports no Node built-in.',
      { path: '^src/', pathNot: '\\.test\\.ts$' },
      { dependencyTypes: ['core'] },
    ),
    only(
      'renderer-to-src-only',
      'The renderer and Electron meet in src/contract alone.',
      { path: '^renderer/' },
      { path: '^(electron|host|operations|tests|scripts)/' },
    ),
    only(
      'renderer-has-no-node',
      'Every renderer is sandboxed.',
      { path: '^renderer/', pathNot: '\\.test\\.tsx?$' },
      { dependencyTypes: ['core'] },
    ),
    only(
      'electron-to-src-only',
      'Electron never imports the renderer or the tests; its own tests may use what all tests share.',
      { path: '^electron/' },
      { path: '^(renderer|host|operations|tests|scripts)/', pathNot: '^tests/fixtures/' },
    ),
    only(
      'preload-to-contract-only',
      'The preload is the contract and nothing else.',
      { path: '^electron/preload/' },
      { path: '^(src|electron)/', pathNot: '^(src/contract|electron/preload)/' },
    ),
    only(
      'backend-is-an-island',
      'The embedded backend could be any Supabase.',
      { path: '^electron/backend/' },
      { path: '^electron/(main|preload)/' },
    ),
    only(
      'main-does-not-reach-into-the-backend',
      'Main speaks to the backend by its address only.',
      { path: '^electron/main/' },
      { path: '^electron/backend/' },
    ),
    only(
      'electron-only-in-the-shell',
      'The shell and what sits on the desktop import electron, so all else can be tested without its binary.',
      {
        path: '^(src|electron|renderer|scripts|operations)/',
        pathNot: '^electron/(main/(shell|network|presence|recovery)/|main/own-app-image|preload/)',
      },
      { path: '^(electron$|node_modules/electron/)' },
    ),
    only(
      'keychain-only-in-its-adapter',
      'One file speaks to the keychain.',
      { path: '^(src|electron|renderer)/', pathNot: '^electron/main/session/' },
      { path: 'node_modules/(keytar|@github/keytar)' },
    ),
    ...[
      'session',
      'server',
      'store',
      'sync',
      'preview',
      'shell',
      'connection',
      'network',
      'links',
      'presence',
      'log',
      'recovery',
    ].map((folder) =>
      only(
        `main-${folder}-stays-in-its-folder`,
        'Only main/index.ts wires the folders of main together; sync and preview may use the store, sync the client of the server.',
        { path: `^electron/main/${folder}/`, pathNot: '\\.test\\.ts$' },
        {
          path: '^electron/main/[^/]+/',
          pathNot: `^electron/main/(${folder}${{ sync: '|server|store|preview', preview: '|store' }[folder] ?? ''})/`,
        },
      ),
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // It sees what is imported for its types alone, too; tsPreCompilationDeps asks for TypeScript before 7, and warns.
    parser: 'swc',
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.css'] },
  },
}
