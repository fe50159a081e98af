import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { FolderOpen, FolderSync, Square } from 'lucide-react'
import { useState } from 'react'
import type { LinkDirection } from '../../../../src/contract/folders.ts'
import type { LinkRules } from '../../../../src/contract/left-out.ts'
import type { Examination } from '../../../../src/contract/linking.ts'
import { desktop, failureOf } from '../../../data/desktop.ts'
import { setExamined } from '../../../data/examinations.ts'
import { runAction } from '../../../data/run-action.ts'
import { failureText } from '../../../text/failure-text.ts'
import { Banner } from '../../../ui/banner.tsx'
import { Button } from '../../../ui/button.tsx'
import { FailureCodeText } from '../../../ui/failure-code.tsx'
import { announce } from '../../../ui/live-region.tsx'
import { Switch } from '../../../ui/switch.tsx'
import { ArtifactRows } from './artifact-rows.tsx'
import { AudienceOf } from './audience.tsx'
import { Counts } from './counts.tsx'
import { countsWithout } from './counts-text.ts'
import { DirectionChoice } from './direction-choice.tsx'
import { chooseAndExamine } from './examine.ts'
import { Findings } from './findings.tsx'
import { LeftOutTree } from './left-out-tree.tsx'
import { Section } from './section.tsx'

type SheetProps = {
  examination: Examination
  /** Of the artifact or the project. */
  title: string
  onDone: () => void
}

const lookAgain = (examination: Examination, rules: LinkRules): void =>
  void runAction(async () =>
    setExamined(await desktop.folders.lookAgain({ examinationId: examination.id, rules })),
  )

/** What linking a folder would mean, before a byte moves; one word begins it. */
export const LinkSheet = ({ examination, title, onDone }: SheetProps) => {
  const { id: examinationId, projectId, artifactId, place, phase, rules, role } = examination
  const [wanted, setWanted] = useState<LinkDirection>('both')
  const [without, setWithout] = useState<string[]>([])
  const isReader = role === 'viewer'
  const direction = isReader ? 'down' : wanted
  const isCounting = phase === 'looking'
  const isOpen = phase !== 'refused' && phase !== 'failed'
  return (
    <>
      <Section
        title={t`The folder`}
        aside={
          <Button size="sm" onClick={() => void chooseAndExamine(projectId, artifactId)}>
            <FolderOpen aria-hidden /> <Trans>Choose another…</Trans>
          </Button>
        }
      >
        <p className="wrap-anywhere px-4 py-3 font-mono text-xs">{place.root}</p>
        {place.findings.length > 0 && <Findings place={place} />}
      </Section>
      {phase === 'refused' && (
        <p role="alert" className="text-sm text-soft">
          <Trans>This folder cannot be linked. Nothing of it was sent or changed.</Trans>
        </p>
      )}
      {phase === 'failed' && <Failed examination={examination} />}
      {isOpen && (
        <>
          <Section
            title={t`What moves`}
            text={
              isCounting
                ? t`Atelier looks at both sides. Nothing moves meanwhile.`
                : t`Nothing has moved yet.`
            }
          >
            <Counts
              counts={countsWithout(examination, without)}
              direction={direction}
              isCounting={isCounting}
            />
            {isCounting && <Counting examination={examination} />}
            {phase === 'stopped' && (
              <div className="flex items-center gap-3 border-t bg-warning-soft px-4 py-2.5 text-sm">
                <p className="flex-1">
                  <Trans>You stopped the count, so these numbers are not all.</Trans>
                </p>
                <Button size="sm" onClick={() => lookAgain(examination, rules)}>
                  <Trans>Count on</Trans>
                </Button>
              </div>
            )}
          </Section>
          {artifactId === null && (examination.artifactCount > 0 || !isCounting) && (
            <Section
              title={t`Artifacts`}
              text={
                direction === 'both'
                  ? t`Each artifact has a folder in this one. A folder that is none yet becomes an artifact of the project.`
                  : t`Each artifact gets a folder in this one.`
              }
            >
              {examination.artifactCount === 0 ? (
                <p className="px-4 py-3 text-sm text-soft">
                  <Trans>
                    The project has no artifacts, and this folder has no folders. What is made later
                    follows.
                  </Trans>
                </p>
              ) : (
                <ArtifactRows
                  examination={examination}
                  direction={direction}
                  without={without}
                  onWithout={setWithout}
                />
              )}
              <Strays examination={examination} />
            </Section>
          )}
          <Section title={t`Who sees it`}>
            <AudienceOf
              projectId={projectId}
              isPublic={examination.artifacts.some((each) => each.isPublic)}
            />
          </Section>
          <LeftOut examination={examination} />
          <Section title={t`Which way`}>
            <DirectionChoice
              value={direction}
              onChange={setWanted}
              whyOnlyDown={
                isReader
                  ? t`You may read this project and not change it. An owner can let you.`
                  : null
              }
            />
          </Section>
          <Start
            examination={examination}
            isCounting={isCounting}
            begin={async (unseen) => {
              await desktop.folders.link({ examinationId, direction, without, unseen })
              announce(
                direction === 'both'
                  ? t`${title} is linked, and follows both ways`
                  : t`${title} is linked, and comes from the server only`,
              )
              onDone()
            }}
          />
        </>
      )}
    </>
  )
}

