import type { Assumption } from './assumption.ts'
import { lifecycle } from './lifecycle.ts'
import { pages } from './pages.ts'
import { persons } from './persons.ts'
import { processes } from './processes.ts'
import { requests } from './requests.ts'

export const areas: { title: string; assumptions: Assumption[] }[] = [
  { title: 'Main’s own requests', assumptions: requests },
  { title: 'Pages, their bridge and their ways', assumptions: pages },
  { title: 'Processes beside main, schemes and sessions', assumptions: processes },
  { title: 'Beginning and end', assumptions: lifecycle },
  { title: 'What only a person can see', assumptions: persons },
]
export const assumptions: Assumption[] = areas.flatMap(({ assumptions }) => assumptions)
