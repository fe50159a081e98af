import { i18n } from '@lingui/core'
import { msg, plural, t } from '@lingui/core/macro'
import type { FolderLink } from '../../../../src/contract/folders.ts'
import { desktop } from '../../../data/desktop.ts'
import { runAction } from '../../../data/run-action.ts'
import { Button } from '../../../ui/button.tsx'
import { announce } from '../../../ui/live-region.tsx'
import { revertText } from '../resolutions.ts'
import { RevertAll } from '../revert-all.tsx'

const words = {
  edit: msg`changed here`,
  new: msg`here alone`,
  deletion: msg`deleted here`,
} as const

/** What of the person's own a folder that only takes keeps to itself. */
export const OnlyHere = ({ link }: { link: FolderLink }) => {
  const { id: linkId, onlyHere } = link
  const { count, files } = onlyHere
  if (count === 0) return null
  return (
    <details className="text-sm">
      <summary className="text-soft">
        {plural(count, {
          one: 'One file differs here: this folder sends nothing',
          other: '# files differ here: this folder sends nothing',
        })}
      </summary>
      {count > 1 && (
        <div className="mt-2">
          <RevertAll link={link} count={count} />
        </div>
      )}
      <ul
        aria-label={t`Only here: ${link.title}`}
        className="relative mt-2 max-h-72 divide-y overflow-y-auto"
      >
        {files.map(({ path, own }) => (
          <li key={`${own} ${path}`} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
            <span className="min-w-32 flex-1 wrap-anywhere font-mono text-xs">{path}</span>
            <span className="text-faint text-xs">{i18n._(words[own])}</span>
            <Button
              size="sm"
              onClick={() =>
                void runAction(async () => {
                  await desktop.folders.revert({ linkId, path })
                  announce(revertText[own].said(path))
                })
              }
            >
              {i18n._(revertText[own].button)}
              <span className="sr-only"> {path}</span>
            </Button>
          </li>
        ))}
        {count > files.length && (
          <li className="py-1.5 text-faint text-xs">
            {plural(count - files.length, { one: 'and one more file', other: 'and # more files' })}
          </li>
        )}
      </ul>
    </details>
  )
}
