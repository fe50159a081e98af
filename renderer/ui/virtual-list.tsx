// biome-ignore-all lint/a11y/noStaticElementInteractions: both elements have a role, chosen at run time
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: as above; listbox, option, tree and treeitem take these
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are handled by the list, which holds the focus
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type HTMLAttributes,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import { classNames } from './class-names.ts'
import { nextIndex } from './list-keys.ts'
import { useRowMove } from './use-row-move.ts'

export type VirtualListProps<Item> = {
  /** Read aloud as the list's name. */
  label: string
  items: readonly Item[]
  getKey: (item: Item) => string
  /** What type-ahead matches and, unless the row says more, what is read aloud. */
  getText: (item: Item) => string
  renderItem: (item: Item, state: { active: boolean; selected: boolean }) => ReactNode
  /** Enter, Space or a click. */
  onOpen: (item: Item) => void
  selectedKey?: string | null
  /** Pixels, the same for every row. */
  rowHeight?: number
  kind?: 'listbox' | 'tree'
  /** For trees: aria-level, aria-expanded and the like. */
  itemAttributes?: (item: Item) => HTMLAttributes<HTMLElement>
  /** Keys the list does not take itself (ArrowLeft and ArrowRight in trees); true when handled. */
  onItemKey?: (event: KeyboardEvent, item: Item) => boolean
  /** Puts a row where another stands: it was dragged there, or moved with Alt and an arrow. */
  onMove?: (item: Item, target: Item) => void
  className?: string
}

/**
 * A list of any length. Focus stays on the list and an active row moves under it
 * (aria-activedescendant), so it survives rows that scroll out of the DOM.
 */
export const VirtualList = <Item,>({
  label,
  items,
  getKey,
  getText,
  renderItem,
  onOpen,
  selectedKey = null,
  rowHeight = 32,
  kind = 'listbox',
  itemAttributes,
  onItemKey,
  onMove,
  className,
}: VirtualListProps<Item>) => {
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const typed = useRef({ text: '', at: 0 })
  const [activeKey, setActiveKey] = useState<string | null>(selectedKey)
  const [focused, setFocused] = useState(false)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => list.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    paddingStart: 4,
    paddingEnd: 4,
    getItemKey: (index) => {
      const item = items[index]
      return item === undefined ? index : getKey(item)
    },
  })

  const indexOf = (key: string | null) => items.findIndex((item) => getKey(item) === key)
  const found = indexOf(activeKey)
  const active = found >= 0 ? found : Math.max(0, indexOf(selectedKey))

  const { scrollToIndex } = virtual
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the selection only; new items must not scroll the list away
  useEffect(() => {
    setActiveKey(selectedKey)
    const index = indexOf(selectedKey)
    if (index >= 0) scrollToIndex(index)
  }, [selectedKey])

  const move = (index: number) => {
    const item = items[index]
    if (item === undefined) return
    setActiveKey(getKey(item))
    virtual.scrollToIndex(index)
  }

  const moveRow = (from: number, to: number): void => {
    const [item, target] = [items[from], items[to]]
    if (item !== undefined && target !== undefined && from !== to) onMove?.(item, target)
  }
  const rowMove = useRowMove(
    onMove
      ? {
          keyOf: (index) => {
            const item = items[index]
            return item === undefined ? undefined : getKey(item)
          },
          indexOf,
          move: moveRow,
        }
      : null,
  )

  const onKeyDown = (event: KeyboardEvent) => {
    const item = items[active]
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (onMove && item !== undefined && step && event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      setActiveKey(getKey(item))
      moveRow(active, active + step)
      return
    }
    if (item === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    if (onItemKey?.(event, item)) {
      event.preventDefault()
      return
    }
    const typing = Date.now() - typed.current.at < 600
    if (event.key === 'Enter' || (event.key === ' ' && !typing)) {
      event.preventDefault()
      onOpen(item)
      return
    }
    if (event.key.length === 1) {
      typed.current = { text: (typing ? typed.current.text : '') + event.key, at: Date.now() }
    }
    const page = Math.max(1, Math.floor((list.current?.clientHeight ?? rowHeight) / rowHeight) - 1)
    const next = nextIndex(event.key, active, items.length, page, typed.current.text, (index) => {
      const candidate = items[index]
      return candidate === undefined ? '' : getText(candidate)
    })
    if (next === null) return
    event.preventDefault()
    move(next)
  }

  return (
    <div
      ref={list}
      role={kind}
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={items.length > 0 ? `${id}-${active}` : undefined}
      onKeyDown={onKeyDown}
      onFocus={({ currentTarget }) => {
        setFocused(true)
        // A press focuses the list as well, and would have its row moved away from under it.
        if (items.length > 0 && currentTarget.matches(':focus-visible'))
          virtual.scrollToIndex(active)
      }}
      onBlur={() => setFocused(false)}
      className={classNames('focus-inset min-h-0 flex-1 overflow-y-auto', className)}
    >
      <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((row) => {
          const item = items[row.index]
          if (item === undefined) return null
          const selected = getKey(item) === selectedKey
          const isActive = focused && row.index === active
          const dragged = rowMove(row.index)
          return (
            <div
              key={row.key}
              id={`${id}-${row.index}`}
              role={kind === 'tree' ? 'treeitem' : 'option'}
              aria-selected={selected}
              aria-setsize={items.length}
              aria-posinset={row.index + 1}
              {...itemAttributes?.(item)}
              {...dragged?.attributes}
              aria-keyshortcuts={onMove ? 'Alt+ArrowUp Alt+ArrowDown' : undefined}
              onClick={() => {
                setActiveKey(getKey(item))
                onOpen(item)
              }}
              className={classNames(
                'absolute inset-x-1 flex items-center rounded-md px-2 transition-colors',
                selected ? 'bg-selected text-ink' : 'hover:bg-hover',
                isActive && 'outline-2 outline-ring -outline-offset-2',
                dragged?.mark === 'before' && 'border-accent border-t-2',
                dragged?.mark === 'after' && 'border-accent border-b-2',
              )}
              style={{ height: row.size, transform: `translateY(${row.start}px)` }}
            >
              {renderItem(item, { active: isActive, selected })}
            </div>
          )
        })}
      </div>
    </div>
  )
}
