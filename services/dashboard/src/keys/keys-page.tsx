// API keys: made, changed, rotated, disabled, deleted; and whether an old secret is still in use.

import { Button } from '@mantine/core';
import { useState } from 'react';
import { EmptyState } from '../parts/empty-state.tsx';
import { Page } from '../parts/page.tsx';
import { holds, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { firstKeyCurl } from './first-key-curl.ts';
import { type KeyAct, KeyActs } from './key-acts.tsx';
import { KeyTable } from './key-table.tsx';

export function KeysPage() {
  const session = useSession();
  const zone = useZone();
  const [act, setAct] = useState<KeyAct | null>(null);
  return (
    <Page
      title="API keys"
      lead={`Times in ${zone}`}
      actions={holds(session, 'keys:write') && <Button onClick={() => setAct({ kind: 'new' })}>New API key</Button>}
    >
      <KeyTable
        onAct={setAct}
        empty={
          <EmptyState title="No API keys" curl={firstKeyCurl()}>
            Make one, and send events with it.
          </EmptyState>
        }
      />
      {act !== null && <KeyActs act={act} onAct={setAct} />}
    </Page>
  );
}
