import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import type { FolderLink } from '../../../../src/contract/folders.ts'
import type { LeftOutDecision, LeftOutEntry } from '../../../../src/contract/left-out.ts'
import { useAccountId } from '../../../data/account.ts'
import { desktop, failureOf } from '../../../data/desktop.ts'
import { runAction } from '../../../data/run-action.ts'
import { useFolders } from '../../../data/stores.ts'
import { ErrorState } from '../../../text/error-state.tsx'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { formatCount } from '../../../ui/format.ts'
import { announce } from '../../../ui/live-region.tsx'
import { Skeleton } from '../../../ui/skeleton.tsx'
import { Switch } from '../../../ui/switch.tsx'
import { TextField } from '../../../ui/text-field.tsx'
import { syncKeys, syncQueries } from '../queries.ts'
import { linkAddress } from './examine.ts'
import { LeaveOutMore } from './leave-out-more.tsx'
import { LeftOutTree } from './left-out-tree.tsx'
import { Page } from './page.tsx'
import { Section } from './section.tsx'

/** Entries from which on they can be searched. */
const searchableFromEntries = 8

/** What of a linked folder is not synced, and why; and what else its person wants left out. */
export const LeftOutScreen = () => {
  const { linkId = '' } = useParams()
  const links = useFolders((state) => state.links)
  const link = links?.find(({ id }) => id === linkId)
  if (links && !link)
    return (
      <Page back="/sync" title={t`What is left out`}>
        <ErrorState code="folder.missing" />
      </Page>
    )
  if (!link) return <Skeleton rows={6} label={t`Loading the link`} />
  return (
    <Page
      back={linkAddress(link.projectId, link.artifactId)}
      title={t`What is left out`}
      text={t`of ${link.title}, on this computer`}
    >
      <List link={link} />
    </Page>
  )
}

const List = ({ link }: { link: FolderLink }) => {
  const { id: linkId } = link
  const client = useQueryClient()
  const [text, setText] = useState('')
  const [removing, setRemoving] = useState<LeftOutEntry | null>(null)
  const account = useAccountId()
  const list = useQuery(syncQueries.leftOut(account, link))
  const rules = useQuery(syncQueries.rules(account, link))
  const change = (work: () => Promise<unknown>, said: string): void =>
    void runAction(async () => {
      await work()
      announce(said)
      await client.invalidateQueries({ queryKey: syncKeys.leftOut(account, linkId) })
    })
  const decide = ({ path }: LeftOutEntry, decision: LeftOutDecision, said: string): void =>
    change(() => desktop.folders.decideLeftOut({ linkId, path, decision }), said)

  const actions = (entry: LeftOutEntry) => (
    <span className="flex flex-wrap gap-2">
      {entry.undecided > 0 && (
        <>
          <Button size="sm" onClick={() => decide(entry, 'send', t`${entry.path} is sent`)}>
            <Trans>
              Send mine<span className="sr-only"> of {entry.path}</span>
            </Trans>
          </Button>
          <Button
            size="sm"
            onClick={() => decide(entry, 'keep', t`${entry.path} stays as it is on both sides`)}
          >
            <Trans>
              Leave both as they are<span className="sr-only">: {entry.path}</span>
            </Trans>
          </Button>
        </>
      )}
      {entry.atServer > 0 && (
        <Button size="sm" onClick={() => setRemoving(entry)}>
          <Trans>
            Remove from the server…<span className="sr-only"> {entry.path}</span>
          </Trans>
        </Button>
      )}
      {entry.canSend && entry.undecided === 0 && (
        <Button
          size="sm"
          onClick={() =>
            change(
              () => desktop.folders.sendAnyway({ linkId, path: entry.path }),
              t`${entry.path} is synced`,
            )
          }
        >
          {entry.reason === 'person' ? t`Sync it again` : t`Send anyway`}
          <span className="sr-only"> {entry.path}</span>
        </Button>
      )}
    </span>
  )
  return (
    <>
      <Section
        title={t`On this computer alone`}
        text={t`Nobody else gets it, and nothing here is deleted because of it.`}
      >
        {list.isPending ? (
          <Skeleton rows={4} label={t`Loading what is left out`} />
        ) : list.isLoadingError ? (
          <ErrorState code={failureOf(list.error)} onRetry={() => void list.refetch()} />
        ) : list.data.total === 0 ? (
          <p className="px-4 py-3 text-sm text-soft">
            <Trans>Nothing: all of this folder is synced.</Trans>
          </p>
        ) : (
          <>
            {list.data.total >= searchableFromEntries && (
              <div className="border-b px-4 py-3">
                <TextField
                  label={t`Find what is left out`}
                  hideLabel
                  type="search"
                  placeholder={t`Find by its path or rule, of ${formatCount(list.data.total)}`}
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
      <Section title={t`Rules`}>
        <div className="flex items-center gap-3 px-4 py-3">
          <p className="min-w-0 flex-1 text-sm">
            <Trans>
              Follow .gitignore{' '}
              <span className="text-soft">What git leaves out, Atelier leaves out.</span>
            </Trans>
          </p>
          <Switch
            label={t`Follow .gitignore`}
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
                respectGitignore ? t`.gitignore is followed` : t`.gitignore is not followed`,
              )
            }
          />
        </div>
        <p className="border-t px-4 py-3 text-sm text-soft">
          <Trans>
            What nobody should get, whatever their computer, belongs in a file{' '}
            <code>.atelierignore</code> in the folder: one rule a line, as in .gitignore.
          </Trans>
        </p>
      </Section>
      <LeaveOutMore
        link={link}
        onLeaveOut={(path) =>
          change(
            () => desktop.folders.leaveOut({ linkId, path }),
            t`${path} is left out on this computer`,
          )
        }
      />
      <Dialog
        open={removing !== null}
        onOpenChange={(isOpen) => !isOpen && setRemoving(null)}
        title={t`Remove ${removing?.path ?? ''} from the server?`}
        description={plural(removing?.atServer ?? 0, {
          one: 'One file of it goes for everybody who has not left it out. It stays on this computer, and in the artifact’s history.',
          other:
            '# files of it go for everybody who has not left it out. It stays on this computer, and in the artifact’s history.',
        })}
        footer={
          <>
            <Button onClick={() => setRemoving(null)}>
              <Trans>Keep it there</Trans>
            </Button>
            <Button
              variant="danger"
              onClick={() => {
                if (removing) decide(removing, 'remove', t`${removing.path} goes from the server`)
                setRemoving(null)
              }}
            >
              <Trans>Remove it from the server</Trans>
            </Button>
          </>
        }
      />
    </>
  )
}
