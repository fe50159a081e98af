import type { ComponentProps } from 'react'
import { Link } from 'react-router'
import { buttonLook } from './button.tsx'

/** Leads somewhere, and looks as what does something does. */
export const ButtonLink = (props: Omit<ComponentProps<typeof Link>, 'className'>) => (
  <Link {...props} className={buttonLook({})} />
)
