import { Monitor, Moon, Sun } from 'lucide-react'
import { ToggleGroup } from 'radix-ui'
import { theme as themeSchema } from '../../../src/contract/app.ts'
import { setTheme, useAppInfo } from '../../data/stores.ts'
import { Row } from './section.tsx'

const themes = [
  { value: 'system', label: 'System', icon: <Monitor aria-hidden /> },
  { value: 'light', label: 'Light', icon: <Sun aria-hidden /> },
  { value: 'dark', label: 'Dark', icon: <Moon aria-hidden /> },
] as const

export const ThemeRow = () => {
  const chosen = useAppInfo(({ theme }) => theme)
  return (
    <Row title="Theme" text="System follows what your computer is set to.">
      <ToggleGroup.Root
        type="single"
        aria-label="Theme"
        value={chosen}
        onValueChange={(next) => {
          const parsed = themeSchema.safeParse(next)
          if (parsed.success) void setTheme(parsed.data)
        }}
        className="flex rounded-md bg-pressed p-0.5"
      >
        {themes.map((theme) => (
          <ToggleGroup.Item
            key={theme.value}
            value={theme.value}
            className="inline-flex h-7 items-center gap-1.5 rounded-sm px-2.5 text-sm text-soft data-[state=on]:bg-raised data-[state=on]:font-medium data-[state=on]:text-ink data-[state=on]:shadow-sm [&_svg]:size-3.5"
          >
            {theme.icon}
            {theme.label}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
    </Row>
  )
}
