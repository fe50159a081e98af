import { describe, expect, it } from 'vitest'
import { failureCodes } from '../../../src/domain/failure.ts'
import { fileResolutions, folderResolutions } from './resolutions.ts'

const projectId = 'p'

describe('ways out', () => {
  it('there is one for every reason', () => {
    for (const failure of failureCodes) {
      for (const direction of ['up', 'down'] as const)
        for (const project of [projectId, null])
          expect(fileResolutions({ direction, failure, projectId: project })).not.toEqual([])
      expect(folderResolutions(failure)).not.toEqual([])
    }
  })
  it('an edit can always be given up, and what is only to come never', () => {
    for (const failure of failureCodes) {
      expect(fileResolutions({ direction: 'up', failure, projectId })).toContain('discard')
      expect(fileResolutions({ direction: 'down', failure, projectId })).not.toContain('discard')
    }
  })
  it('an edit with nowhere to go can be saved elsewhere', () => {
    const failure = 'server.not-found'
    expect(fileResolutions({ direction: 'up', failure, projectId: null })).toEqual([
      'save-copy',
      'discard',
    ])
  })
  it('what the server lost is sent again', () => {
    const failure = 'sync.remote-object-missing'
    expect(fileResolutions({ direction: 'down', failure, projectId })[0]).toBe('send-again')
    expect(folderResolutions(failure)[0]).toBe('send-again')
  })
  it('what is wrong in the folder is shown there', () => {
    expect(folderResolutions('file.not-regular')[0]).toBe('reveal')
    expect(folderResolutions('server.denied')).toEqual(['reveal', 'retry', 'leave-out'])
  })
  it('what may not be sent can always give way', () => {
    for (const own of ['edit', 'new', 'deletion'] as const)
      expect(folderResolutions('server.denied', own)).toEqual([
        'revert',
        'reveal',
        'retry',
        'leave-out',
      ])
  })
  it('what is one file’s own fault can be left out; what is of all of them cannot', () => {
    for (const failure of ['file.not-regular', 'file.name-refused', 'file.too-large'] as const)
      expect(folderResolutions(failure)).toContain('leave-out')
    expect(folderResolutions('disk.full')).not.toContain('leave-out')
  })
  it('what goes by itself need not be tried again', () => {
    expect(folderResolutions('sync.metered')).not.toContain('retry')
    for (const direction of ['up', 'down'] as const)
      expect(fileResolutions({ direction, failure: 'sync.metered', projectId })).not.toContain(
        'retry',
      )
  })
})
