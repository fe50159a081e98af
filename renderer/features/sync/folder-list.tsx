import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import type { FolderLink } from '../../../src/contract/folders.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { TextField } from '../../ui/text-field.tsx'
import { useProjects } from '../workspaces/index.ts'
import { countText, type FolderGroup, firstOf, groupsOf, matching } from './folder-groups.ts'
import { FolderLinks } from './folder-links.tsx'

/** Folders of a group that are shown at once. */
const maxShown = 20
/** Folders from which on they can be searched. */
const searchableFromEntries = 10

/** Linked folders by their projects. */
export const FolderList = ({ links }: { links: readonly FolderLink[] }) => {
  const projects = useProjects().data ?? []
  const [text, setText] = useState('')
  const found = links.length < searchableFromEntries ? links : matching(links, text)
  return (
    <div className="divide-y">
      {links.length >= searchableFromEntries && (
        <div className="px-4 py-3">
          <TextField
            label={t`Find a linked folder`}
            hideLabel
            placeholder={t`Find a linked folder by its title or place`}
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      )}
      {groupsOf(found, projects).map((group) => (
        <Group key={group.projectId} group={group} />
      ))}
      {found.length === 0 && (
        <p className="px-4 py-3 text-sm text-soft">
          <Trans>No linked folder is called this.</Trans>
        </p>
      )}
    </div>
  )
}

const Group = ({ group: { name, links } }: { group: FolderGroup }) => {
  const [isOpen, setOpen] = useState(true)
  const [isWhole, setWhole] = useState(false)
  const list = useId()
  const shown = isWhole ? links : firstOf(links, maxShown)
  const more = links.length - shown.length
  return (
    <section aria-label={name}>
      <h3>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={isOpen ? list : undefined}
          onClick={() => setOpen(!isOpen)}
          className="flex w-full items-center gap-2 bg-hover px-4 py-2 text-left text-sm hover:bg-pressed"
        >
          <ChevronRight
            aria-hidden
            className={classNames(
              'size-4 shrink-0 text-faint transition-transform',
              isOpen && 'rotate-90',
            )}
          />
          <span className="wrap-anywhere min-w-0 flex-1 font-medium">{name}</span>
          <span className="shrink-0 text-soft text-xs">{countText(links)}</span>
        </button>
      </h3>
      {isOpen && (
        <div id={list}>
          <FolderLinks links={shown} label={t`Linked folders of ${name}`} />
          {more > 0 && (
            <div className="border-t px-4 py-2">
              <Button size="sm" onClick={() => setWhole(true)}>
                {plural(more, { one: 'Show the other one', other: 'Show the other #' })}
              </Button>
            </div>
          )}
        </div>
      )}
    </section>
  )
}
