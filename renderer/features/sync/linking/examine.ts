import { desktop } from '../../../data/desktop.ts'
import { setExamined, useExamined } from '../../../data/examinations.ts'
import { runAction } from '../../../data/run-action.ts'

/** Where a link, or the sheet before it, is shown. */
export const linkAddress = (projectId: string, artifactId: string | null): string =>
  artifactId === null
    ? `/projects/${projectId}/link`
    : `/projects/${projectId}/artifacts/${artifactId}/link`

/** Asks for a folder and begins to look at it. Answers whether there is something to show. */
export const chooseAndExamine = async (
  projectId: string,
  artifactId: string | null,
): Promise<boolean> => {
  let isShown = false
  await runAction(async () => {
    const before = useExamined.getState().examination
    const examination = await desktop.folders.examine({ projectId, artifactId })
    if (!examination) return
    if (before?.phase === 'looking')
      void desktop.folders.cancelExamination({ examinationId: before.id }).catch(() => {})
    setExamined(examination)
    isShown = true
  })
  return isShown
}
