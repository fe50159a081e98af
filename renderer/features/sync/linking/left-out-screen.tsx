import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import type { FolderLink } from '../../../../src/contract/folders.ts'
import type { LeftOutDecision, LeftOutEntry } from '../../../../src/contract/left-out.ts'
import { desktop, failureOf } from '../../../data/desktop.ts'
import { useFolders } from '../../../data/stores.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { formatCount, formatFiles } from '../../../ui/format.ts'
import { announce } from '../../../ui/live-region.tsx'
import { Skeleton } from '../../../ui/skeleton.tsx'
import { Switch } from '../../../ui/switch.tsx'
import { TextField } from '../../../ui/text-field.tsx'
import { act } from '../act.ts'
import { linkAddress } from './examine.ts'
import { LeaveOutMore } from './leave-out-more.tsx'
import { LeftOutTree } from './left-out-tree.tsx'
import { Page } from './page.tsx'
import { Section } from './section.tsx'

/** Entries from which on they can be searched. */
const many = 8

/** What of a linked folder is not synced, and why; and what else its person wants left out. */
export const LeftOutScreen = () => {
  const { linkId = '' } = useParams()
  const links = useFolders((state) => state.links)
  const link = links?.find(({ id }) => id === linkId)
  if (links && !link)
    return (
      <Page back="/sync" title="What is left out">
        <ErrorState code="folder.missing" />
      </Page>
    )
  if (!link) return <Skeleton rows={6} label="Loading the link" />
  return (
    <Page
      back={linkAddress(link.projectId, link.artifactId)}
      title="What is left out"
      text={`of ${link.title}, on this computer`}
    >
      <List link={link} />
    </Page>
  )
}

const List = ({ link }: { link: FolderLink }) => {
  const { id: linkId, leftOut } = link
  const client = useQueryClient()
  const [text, setText] = useState('')
  const [removing, setRemoving] = useState<LeftOutEntry | null>(null)
  const key = ['left out', linkId]
  const list = useQuery({
    queryKey: [...key, leftOut.total, leftOut.undecided, link.lastSyncedAt],
    queryFn: () => desktop.folders.leftOut({ linkId }),
    placeholderData: (before) => before,
  })
  const rules = useQuery({
    queryKey: [...key, 'rules'],
    queryFn: () => desktop.folders.rules({ linkId }),
  })
  const change = (work: () => Promise<unknown>, said: string): void =>
    void act(async () => {
      await work()
      announce(said)
      await client.invalidateQueries({ queryKey: key })
    })
  const decide = ({ path }: LeftOutEntry, decision: LeftOutDecision, said: string): void =>
    change(() => desktop.folders.decideLeftOut({ linkId, path, decision }), said)

  const actions = (entry: LeftOutEntry) => (
    <span className="flex flex-wrap gap-2">
      {entry.undecided > 0 && (
        <>
          <Button size="sm" onClick={() => decide(entry, 'send', `${entry.path} is sent`)}>
            Send mine<span className="sr-only"> of {entry.path}</span>
          </Button>
          <Button
            size="sm"
            onClick={() => decide(entry, 'keep', `${entry.path} stays as it is on both sides`)}
          >
            Leave both as they are<span className="sr-only">: {entry.path}</span>
          </Button>
        </>
      )}
      {entry.atServer > 0 && (
        <Button size="sm" onClick={() => setRemoving(entry)}>
          Remove from the server…<span className="sr-only"> {entry.path}</span>
        </Button>
      )}
      {entry.canSend && entry.undecided === 0 && (
        <Button
          size="sm"
          onClick={() =>
            change(
              () => desktop.folders.sendAnyway({ linkId, path: entry.path }),
              `${entry.path} is synced`,
            )
          }
        >
          {entry.reason === 'person' ? 'Sync it again' : 'Send anyway'}
          <span className="sr-only"> {entry.path}</span>
        </Button>
      )}
    </span>
  )
  return (
    <>
      <Section
        title="On this computer alone"
        text="Nobody else gets it, and nothing here is deleted because of it."
      >
        {list.isPending ? (
          <Skeleton rows={4} label="Loading what is left out" />
        ) : list.isLoadingError ? (
          <ErrorState code={failureOf(list.error)} onRetry={() => void list.refetch()} />
        ) : list.data.total === 0 ? (
          <p className="px-4 py-3 text-sm text-soft">Nothing: all of this folder is synced.</p>
        ) : (
          <>
            {list.data.total >= many && (
              <div className="border-b px-4 py-3">
                <TextField
                  label="Find what is left out"
                  hideLabel
                  type="search"
                  placeholder={`Find by its path or rule, of ${formatCount(list.data.total)}`}
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
              </div>
            )}
            <LeftOutTree
              key={text === '' ? 'all' : 'found'}
              entries={list.data.entries}
              total={list.data.total}
              text={text}
              actions={actions}
            />
          </>
        )}
      </Section>
      <Section title="Rules">
        <div className="flex items-center gap-3 px-4 py-3">
          <p className="min-w-0 flex-1 text-sm">
            Follow .gitignore{' '}
            <span className="text-soft">What git leaves out, Atelier leaves out.</span>
          </p>
          <Switch
            label="Follow .gitignore"
            checked={rules.data?.respectGitignore ?? true}
            disabled={!rules.data}
            onChange={(respectGitignore) =>
              rules.data &&
              change(
                () =>
                  desktop.folders.setRules({
                    linkId,
                    rules: { ...rules.data, respectGitignore },
                  }),
                respectGitignore ? '.gitignore is followed' : '.gitignore is not followed',
              )
            }
          />
        </div>
        <p className="border-t px-4 py-3 text-sm text-soft">
          What nobody should get, whatever their computer, belongs in a file{' '}
          <code>.atelierignore</code> in the folder: one rule a line, as in .gitignore.
        </p>
      </Section>
      <LeaveOutMore
        link={link}
        onLeaveOut={(path) =>
          change(
            () => desktop.folders.leaveOut({ linkId, path }),
            `${path} is left out on this computer`,
          )
        }
      />
      <Dialog
        open={removing !== null}
        onOpenChange={(isOpen) => !isOpen && setRemoving(null)}
        title={`Remove ${removing?.path ?? ''} from the server?`}
        description={`${removing?.atServer === 1 ? 'One file' : formatFiles(removing?.atServer ?? 0)} of it goes for everybody who has not left it out. It stays on this computer, and in the artifact’s history.`}
        footer={
          <>
            <Button onClick={() => setRemoving(null)}>Keep it there</Button>
            <Button
              variant="danger"
              onClick={() => {
                if (removing) decide(removing, 'remove', `${removing.path} goes from the server`)
                setRemoving(null)
              }}
            >
              Remove it from the server
            </Button>
          </>
        }
      />
    </>
  )
}
