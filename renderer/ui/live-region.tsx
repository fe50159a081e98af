import { create } from 'zustand'

type Announcement = { text: string; assertive: boolean; turn: number }
const useAnnouncement = create<Announcement>(() => ({ text: '', assertive: false, turn: 0 }))

/** Says something to screen readers; `assertive` interrupts and is for failures. */
export const announce = (text: string, assertive = false): void =>
  useAnnouncement.setState(({ turn }) => ({ text, assertive, turn: turn + 1 }))

/** Mounted once, by the layout. */
export const LiveRegion = () => {
  const { text, assertive, turn } = useAnnouncement()
  // The same words twice must be read twice: a trailing blank makes them new.
  const spoken = turn % 2 ? `${text}\u00a0` : text
  return (
    <>
      <div aria-live="polite" className="sr-only">
        {assertive ? '' : spoken}
      </div>
      <div aria-live="assertive" className="sr-only">
        {assertive ? spoken : ''}
      </div>
    </>
  )
}