const Counting = ({ examination: { id, counts, server } }: { examination: Examination }) => {
  const met = counts.up.files + counts.same.files + counts.differ.files + counts.unsure.files
  return (
    <div role="status" className="flex items-center gap-3 border-t px-4 py-2.5">
      <span className="skeleton size-2.5 shrink-0 rounded-full" />
      <p className="min-w-0 flex-1 text-sm text-soft tabular-nums">
        {server === 'unknown' && met === 0
          ? t`Asking the server what it has…`
          : plural(met, { one: 'Looking… # file so far', other: 'Looking… # files so far' })}
      </p>
      <Button
        size="sm"
        onClick={() =>
          void runAction(() => desktop.folders.cancelExamination({ examinationId: id }))
        }
      >
        <Square aria-hidden /> <Trans>Stop</Trans>
      </Button>
    </div>
  )
}

const Failed = ({ examination }: { examination: Examination }) => {
  const code = examination.failure ?? 'internal'
  const { title, sentence, remedy } = failureText[code]
  return (
    <Banner
      tone="danger"
      className="rounded-lg py-3"
      action={
        <Button size="sm" onClick={() => lookAgain(examination, examination.rules)}>
          <Trans>Look again</Trans>
        </Button>
      }
    >
      <span className="font-medium">{title}.</span> {sentence} {remedy}{' '}
      <FailureCodeText code={code} />
    </Banner>
  )
}

/** Files that lie beside the folders of a project. */
const Strays = ({ examination: { strays } }: { examination: Examination }) => {
  if (strays.count === 0) return null
  return (
    <details className="border-t px-4 py-2.5 text-sm">
      <summary className="text-soft">
        {plural(strays.count, {
          one: 'One file beside the folders belongs to no artifact, and stays here alone',
          other: '# files beside the folders belong to no artifact, and stay here alone',
        })}
      </summary>
      <ul className="mt-1 max-h-40 overflow-y-auto font-mono text-xs">
        {strays.names.map((name) => (
          <li key={name} className="wrap-anywhere">
            {name}
          </li>
        ))}
      </ul>
    </details>
  )
}

