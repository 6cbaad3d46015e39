// Where the dashboard begins.

import '@mantine/core/styles.css';
import './style.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { IS_EMBEDDED } from './api/view.ts';
import { createQueries } from './queries.ts';
import { createAppRouter } from './router.tsx';
import { theme } from './theme.ts';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';
const queries = createQueries({ onSignedOut: signInAgain });
const router = createAppRouter(queries);

/** And come back to where one was. */
async function signInAgain(): Promise<void> {
  const { pathname, href } = router.state.location;
  if (IS_EMBEDDED) return pathname === '/portal' ? undefined : router.navigate({ to: '/portal' });
  if (pathname !== '/sign-in') await router.navigate({ to: '/sign-in', search: { to: href } });
}

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
