import { describe, expect, it } from 'vitest'
import { failureCodes } from '../domain/failure.ts'
import { blocksOneFile, failurePolicies } from './failure-policy.ts'

describe('what a failure means', () => {
  it('is the same in both replicas, but for whose disk it is', () => {
    const differing = failureCodes.filter(
      (code) => blocksOneFile(code, 'store') !== blocksOneFile(code, 'folder'),
    )
    expect(differing).toEqual(['disk.denied'])
    expect(blocksOneFile('disk.denied', 'folder')).toBe(true)
  })
  it('never stops the others for one file, nor says of each file what is about all of them', () => {
    for (const code of failureCodes) {
      if (code.startsWith('file.'))
        expect([code, failurePolicies[code].concerns]).toEqual([code, 'file'])
      if (
        /^(ipc|internal|link|auth|vault|network|billing|backend|update|folder|cache)(\.|$)/.test(
          code,
        )
      )
        expect([code, failurePolicies[code].concerns]).toEqual([code, 'all'])
    }
  })
  it('counts as an answer to a commit only where the server has said no', () => {
    for (const code of failureCodes)
      if (failurePolicies[code].refusal) expect(code).toMatch(/^(file|server|sync)\./)
    for (const code of [
      'server.unavailable',
      'server.rate-limited',
      'network.timeout',
      'internal',
    ] as const)
      expect(failurePolicies[code].refusal).toBeUndefined()
  })
})
