// What a body holds, by its media type: events, or CloudEvents in one of their modes.

import type { IncomingMessage } from 'node:http';
import { TollgateError } from '@tollgate/domain';
import { isBinaryCloudEvent } from './cloud-event-headers.ts';

/**
 * `json`: one event or an array of them; `cloud_event` and `cloud_events`: structured and batched mode;
 * `cloud_event_data`: binary mode.
 */
export type BodyFormat = 'json' | 'cloud_event' | 'cloud_events' | 'cloud_event_data';

const CHARSET = /^charset\s*=\s*"?([^"]*)"?$/i;

/** Throws `unsupported_media_type` for anything but JSON in UTF-8. */
export function bodyFormatOf(req: IncomingMessage): BodyFormat {
  const header = req.headers['content-type'];
  if (header === undefined) throw unsupported('The request has no Content-Type; send application/json.');
  const [type = '', ...parameters] = header === 'application/json' ? [header] : header.split(';');
  for (const parameter of parameters) {
    const charset = CHARSET.exec(parameter.trim())?.[1];
    if (charset !== undefined && charset.trim().toLowerCase() !== 'utf-8') {
      throw unsupported('JSON is sent in UTF-8; leave the charset out or say utf-8.');
    }
  }
  switch (type.trim().toLowerCase()) {
    case 'application/json':
      return isBinaryCloudEvent(req) ? 'cloud_event_data' : 'json';
    case 'application/cloudevents+json':
      return 'cloud_event';
    case 'application/cloudevents-batch+json':
      return 'cloud_events';
    default:
      throw unsupported('Send application/json, application/cloudevents+json or application/cloudevents-batch+json.');
  }
}

function unsupported(detail: string): TollgateError {
  return new TollgateError({ code: 'unsupported_media_type', detail });
}
