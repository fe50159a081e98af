import { posix } from 'node:path'

/** Software that comes inside a package under another name and licence than the package's own. */
type Component = {
  name: string
  /** SPDX identifiers; their standard texts are printed. None: in the public domain. */
  licences: string[]
  copyright: string
  source: string
}

/** Of the programs and libraries in the folder of the embedded PostgreSQL; a file that none of these is for fails. */
const ofPostgres: (Component & { files: RegExp })[] = [
  {
    name: 'PostgreSQL',
    files: /^(postgres|initdb|pg_ctl|libpq|plpgsql|pgcrypto|pg_trgm|dict_snowball)\b/,
    licences: ['PostgreSQL'],
    copyright:
      'Portions Copyright © 1996-2026, PostgreSQL Global Development Group. Portions Copyright © 1994, The Regents of the University of California',
    source: 'https://www.postgresql.org/ftp/source/',
  },
  {
    name: 'ICU',
    files: /^(libicu|icu)/,
    licences: ['ICU', 'Unicode-DFS-2016'],
    copyright:
      'Copyright © 1995-2016 International Business Machines Corporation and others. Copyright © 1991-2020 Unicode, Inc.',
    source: 'https://icu.unicode.org',
  },
  {
    name: 'OpenSSL 1.1',
    files: /^lib(crypto|ssl)\.so\.1\.1$/,
    licences: ['OpenSSL'],
    copyright: 'Copyright © 1998-2018 The OpenSSL Project',
    source: 'https://openssl-library.org/source/old/',
  },
  {
    name: 'OpenSSL 3',
    files: /^lib(crypto|ssl)[-.]3/,
    licences: ['Apache-2.0'],
    copyright: 'Copyright © 1998-2026 The OpenSSL Project Authors',
    source: 'https://openssl-library.org/source/',
  },
  {
    name: 'MIT Kerberos',
    files: /^lib(krb5|k5crypto|krb5support|gssapi_krb5|com_err)\./,
    licences: ['BSD-2-Clause', 'HPND-export-US'],
    copyright:
      'Copyright © 1985-2026 by the Massachusetts Institute of Technology and its contributors',
    source: 'https://kerberos.org/dist/',
  },
  {
    name: 'libxml2',
    files: /^libxml2\b/,
    licences: ['MIT'],
    copyright: 'Copyright © 1998-2012 Daniel Veillard. All Rights Reserved',
    source: 'https://gitlab.gnome.org/GNOME/libxml2',
  },
  // The versions that these files name themselves, on Windows and on macOS, and the archives they were built from.
  {
    name: 'libintl 0.19.8, of GNU gettext',
    files: /^libintl-9\.dll$/,
    licences: ['LGPL-2.1-or-later'],
    copyright: 'Copyright © 1995-2010 Free Software Foundation, Inc.',
    source: 'https://ftp.gnu.org/gnu/gettext/gettext-0.19.8.tar.xz',
  },
  {
    name: 'libintl 0.26, of GNU gettext',
    files: /^libintl\.8\.dylib$/,
    licences: ['LGPL-2.1-or-later'],
    copyright: 'Copyright © 1995-2025 Free Software Foundation, Inc.',
    source: 'https://ftp.gnu.org/gnu/gettext/gettext-0.26.tar.xz',
  },
  {
    name: 'GNU libiconv 1.15',
    files: /^libiconv-2\.dll$/,
    licences: ['LGPL-2.1-or-later'],
    copyright: 'Copyright © 1999-2017 Free Software Foundation, Inc.',
    source: 'https://ftp.gnu.org/gnu/libiconv/libiconv-1.15.tar.gz',
  },
  {
    name: 'GNU libiconv 1.19',
    files: /^libiconv\.2\.dylib$/,
    licences: ['LGPL-2.1-or-later'],
    copyright: 'Copyright © 1999-2026 Free Software Foundation, Inc.',
    source: 'https://ftp.gnu.org/gnu/libiconv/libiconv-1.19.tar.gz',
  },
  {
    name: 'zlib',
    files: /^(libz|zlib1)\./,
    licences: ['Zlib'],
    copyright: 'Copyright © 1995-2026 Jean-loup Gailly and Mark Adler',
    source: 'https://zlib.net',
  },
  {
    name: 'Zstandard',
    files: /^libzstd\b/,
    licences: ['BSD-3-Clause'],
    copyright: 'Copyright © Meta Platforms, Inc. and affiliates',
    source: 'https://github.com/facebook/zstd',
  },
  {
    name: 'LZ4 library',
    files: /^liblz4\b/,
    licences: ['BSD-2-Clause'],
    copyright: 'Copyright © 2011-2026 Yann Collet',
    source: 'https://github.com/lz4/lz4',
  },
  {
    name: 'liblzma, of XZ Utils',
    files: /^liblzma\b/,
    licences: ['0BSD'],
    copyright: 'By the authors of XZ Utils; in the public domain before version 5.6',
    source: 'https://tukaani.org/xz/',
  },
  {
    name: 'winpthreads, of mingw-w64',
    files: /^libwinpthread\b/,
    licences: ['MIT', 'BSD-3-Clause'],
    copyright: 'Copyright © 2011 mingw-w64 project. Copyright © 2015 Intel Corporation',
    source: 'https://www.mingw-w64.org',
  },
]

/** In PostgreSQL's own programs, modules and data. */
const insidePostgres: Component[] = [
  {
    name: "Henry Spencer's regular expressions",
    licences: ['Spencer-99'],
    copyright: 'Copyright © 1998, 1999 Henry Spencer',
    source: 'https://www.postgresql.org/ftp/source/',
  },
  {
    name: 'Snowball',
    licences: ['BSD-3-Clause'],
    copyright: 'Copyright © 2001, Dr Martin Porter. Copyright © 2002, Richard Boulton',
    source: 'https://snowballstem.org',
  },
  {
    name: 'Time zone database',
    licences: [],
    copyright: 'In the public domain, by its contributors',
    source: 'https://www.iana.org/time-zones',
  },
]

const nodeAddonApi: Component = {
  name: 'node-addon-api',
  licences: ['MIT'],
  copyright: 'Copyright © 2017 Node.js API collaborators',
  source: 'https://github.com/nodejs/node-addon-api',
}

/** Compiled into the native module of that package. */
const insidePackages: Record<string, Component[]> = {
  '@parcel/watcher': [nodeAddonApi],
  keytar: [nodeAddonApi],
  'better-sqlite3': [
    nodeAddonApi,
    {
      name: 'SQLite',
      licences: ['blessing'],
      copyright: 'In the public domain, by its authors',
      source: 'https://www.sqlite.org',
    },
  ],
}

export type { Component }

/** What the programs and libraries below a folder of PostgreSQL are, by their paths there. */
export const componentsOf = (paths: string[]): Component[] => {
  const found = new Set<Component>(insidePostgres)
  for (const path of paths.filter((each) => /^native\/(bin|lib)\//.test(each))) {
    const component = ofPostgres.find(({ files }) => files.test(posix.basename(path)))
    if (!component)
      throw new Error(`Nobody has said yet whose ${path} is: scripts/package/native-components.ts.`)
    found.add(component)
  }
  return [...found]
}

export const componentsInside = (package_: string): Component[] => insidePackages[package_] ?? []
