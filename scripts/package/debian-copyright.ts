/** What Debian reads at `/usr/share/doc/<package>/copyright`: whose it is, and where the licences of all the rest are said. */
export const debianCopyright = (about: {
  licence: string
  homepage: string
  notices: string
}): string => {
  const [copyright = ''] = /^Copyright .*$/m.exec(about.licence) ?? []
  const text = about.licence
    .slice(about.licence.indexOf(copyright) + copyright.length)
    .trim()
    .split('\n')
    .map((line) => ` ${line.trim() || '.'}`)
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Atelier
Source: ${about.homepage}
Comment: The package holds the software of others, too. What each asks to be said
 with it stands in ${about.notices}
 and, of Electron and Chromium, in LICENSE.electron.txt and
 LICENSES.chromium.html of the folder above that.

Files: *
Copyright: ${copyright.replace(/^Copyright( \(c\)| ©)? /i, '')}
License: MIT
${text.join('\n')}
`
}
