import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Check, Copy, FolderOpen, Save, Trash2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Result } from '../../../src/contract/table.ts'
import type { FailureCode } from '../../../src/domain/failure.ts'
import { desktop, failureOf } from '../../data/desktop.ts'
import { closeReport, useReport } from '../../data/report.ts'
import { failureText } from '../../text/failure-text.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FailureCodeText } from '../../ui/failure-code.tsx'
import { announce } from '../../ui/live-region.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'

type Report = Result<'diagnostics.report'>

/** All that a report holds, before anybody has it. */
export const ReportDialog = () => {
  const isOpen = useReport((state) => state.isOpen)
  return isOpen ? <Opened /> : null
}

const Opened = () => {
  const [report, setReport] = useState<Report | null>(null)
  const [failure, setFailure] = useState<FailureCode | null>(null)
  const text = useRef<HTMLTextAreaElement>(null)
  const [done, setDone] = useState<'copied' | 'saved' | null>(null)
  useEffect(() => {
    desktop.diagnostics.report().then(setReport, (error: unknown) => setFailure(failureOf(error)))
  }, [])
  const attempt = async (work: () => Promise<'copied' | 'saved' | null>): Promise<void> => {
    setFailure(null)
    setDone(null)
    try {
      const ended = await work()
      setDone(ended)
      if (ended) announce(ended === 'copied' ? t`The report is copied` : t`The report is saved`)
    } catch (error) {
      setFailure(failureOf(error))
    }
  }
  const copy = () =>
    attempt(async () => {
      await navigator.clipboard.writeText(report?.text ?? '')
      return 'copied'
    })
  const save = () =>
    attempt(async () => ((await desktop.diagnostics.saveReport()) ? 'saved' : null))
  const openLogs = () =>
    attempt(async () => {
      await desktop.diagnostics.openLogs()
      return null
    })
  const openDumps = () =>
    attempt(async () => {
      await desktop.diagnostics.openDumps()
      return null
    })
  const removeDumps = () =>
    attempt(async () => {
      await desktop.diagnostics.removeDumps()
      announce(t`The crash dumps are removed`)
      setReport(await desktop.diagnostics.report())
      // The button that had the focus has gone.
      text.current?.focus()
      return null
    })
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && closeReport()}
      title={t`Report a problem`}
      description={t`This is all a report holds. Atelier sends it to nobody: copy or save it, and give it to whoever helps you.`}
      footer={
        <>
          <Button onClick={() => void openLogs()}>
            <FolderOpen aria-hidden /> <Trans>Open the log’s folder</Trans>
          </Button>
          <Button disabled={!report} onClick={() => void save()}>
            {done === 'saved' ? <Check aria-hidden /> : <Save aria-hidden />}{' '}
            <Trans>Save as a file…</Trans>
          </Button>
          <Button variant="primary" disabled={!report} onClick={() => void copy()}>
            {done === 'copied' ? <Check aria-hidden /> : <Copy aria-hidden />}
            {done === 'copied' ? t`Copied` : t`Copy`}
          </Button>
        </>
      }
    >
      {failure && (
        <Banner tone="danger" className="mb-3 rounded-md">
          {failureText[failure].title}. {failureText[failure].remedy}{' '}
          <FailureCodeText code={failure} />
        </Banner>
      )}
      {report ? (
        <>
          <textarea
            ref={text}
            readOnly
            aria-label={t`The report`}
            value={report.text}
            spellCheck={false}
            className="h-[50vh] min-h-32 w-full resize-none rounded-md border bg-field wrap-anywhere p-3 font-mono text-xs"
          />
          {report.hasDumps && (
            <div className="mt-2 flex flex-wrap items-center gap-2">
              <p className="min-w-60 flex-1 text-soft text-xs">
                <Trans>
                  A crash left memory of Atelier on this computer, which may hold what you worked
                  on. It is no part of the report; give it away only to somebody you trust with
                  that.
                </Trans>
              </p>
              <Button onClick={() => void openDumps()}>
                <FolderOpen aria-hidden /> <Trans>Show crash dumps</Trans>
              </Button>
              <Button onClick={() => void removeDumps()}>
                <Trash2 aria-hidden /> <Trans>Remove them</Trans>
              </Button>
            </div>
          )}
        </>
      ) : (
        !failure && <Skeleton rows={6} label={t`Making the report`} />
      )}
    </Dialog>
  )
}
