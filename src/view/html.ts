const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text within HTML, between tags or in an attribute. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => escapes[found] ?? found)

/** The document around the page. What is in `head` and `body` is HTML, `title` is text. */
export const pageDocument = ({
  title,
  head,
  body,
}: Readonly<Record<'title' | 'head' | 'body', string>>): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${head}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
</head>
<body>
<noscript>This page is drawn by a script, which your browser does not run.</noscript>
${body}
</body>
</html>
`
