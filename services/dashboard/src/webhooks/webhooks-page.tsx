// Who is told by webhook, and how telling them went.

import './webhooks.css';
import { Button, Stack, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { SecretShown } from '../keys/secret-shown.tsx';
import { useNames, useNamesPending } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { useZone } from '../shell/zone.tsx';
import { Deliveries } from './deliveries.tsx';
import { type EndpointAct, EndpointActs } from './endpoint-acts.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { EndpointList } from './endpoint-list.tsx';
import { ReplayRange } from './replay-range.tsx';
import { RotateWebhookSecret } from './rotate-webhook-secret.tsx';
import { type Endpoint, endpointsQuery } from './webhook-queries.ts';

/** What is open on top of the page. */
type Opened =
  | { readonly kind: 'new' }
  | { readonly kind: 'edit' | 'rotate' | 'replay'; readonly endpoint: Endpoint }
  | { readonly kind: 'act'; readonly act: EndpointAct; readonly endpoint: Endpoint }
  | { readonly kind: 'secret'; readonly title: string; readonly secret: string };

const SECRET_NOTE = 'It is shown this once. Your receiver verifies with it that a message is from here.';

export function WebhooksPage() {
  const zone = useZone();
  const nameOf = useNames();
  const queries = useQueryClient();
  const [opened, setOpened] = useState<Opened | null>(null);
  const isNaming = useNamesPending();
  const endpoints = useQuery(endpointsQuery);
  const close = (): void => setOpened(null);
  const changed = (): void => void queries.invalidateQueries({ queryKey: ['webhooks'] });
  const showSecret = (title: string) => (secret: string) => {
    changed();
    setOpened({ kind: 'secret', title, secret });
  };
  const done = (): void => {
    changed();
    close();
  };
  return (
    <Page
      title="Webhooks"
      lead={`Signed messages about limits, keys and invoices. Times in ${zone}`}
      actions={<Button onClick={() => setOpened({ kind: 'new' })}>New endpoint</Button>}
    >
      <EndpointList
        endpoints={endpoints}
        isNaming={isNaming}
        nameOf={nameOf}
        onEdit={(endpoint) => setOpened({ kind: 'edit', endpoint })}
        onRotate={(endpoint) => setOpened({ kind: 'rotate', endpoint })}
        onReplay={(endpoint) => setOpened({ kind: 'replay', endpoint })}
        onAct={(act, endpoint) => setOpened({ kind: 'act', act, endpoint })}
      />
      {/* Not before what is above it has its height. */}
      {endpoints.data !== undefined && !isNaming && (
        <Stack gap="sm">
          <Title order={2}>Deliveries</Title>
          <Deliveries endpoints={endpoints.data} />
        </Stack>
      )}
      {opened?.kind === 'new' && (
        <EndpointForm onClose={close} onMade={showSecret('The secret of the new endpoint')} onSaved={done} />
      )}
      {opened?.kind === 'edit' && (
        <EndpointForm endpoint={opened.endpoint} onClose={close} onMade={done} onSaved={done} />
      )}
      {opened?.kind === 'rotate' && (
        <RotateWebhookSecret endpoint={opened.endpoint} onClose={close} onRotated={showSecret('The new secret')} />
      )}
      {opened?.kind === 'replay' && <ReplayRange endpoint={opened.endpoint} onClose={close} onReplayed={changed} />}
      {opened?.kind === 'act' && (
        <EndpointActs act={opened.act} endpoint={opened.endpoint} onClose={close} onDone={done} />
      )}
      {opened?.kind === 'secret' && <SecretShown {...opened} note={SECRET_NOTE} onClose={close} />}
    </Page>
  );
}
