import { expect, it } from 'vitest'
import { ArtifactTurns } from './artifact-turns.ts'

it('lets one kind at a time change the files of an artifact, and any number of it', () => {
  const turns = new ArtifactTurns()
  const ends = [turns.begin('edits', 'a'), turns.begin('edits', 'a')]
  expect(turns.begin('changes', 'a')).toBeNull()
  expect(turns.begin('changes', 'b')).not.toBeNull()
  expect([turns.underWay('edits'), turns.underWay('changes')]).toEqual([['a'], ['b']])
  ends[0]?.()
  expect(turns.begin('changes', 'a')).toBeNull()
  ends[1]?.()
  expect(turns.begin('changes', 'a')).not.toBeNull()
  expect(turns.begin('edits', 'a')).toBeNull()
})
