/** What a failure is called in the log, for whoever asks for help: one click marks it, to be copied. */
export const FailureCodeText = ({ code }: { code: string }) => (
  <code className="inline-block select-all wrap-anywhere font-mono text-[0.6875rem] leading-4">
    {code}
  </code>
)
