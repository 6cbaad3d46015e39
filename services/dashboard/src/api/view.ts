// Where this view of the dashboard is: at the root, or under an address of its own in the frame of another site, where the api
// reads another cookie. Whatever leads to the api, a link to a file as well, is written with `addressOf`.

export const VIEW_PATH = /^\/embedded(?=\/|$)/.exec(window.location.pathname)?.[0] ?? '';

export const IS_EMBEDDED = VIEW_PATH !== '';

/** The address, in this view, of something of the api: `/v1/usage?…`. */
export function addressOf(path: string): string {
  return `${VIEW_PATH}${path}`;
}
