// `POST /v1/events/void`: withdraws events by id.

import { TollgateError } from '@tollgate/domain';
import { parseBody, readAll } from './read-elements.ts';
import { readVoid } from './read-voids.ts';
import type { TakeRoute } from './take-request.ts';

export const postVoids: TakeRoute = {
  name: '/v1/events/void',
  read({ bytes, format, nowMs, origin }) {
    if (format !== 'json') {
      throw new TollgateError({ code: 'unsupported_media_type', detail: 'Send application/json.' });
    }
    return readAll(parseBody(bytes), (element, index) => readVoid(element, index, { nowMs, origin }));
  },
};