const LeftOut = ({ examination }: { examination: Examination }) => {
  const { leftOut, leftOutCount, phase, rules } = examination
  const setSent = (path: string, isSent: boolean): void =>
    lookAgain(examination, {
      ...rules,
      sendAnyway: isSent
        ? [...rules.sendAnyway, path]
        : rules.sendAnyway.filter((each) => each !== path),
    })
  return (
    <Section
      title={t`What is left out`}
      text={
        leftOutCount > 0
          ? t`It stays on this computer. Nobody else gets it.`
          : phase === 'looking'
            ? t`Counted as Atelier looks.`
            : undefined
      }
    >
      {leftOutCount === 0 ? (
        <p className="px-4 py-3 text-sm text-soft">
          {phase === 'looking' ? t`Nothing so far.` : t`Nothing: all of this folder is synced.`}
        </p>
      ) : (
        <LeftOutTree
          entries={leftOut}
          total={leftOutCount}
          actions={(entry) =>
            entry.canSend && (
              <Button
                size="sm"
                disabled={phase === 'looking'}
                onClick={() => setSent(entry.path, true)}
              >
                <Trans>
                  Send anyway<span className="sr-only"> {entry.path}</span>
                </Trans>
              </Button>
            )
          }
        />
      )}
      {rules.sendAnyway.length > 0 && (
        <ul aria-label={t`Sent anyway`} className="border-t">
          {rules.sendAnyway.map((path) => (
            <li key={path} className="flex items-center gap-3 px-4 py-1.5">
              <span className="min-w-0 flex-1 wrap-anywhere font-mono text-xs">{path}</span>
              <span className="text-soft text-xs">
                <Trans>is sent</Trans>
              </span>
              <Button size="sm" onClick={() => setSent(path, false)}>
                <Trans>
                  Leave out<span className="sr-only"> {path}</span>
                </Trans>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex items-center gap-3 border-t px-4 py-2.5">
        <p className="min-w-0 flex-1 text-sm">
          <Trans>
            Follow .gitignore{' '}
            <span className="text-soft">What git leaves out, Atelier leaves out.</span>
          </Trans>
        </p>
        <Switch
          label={t`Follow .gitignore`}
          checked={rules.respectGitignore}
          onChange={(respectGitignore) => lookAgain(examination, { ...rules, respectGitignore })}
        />
      </div>
    </Section>
  )
}

/** The one word. Where the server could not be asked, it takes another one before. */
const Start = ({
  examination: { server, phase },
  isCounting,
  begin,
}: {
  examination: Examination
  isCounting: boolean
  begin: (unseen: boolean) => Promise<void>
}) => {
  const [unseen, setUnseen] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ReturnType<typeof failureOf> | null>(null)
  const isUnseen = server !== 'asked' && !isCounting
  const start = async () => {
    setBusy(true)
    setFailure(null)
    await begin(unseen).catch((error: unknown) => setFailure(failureOf(error)))
    setBusy(false)
  }
  const canStart = phase === 'ready' && (!isUnseen || unseen)
  return (
    <div className="sticky bottom-0 -mx-6 flex flex-col gap-3 border-t bg-surface px-6 py-4">
      {isUnseen && (
        <label className="flex items-start gap-3 rounded-md bg-warning-soft p-3 text-sm">
          <input
            type="checkbox"
            checked={unseen}
            onChange={(event) => setUnseen(event.target.checked)}
            className="mt-1 accent-accent"
          />
          <span>
            <span className="font-medium">
              <Trans>The server cannot be asked now.</Trans>
            </span>{' '}
            {server === 'remembered'
              ? t`What it has and who sees it is as it was when it was asked last.`
              : t`What it has is not known here.`}{' '}
            <Trans>Link all the same: what is here goes out once the server is back.</Trans>
          </span>
        </label>
      )}
      {failure && (
        <p role="alert" className="text-danger text-sm">
          <span className="font-medium">{failureText[failure].title}.</span>{' '}
          {failureText[failure].sentence} {failureText[failure].remedy}{' '}
          <FailureCodeText code={failure} />
        </p>
      )}
      <div className="flex flex-wrap items-center justify-end gap-3">
        <p className="min-w-48 flex-1 text-soft text-xs">
          {isCounting
            ? t`You can begin once everything was looked at.`
            : t`You can pause it or unlink it at any time. The files stay.`}
        </p>
        <Button variant="primary" busy={busy} disabled={!canStart} onClick={() => void start()}>
          <FolderSync aria-hidden /> <Trans>Start syncing</Trans>
        </Button>
      </div>
    </div>
  )
}
