import type { VersionControl } from '../../../contract/left-out.ts'
import { ownFolder } from '../../../domain/disk-name.ts'

/*
 * What Atelier leaves out by itself. Version control and folders of ours by their name alone, which no rule overrules;
 * the rest as patterns in gitignore's syntax, whatever the case of a name: what a system drops it spells as it likes.
 */

const controls: Readonly<Record<string, VersionControl>> = {
  '.git': 'git',
  '.hg': 'mercurial',
  '.svn': 'subversion',
  _svn: 'subversion',
  '.bzr': 'bazaar',
  '.jj': 'jujutsu',
  _darcs: 'darcs',
  '.fslckout': 'fossil',
  _fossil_: 'fossil',
  '.pijul': 'pijul',
  '.sl': 'sapling',
}

/** Characters that HFS+ does not see in a name: `.g<U+200C>it` is `.git` there. */
const unseen = /[\u200C-\u200F\u202A-\u202E\u206A-\u206F\uFEFF]/g
/**
 * The name as any disk may understand it: no case, none of what HFS+ passes over, no dots and spaces at its end, which
 * Windows takes away, and none of NTFS's short names for it.
 */
const plainName = (name: string): string => {
  const plain = name
    .normalize('NFC')
    .replace(unseen, '')
    .toLowerCase()
    .replace(/[. ]+$/, '')
  return /^git~[1-9]$/.test(plain) ? '.git' : plain
}

/** Which version control has a file or folder of this name for itself; null is none. */
export const versionControlOf = (name: string): VersionControl | null => {
  const plain = plainName(name)
  return Object.hasOwn(controls, plain) ? (controls[plain] ?? null) : null
}

/** What CVS keeps in its folders, which bear a name that others have for something else: CVs, say. */
const kept =
  /^(Entries|Repository|Root|Tag|Template|Baserev|Notify|Checkin\.prog|Update\.prog)(\..+)?$/

const isOfCvs = (name: string, folder: string): boolean => folder === 'CVS' && kept.test(name)

/** What is never synced, either way, whatever the rules: by its name and that of the folder it is in. */
export const neverOf = (name: string, folder: string): 'version-control' | 'nested-link' | null => {
  if (versionControlOf(name) || isOfCvs(name, folder)) return 'version-control'
  return plainName(name) === ownFolder ? 'nested-link' : null
}

/** Whether a path is, or lies in, what is never synced. */
export const isNever = (path: string): boolean => {
  const names = path.split('/')
  return names.some((name, depth) => neverOf(name, names[depth - 1] ?? '') !== null)
}

/** What systems, editors and office programs drop beside a person's work, and take away again. */
const litter = `
.DS_Store
.AppleDouble
.LSOverride
._?*
Icon[\r]
.Spotlight-V100
.Trashes
.fseventsd
.TemporaryItems
.DocumentRevisions-V100
.apdisk
.VolumeIcon.icns
Thumbs.db
Thumbs.db:encryptable
ehthumbs.db
ehthumbs_vista.db
desktop.ini
$RECYCLE.BIN/
System Volume Information/
.directory
.Trash-*
.fuse_hidden*
.nfs[0-9a-f]*
.~lock.*#
~$?*
~WRL*.tmp
.sw[a-p]
.*.sw[a-p]
*.swp
*.swo
*~
.#*
\\#*#
*.crdownload
*.part
.dropbox
.dropbox.attr
.dropbox.cache/
.stfolder
.stversions/
.syncthing.*.tmp
~syncthing~*.tmp
`

/** Folders, and a few files, that tools make of others and can make again. */
const generated = `
node_modules/
bower_components/
jspm_packages/
.pnpm-store/
__pycache__/
*.pyc
*.pyo
.venv/
.tox/
.nox/
.mypy_cache/
.pytest_cache/
.ruff_cache/
.ipynb_checkpoints/
*.egg-info/
.gradle/
.terraform/
.next/
.nuxt/
.svelte-kit/
.turbo/
.parcel-cache/
.sass-cache/
.cache/
.eslintcache
*.tsbuildinfo
`

/** What by its name holds a key or a secret; that others do is seen in their bytes. Examples are meant to be seen. */
const secrets = `
.env
.env.*
*.env
.envrc
!.env.example
!.env.*.example
!.env.sample
!.env.template
!.env.dist
!.env.defaults
!.env.schema
!example.env
!sample.env
!template.env
id_rsa*
id_dsa*
id_ecdsa*
id_ed25519*
!id_*.pub
*.ppk
*.pk8
*.p8
*.p12
*.pfx
*.keystore
*.jks
*.keychain
*.keychain-db
*.kdbx
.ssh/
.gnupg/
.aws/
.azure/
.kube/
kubeconfig
*.kubeconfig
.netrc
_netrc
.pgpass
pgpass.conf
.my.cnf
.pypirc
.git-credentials
.htpasswd
.vault-token
client_secret*.json
*.tfstate
*.tfstate.backup
*.tfvars
!*.tfvars.example
secrets.yml
secrets.yaml
`

/** All of them, the strongest last; gitignore's syntax, by the name alone, whatever its case. */
export const builtIn = [
  { reason: 'generated', rules: generated },
  { reason: 'litter', rules: litter },
  { reason: 'private', rules: secrets },
] as const
