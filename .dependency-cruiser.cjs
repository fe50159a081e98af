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
    {
      name: 'no-circular-folders',
      comment:
        'Of two folders one lies below the other. (The backend brings itself along by its own backup.)',
      severity: 'error',
      scope: 'folder',
      from: { path: '^(src|electron)/', pathNot: '^electron/backend/' },
      to: { circular: true },
    },
    only(
      'domain-below-all',
      'Words that everybody uses know nobody.',
      { path: '^src/domain/' },
      { path: '^src/(?!domain/)' },
    ),
    only(
      'contract-on-the-domain',
      'What both sides agree on knows neither what is done about it.',
      { path: '^src/contract/' },
      { path: '^src/', pathNot: '^src/(contract|domain)/' },
    ),
    only(
      'transfer-below-sync',
      'Transfers know no replica.',
      { path: '^src/transfer/' },
      { path: '^src/', pathNot: '^src/(contract|domain|transfer)/' },
    ),
    only(
      'sync-cache-and-folder-apart',
      'Two replicas side by side over what both need.',
      { path: '^src/sync/(cache|folder)/', pathNot: '\\.test\\.ts$' },
      { path: '^src/sync/(cache|folder)/', pathNot: '^src/sync/$1/' },
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
      'The renderer and Electron meet in src alone.',
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
      'features-by-their-door',
      'A feature is used by its index; what lies behind it is its own.',
      { path: '^renderer/features/([^/]+)/' },
      {
        path: '^renderer/features/',
        pathNot: '^renderer/features/($1/|[^/]+/index\\.tsx?$)',
      },
    ),
    only(
      'app-by-their-door',
      'The application puts features together by their index.',
      { path: '^renderer/app/' },
      { path: '^renderer/features/', pathNot: '^renderer/features/[^/]+/index\\.tsx?$' },
    ),
    only(
      'features-know-no-app',
      'A feature is put into the application, and knows nothing of it.',
      { path: '^renderer/features/' },
      { path: '^renderer/app/' },
    ),
    only(
      'data-below-all',
      'What is read and kept knows no screen; what came of it may be said in a toast.',
      { path: '^renderer/data/' },
      { path: '^renderer/(app|features|ui)/', pathNot: '^renderer/ui/toasts\\.ts$' },
    ),
    only(
      'text-below-all',
      'Words of the product know no screen and no data.',
      { path: '^renderer/text/' },
      { path: '^renderer/(app|features|data)/' },
    ),
    only(
      'ui-knows-no-product',
      'A design system: no data, no words of the product, no contract, no table of failures.',
      { path: '^renderer/ui/' },
      {
        path: '^(renderer/(app|features|data|text)|src)/',
        pathNot: '^src/domain/(?!failure\\.ts)',
      },
    ),
    only(
      'renderer-knows-no-engine',
      'What syncs runs in main; of it the renderer reads states.',
      { path: '^renderer/', pathNot: '\\.test\\.tsx?$' },
      { path: '^src/(transfer|sync/(folder|cache))/', dependencyTypesNot: ['type-only'] },
    ),
    only(
      'editor-in-its-feature',
      'One feature knows the editor.',
      { path: '^renderer/', pathNot: '^renderer/features/editor/' },
      { path: 'node_modules/(@codemirror|@lezer|codemirror)/' },
    ),
    only(
      'editor-when-it-is-needed',
      'It weighs a third of all: only import() brings it.',
      { path: '^renderer/', pathNot: '\\.test\\.tsx?$|/(code-editor|text-diff)\\.tsx$' },
      {
        path: '^renderer/features/editor/(code-editor|text-diff)\\.tsx$',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
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
    only(
      'main-cache-and-folders-apart',
      'Two replicas side by side: what both need lies below them, in src or in the client of the server.',
      { path: '^electron/main/sync/(cache|folder)/', pathNot: '\\.test\\.ts$' },
      { path: '^electron/main/sync/', pathNot: '^electron/main/sync/$1/' },
    ),
    only(
      'backend-only-where-it-is-started',
      'Whoever starts a backend, fills one, packs one or looks after one; all else knows an address.',
      {
        path: '^(src|electron|renderer|host|scripts)/',
        pathNot:
          '^electron/backend/|^host/assumptions/|^scripts/((start|demo)\\.ts$|package/)|\\.test\\.ts$',
      },
      { path: '^electron/backend/' },
    ),
    only(
      'host-plays-electron-only',
      'The double runs what was built, and knows none of its sources but where the data lie.',
      { path: '^host/', pathNot: '^host/assumptions/' },
      {
        path: '^(src|electron|renderer|operations|tests)/',
        pathNot: '^electron/disk/|^tests/fixtures/',
      },
    ),
    only(
      'operations-stand-alone',
      'Who looks after an installation has no window, no tests and no tools of development.',
      { path: '^operations/', pathNot: '\\.test\\.ts$' },
      {
        path: '^(electron|renderer|host|scripts|tests)/',
        pathNot: '^electron/(backend|disk)/',
      },
    ),
    only(
      'operations-are-an-end',
      'A command is started, not imported.',
      { pathNot: '^(operations|tests)/' },
      { path: '^operations/' },
    ),
    only(
      'scripts-know-no-windows',
      'What builds and checks reads the product as files; what is frozen is its own migrations.',
      { path: '^scripts/', pathNot: '^scripts/freeze-stores\\.ts$|\\.test\\.ts$' },
      { path: '^(renderer|electron/(main|preload))/' },
    ),
    only(
      'tests-are-no-part-of-the-product',
      'A tool imports from the tests only what it runs.',
      { path: '^scripts/', pathNot: '^scripts/(soak|bench)\\.ts$|\\.test\\.ts$' },
      { path: '^tests/', pathNot: '^tests/(fixtures/|database/server\\.ts$)' },
    ),
    only(
      'specs-see-what-people-see',
      'A spec starts what was built: it knows the window and the server, and no source of either side.',
      { path: '^tests/(e2e|packages)/' },
      { path: '^(electron/(main|preload)|renderer)/' },
    ),
    only(
      'database-tests-know-no-application',
      'The rules of the database hold against any client, so none of ours stands before them.',
      { path: '^tests/database/' },
      { path: '^(electron/(main|preload)|renderer|host)/' },
    ),
    only(
      'simulator-is-its-own-world',
      'Server, disk, clock and line are played; what syncs is real.',
      { path: '^tests/simulation/' },
      {
        path: '^(electron|renderer|host|operations)/',
        pathNot: '^electron/main/(server|store|sync)/',
      },
    ),
    only(
      'main-mutations-know-no-files',
      'Changes of rows are a queue beside both replicas; what they have to do with files is wired above.',
      { path: '^electron/main/sync/mutations/', pathNot: '\\.test\\.ts$' },
      { path: '^electron/main/sync/', pathNot: '^electron/main/sync/mutations/' },
    ),
    only(
      'main-adding-knows-no-replica',
      'What is brought in is handed over; of linked folders it has their way to look at a folder.',
      { path: '^electron/main/sync/adding/', pathNot: '\\.test\\.ts$' },
      {
        path: '^electron/main/sync/',
        pathNot: '^electron/main/sync/(adding/|folder/scanner-thread\\.ts$)',
      },
    ),
    only(
      'main-folders-apart',
      'Only main/index.ts wires the folders of main together.',
      { path: '^electron/main/([^/]+)/', pathNot: '^electron/main/(sync|preview)/|\\.test\\.ts$' },
      { path: '^electron/main/[^/]+/', pathNot: '^electron/main/$1/' },
    ),
    only(
      'folder-has-its-own-database',
      'Linked folders keep their own rows: of the store they know what opens any database, and none of the cache.',
      { path: '^electron/main/sync/folder/' },
      {
        path: '^electron/main/store/',
        pathNot: '^electron/main/store/(open-file|database-worker|serve)\\.ts$',
      },
    ),
    only(
      'any-database-below-the-cache',
      'What opens and serves any database knows none of them.',
      { path: '^electron/main/store/(open-file|database-worker|serve)\\.ts$' },
      {
        path: '^electron/main/store/',
        pathNot: '^electron/main/store/(open-file|database-worker|serve)\\.ts$',
      },
    ),
    only(
      'main-sync-on-its-ground',
      'Sync stands on the store and on the client of the server, and reads what previews are made of.',
      { path: '^electron/main/sync/', pathNot: '\\.test\\.ts$' },
      { path: '^electron/main/[^/]+/', pathNot: '^electron/main/(sync|server|store|preview)/' },
    ),
    only(
      'main-preview-on-its-ground',
      'Previews stand on the store.',
      { path: '^electron/main/preview/', pathNot: '\\.test\\.ts$' },
      { path: '^electron/main/[^/]+/', pathNot: '^electron/main/(preview|store)/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // It sees what is imported for its types alone, too; tsPreCompilationDeps asks for TypeScript before 7, and warns.
    parser: 'swc',
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.css'] },
  },
}
