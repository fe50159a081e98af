/** Two sheets leaning on each other: an A, and an easel. */
export const Mark = ({ className = 'size-7' }: { className?: string }) => (
  <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
    <path d="M13.2 3.5h5.4L28.5 28h-6.6z" fill="var(--accent)" />
    <path d="M13.2 3.5h5.4L10.4 28H3.5z" fill="var(--accent-text)" opacity=".55" />
    <path d="M10.9 19.2h8l1.8 4.6H9.3z" fill="var(--ink)" opacity=".9" />
  </svg>
)
