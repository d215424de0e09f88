import { piecesOf } from './matches.ts'

/** Text with what was searched for marked. */
export const Marked = ({ text, search }: { readonly text: string; readonly search: string }) => (
  <>
    {piecesOf(text, search).map(({ text: piece, isMatch }, index) =>
      isMatch ? <mark key={index}>{piece}</mark> : piece,
    )}
  </>
)
