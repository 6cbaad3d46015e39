// A page that is served to anyone: made once, at start, or by a function that remembers what it made.

export interface Page {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | (() => Promise<string>);
}

/** Nothing from elsewhere, no script, no frame, no form. */
const HTML_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function htmlPage(path: string, body: string): Page {
  return {
    path,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': HTML_POLICY,
      'Referrer-Policy': 'no-referrer',
    },
    body,
  };
}

export function filePage(path: string, contentType: string, body: string): Page {
  return { path, headers: { 'Content-Type': contentType }, body };
}
