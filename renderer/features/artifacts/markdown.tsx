import ReactMarkdown from 'react-markdown'
import rehypeSanitize from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import { desktop } from '../../data/desktop.ts'

/** A team's Markdown: no HTML of its own, links in the system's browser, no image from anywhere. */
export const Markdown = ({ text }: { text: string }) => (
  <div className="prose">
    <ReactMarkdown
      remarkPlugins={[remarkGfm]}
      rehypePlugins={[rehypeSanitize]}
      components={{
        a: ({ href, children }) => (
          <a
            href={href}
            onClick={(event) => {
              event.preventDefault()
              if (href) void desktop.app.openExternal({ url: href }).catch(() => {})
            }}
          >
            {children}
          </a>
        ),
        img: ({ alt }) => <em>{alt}</em>,
      }}
    >
      {text}
    </ReactMarkdown>
  </div>
)
