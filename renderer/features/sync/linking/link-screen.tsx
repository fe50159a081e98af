import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { FolderSync } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useParams } from 'react-router'
import type { Examination } from '../../../../src/contract/linking.ts'
import { desktop } from '../../../data/desktop.ts'
import { setExamined, useExamined } from '../../../data/examinations.ts'
import { Button } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { useProjects } from '../../workspaces/index.ts'
import { chooseAndExamine } from './examine.ts'
import { useLinksOf, useProjectLinks } from './link-chip.tsx'
import { LinkState } from './link-state.tsx'
import { Page } from './page.tsx'
import { ProjectState } from './project-state.tsx'
import { LinkSheet } from './sheet.tsx'
import { useTitle } from './use-title.ts'

/** What is looked at is of this place, and nobody's who has left it. */
const useOwnExamination = (projectId: string, artifactId: string | null): Examination | null => {
  const { examination } = useExamined()
  useEffect(
    () => () => {
      const last = useExamined.getState().examination
      if (last?.phase === 'looking')
        void desktop.folders.cancelExamination({ examinationId: last.id }).catch(() => {})
      setExamined(null)
    },
    [],
  )
  return examination?.projectId === projectId && examination.artifactId === artifactId
    ? examination
    : null
}

/** The page of a link: the sheet before it, and how it is once there is one. */
export const LinkScreen = () => {
  const { projectId = '', artifactId: id } = useParams()
  const artifactId = id ?? null
  const examination = useOwnExamination(projectId, artifactId)
  const links = useLinksOf(projectId, artifactId)
  const project = useProjectLinks()?.find((each) => each.projectId === projectId) ?? null
  const projectName = useProjects().data?.find((each) => each.id === projectId)?.name
  const artifactTitle = useTitle(projectId, artifactId)
  const title = (artifactId === null ? projectName : artifactTitle) ?? ''
  const back =
    artifactId === null
      ? `/projects/${projectId}`
      : `/projects/${projectId}/artifacts/${artifactId}`
  const isLinked = artifactId === null ? project !== null : links.length > 0

  if (examination)
    return (
      <Page back={back} title={t`Link ${title} to a folder`}>
        <LinkSheet
          key={examination.id}
          examination={examination}
          title={title}
          onDone={() => setExamined(null)}
        />
      </Page>
    )
  if (isLinked)
    return (
      <Page back={back} title={title} text={t`As it is on this computer`}>
        {artifactId === null && project ? (
          <ProjectState project={project} links={links} />
        ) : (
          links.map((link) => <LinkState key={link.id} link={link} />)
        )}
      </Page>
    )
  return (
    <Page back={back} title={title}>
      <NotLinked projectId={projectId} artifactId={artifactId} />
    </Page>
  )
}

const NotLinked = ({ projectId, artifactId }: { projectId: string; artifactId: string | null }) => {
  const [busy, setBusy] = useState(false)
  const choose = async () => {
    setBusy(true)
    await chooseAndExamine(projectId, artifactId)
    setBusy(false)
  }
  return (
    <EmptyState
      icon={<FolderSync />}
      title={t`Not linked on this computer`}
      action={
        <Button variant="primary" busy={busy} onClick={() => void choose()}>
          <Trans>Choose a folder…</Trans>
        </Button>
      }
    >
      {artifactId === null
        ? t`Choose a folder for the artifacts of this project. You see what would move before anything does.`
        : t`Choose a folder to work on its files with any program. You see what would move before anything does.`}
    </EmptyState>
  )
}
