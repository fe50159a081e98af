import type { Assumption } from './assumption.ts'
import { desktop } from './desktop.ts'
import { lifecycle } from './lifecycle.ts'
import { networkAssumptions } from './network.ts'
import { pages } from './pages.ts'
import { permissionAssumptions } from './permissions.ts'
import { persons } from './persons.ts'
import { processes } from './processes.ts'
import { requests } from './requests.ts'
import { schemes } from './schemes.ts'

export const areas: { title: string; assumptions: Assumption[] }[] = [
  { title: 'Main’s own requests', assumptions: requests },
  { title: 'Ways out, proxies and certificates', assumptions: networkAssumptions },
  { title: 'Pages, their bridge and their ways', assumptions: pages },
  { title: 'Permissions and frames', assumptions: permissionAssumptions },
  { title: 'Processes beside main, and sessions', assumptions: processes },
  { title: 'Answers of a scheme', assumptions: schemes },
  { title: 'Beginning and end', assumptions: lifecycle },
  { title: 'The desktop, its windows and what breaks', assumptions: desktop },
  { title: 'What only a person can see', assumptions: persons },
]
export const assumptions: Assumption[] = areas.flatMap(({ assumptions }) => assumptions)
