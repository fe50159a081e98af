import type { Component } from './native-components.ts'
import type { Format, System } from './target.ts'

/** What electron-builder lays into packages of a kind beside what was staged: its own files, and those it begins with. */
type Added = Component & { formats: readonly Format[] }

const ofAppImage = (
  name: string,
  licences: string[],
  copyright: string,
  source: string,
): Added => ({
  formats: ['AppImage'],
  name,
  licences,
  copyright,
  source,
})

const added: Record<System, Added[]> = {
  linux: [
    ofAppImage(
      'AppImage runtime (type 2)',
      ['MIT'],
      'Copyright © 2004-2026 Simon Peter and the contributors of AppImage',
      'https://github.com/AppImage/type2-runtime',
    ),
    ofAppImage(
      'musl, in the runtime',
      ['MIT'],
      'Copyright © 2005-2026 Rich Felker and others',
      'https://musl.libc.org',
    ),
    ofAppImage(
      'libfuse, in the runtime',
      ['LGPL-2.1-only'],
      'Copyright © 2001-2026 Miklos Szeredi, Nikolaus Rath and others',
      'https://github.com/libfuse/libfuse',
    ),
    ofAppImage(
      'squashfuse, in the runtime',
      ['BSD-2-Clause'],
      'Copyright © 2012-2026 Dave Vasilevsky and others',
      'https://github.com/vasi/squashfuse',
    ),
    ofAppImage(
      'Zstandard, in the runtime',
      ['BSD-3-Clause'],
      'Copyright © Meta Platforms, Inc. and affiliates',
      'https://github.com/facebook/zstd',
    ),
    ofAppImage(
      'zlib, in the runtime',
      ['Zlib'],
      'Copyright © 1995-2026 Jean-loup Gailly and Mark Adler',
      'https://zlib.net',
    ),
    ofAppImage(
      'libXss and libXtst (usr/lib)',
      ['X11'],
      'Copyright © 1990-2011 by their authors, and The Open Group',
      'https://www.x.org/releases/individual/lib/',
    ),
    ofAppImage(
      'libnotify (usr/lib)',
      ['LGPL-2.1-or-later'],
      'Copyright © 2004-2026 Christian Hammond and others',
      'https://download.gnome.org/sources/libnotify/',
    ),
    ofAppImage(
      'GConf (usr/lib)',
      ['LGPL-2.0-or-later'],
      'Copyright © 1999-2013 Red Hat, Inc. and others',
      'https://download.gnome.org/sources/GConf/',
    ),
    ofAppImage(
      'libappindicator (usr/lib)',
      ['LGPL-2.1-only', 'LGPL-3.0-only'],
      'Copyright © 2009-2012 Canonical Ltd.',
      'https://launchpad.net/libappindicator',
    ),
    ofAppImage(
      'libindicator (usr/lib)',
      ['GPL-3.0-only'],
      'Copyright © 2009-2012 Canonical Ltd.',
      'https://launchpad.net/libindicator',
    ),
  ],
  win32: [
    {
      formats: ['nsis'],
      name: 'elevate.exe, which asks for the rights that an update for everybody needs',
      licences: ['MIT'],
      copyright: 'Copyright © 2007 Johannes Passing',
      source: 'https://github.com/jpassing/elevate',
    },
    {
      formats: ['nsis'],
      name: 'NSIS, in the installer and the uninstaller',
      licences: ['Zlib'],
      copyright: 'Copyright © 1999-2026 Nullsoft and Contributors',
      source: 'https://nsis.sourceforge.io',
    },
    {
      formats: ['nsis'],
      name: '7-Zip, in the installer',
      licences: ['LGPL-2.1-or-later'],
      copyright: 'Copyright © 1999-2026 Igor Pavlov',
      source: 'https://www.7-zip.org',
    },
  ],
  darwin: [],
}

/** With the packages that they are in, in brackets; all others have them not. */
export const addedByThePacker = (system: System): Component[] =>
  added[system].map(({ formats, name, ...about }) => ({
    ...about,
    name: `${name}, in the ${formats.join(' and ')} alone`,
  }))
