// Three rules of ours for workflows, which actionlint does not know.

/** An action by anything but a commit is whatever its owner says tomorrow. */
const pinned = /^\s*(?:- )?uses:\s+[\w./-]+@[0-9a-f]{40}\s+# v\d/
/** So is an image, by anything but its digest. */
const digested = /^\s*image:\s+[\w./:-]+@sha256:[0-9a-f]{64}$/
/** What a workflow runs is a script of this repository, which can be run here; a shell in it would be tested nowhere. */
const ours = /^\s*(?:- )?run: (?:npm ci|npm run [\w:-]+(?: --(?: [\w=.:-]+)+)?)$/

export const troublesIn = (name: string, text: string): string[] =>
  text.split('\n').flatMap((line, index) => {
    const place = `${name}:${index + 1}`
    if (/^\s*(- )?uses:/.test(line) && !pinned.test(line))
      return [`${place}: an action is named by its commit and its version`]
    if (/^\s*image:/.test(line) && !digested.test(line))
      return [`${place}: an image is named by its digest`]
    if (/^\s*(- )?run:/.test(line) && !ours.test(line))
      return [`${place}: what is run is a script of this repository`]
    return []
  })
