// Two high waters in a little over a day: enough for a poster, not for a pilot.
const period = 12.42
const height = (hour) => 2.4 + 1.9 * Math.cos(((hour - 3.2) / period) * 2 * Math.PI)

const curve = document.querySelector('#tide-curve')
const points = Array.from({ length: 97 }, (_, index) => {
  const hour = index / 4
  return `${(hour / 24) * 720},${170 - height(hour) * 36}`
})
const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline')
line.setAttribute('points', points.join(' '))
line.setAttribute('fill', 'none')
line.setAttribute('stroke', 'currentColor')
line.setAttribute('stroke-width', '3')
curve.append(line)

const now = new Date()
const hour = now.getHours() + now.getMinutes() / 60
const mark = document.createElementNS('http://www.w3.org/2000/svg', 'circle')
mark.setAttribute('cx', String((hour / 24) * 720))
mark.setAttribute('cy', String(170 - height(hour) * 36))
mark.setAttribute('r', '7')
mark.setAttribute('fill', '#e9a23b')
curve.append(mark)

const rising = height(hour + 0.1) > height(hour)
document.querySelector('#tide-text').textContent =
  `${height(hour).toFixed(1)} m and ${rising ? 'rising' : 'falling'}`
