/*
 * Runs before every script of package.json (`node -r`), and once by itself after `npm ci`: on whatever Node a person has,
 * with nothing installed. So no TypeScript, no package, and no syntax that is younger than Node 12.
 */
// biome-ignore-start lint/style/useNodejsImportProtocol: an old Node knows no `node:`, and could not say that it is too old.
const { existsSync, readFileSync, unlinkSync } = require('fs')
const { join, resolve } = require('path')
const { isMainThread } = require('worker_threads')
// biome-ignore-end lint/style/useNodejsImportProtocol: see above

const root = resolve(__dirname, '..')
/** What npm writes last: without it `npm ci` was not run, or did not end. */
const installed = join(root, 'node_modules/.package-lock.json')
const needed = { major: 20, minor: 19 }

/** Of the Node that npm runs on: it chooses the packages, though ours comes first in the scripts' path. */
const nodeVersion = () => {
  const told = /\bnode\/v(\S+)/.exec(process.env.npm_config_user_agent || '')
  return told ? told[1] : process.versions.node
}

const isTooOld = () => {
  const [major, minor] = nodeVersion().split('.').map(Number)
  return major < needed.major || (major === needed.major && minor < needed.minor)
}

const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages

/** After a `git pull`: what the lock file names and is not here, or is another version. */
const isOutOfStep = () => {
  const here = packagesOf(installed)
  const wanted = packagesOf(join(root, 'package-lock.json'))
  return Object.keys(wanted).some(
    (place) =>
      place !== '' &&
      !wanted[place].optional &&
      (!here[place] || here[place].version !== wanted[place].version),
  )
}

/** What keeps Atelier from running, and what a person does about it; null when nothing does. */
const obstacle = () => {
  if (isTooOld())
    return `Atelier needs Node ${needed.major}.${needed.minor} or newer to begin, and this is Node ${nodeVersion()}. Install a newer one (https://nodejs.org), then run: npm ci`
  if (process.argv[1] === __filename) return null
  if (!existsSync(join(root, 'node_modules')))
    return 'The packages that Atelier is made of are not here yet. Run first: npm ci'
  if (!existsSync(installed)) return 'npm ci did not get to its end here. Run it again: npm ci'
  if (isOutOfStep()) return 'The packages here are not those of this version. Run again: npm ci'
  if (!existsSync(join(root, 'node_modules/.bin/node')))
    return 'npm was told to run no install scripts, and without them there is no Node 24 here. Run: npm ci --ignore-scripts=false'
  return null
}

// Workers and forks inherit `-r`; whoever started them has looked.
if (isMainThread && !process.send) {
  const sentence = obstacle()
  if (sentence) {
    console.error(sentence)
    // What an old Node's npm installed lacks the native packages: no later start takes it for whole.
    if (process.argv[1] === __filename && existsSync(installed)) unlinkSync(installed)
    process.exit(1)
  }
}
