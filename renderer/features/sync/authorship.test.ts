import { describe, expect, it } from 'vitest'
import { mineText, theirsText } from './authorship.ts'

const now = Date.parse('2026-01-31T14:06:22Z')
const at = '2026-01-31T14:03:22Z'

describe('whose version it is', () => {
  it.each([
    [{ name: 'Ada Lovelace', at }, 7, 'Ada Lovelace, 3 minutes ago, revision 7'],
    [{ name: null, at }, 7, '3 minutes ago, revision 7'],
    [null, 7, 'revision 7'],
    [null, null, ''],
  ])('of theirs %j says, of revision %s, %j', (known, originalRevision, text) =>
    expect(theirsText(known, { originalRevision }, now)).toBe(text),
  )
  it('of mine the copy says where and when, the server by whom', () => {
    const copy = { device: 'desk 2.0', at: '2026-01-31 14.03.22' }
    expect(mineText({ name: 'Ada Lovelace' }, copy)).toBe(
      'Ada Lovelace on desk 2.0, 2026-01-31 14:03:22',
    )
    expect(mineText(null, copy)).toBe('desk 2.0, 2026-01-31 14:03:22')
  })
})
