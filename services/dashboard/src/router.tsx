// The addresses of the dashboard. A page's code is fetched when it is first opened; whoever is not signed in is asked to, and
// comes back to where they were.

import { Skeleton, Stack } from '@mantine/core';
import type { QueryClient } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { IS_EMBEDDED, VIEW_PATH } from './api/view.ts';
import { readDeadLetterFilters } from './dead-letters/dead-letter-queries.ts';
import { readEventFilters } from './events/event-filters.ts';
import { readInvoiceFilters, readLineSearch, readPreviewSearch } from './invoices/invoice-filters.ts';
import { readLimitFilters } from './limits/limits-query.ts';
import { PageFailure, PageNotFound } from './parts/page-failure.tsx';
import { readPlanSearch } from './plans/plan-search.ts';
import {
  readModelSearch,
  readNewPriceSearch,
  readNewRerateSearch,
  readPriceListSearch,
} from './prices/price-search.ts';
import { PortalPage } from './session/portal-page.tsx';
import { isSignedOut, sessionQuery } from './session/session.ts';
import { SignInPage } from './session/sign-in-page.tsx';
import { Shell } from './shell/shell.tsx';
import { readUsageView } from './usage/usage-view.ts';
import { readDeliveryFilters } from './webhooks/webhook-queries.ts';

export function createAppRouter(queries: QueryClient) {
  const root = createRootRoute({ notFoundComponent: PageNotFound });
  const signIn = createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    component: SignInPage,
    validateSearch: ({ to }: Record<string, unknown>) => ({ to: ownAddress(to) }),
  });
  const portal = createRoute({ getParentRoute: () => root, path: '/portal', component: PortalPage });
  const shell = createRoute({
    getParentRoute: () => root,
    id: 'shell',
    component: Shell,
    async beforeLoad({ location }) {
      await queries.ensureQueryData(sessionQuery).catch((error: unknown) => {
        if (isSignedOut(error)) {
          // Nobody signs in inside of a frame: the page around it has the links.
          throw IS_EMBEDDED ? redirect({ to: '/portal' }) : redirect({ to: '/sign-in', search: { to: location.href } });
        }
        throw error;
      });
    },
  });
  const pages = [
    createRoute({
      getParentRoute: () => shell,
      path: '/',
      component: lazyRouteComponent(() => import('./overview/overview-page.tsx'), 'OverviewPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/usage',
      validateSearch: readUsageView,
      component: lazyRouteComponent(() => import('./usage/usage-page.tsx'), 'UsagePage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/keys',
      component: lazyRouteComponent(() => import('./keys/keys-page.tsx'), 'KeysPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/limits',
      validateSearch: readLimitFilters,
      component: lazyRouteComponent(() => import('./limits/limits-page.tsx'), 'LimitsPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/webhooks',
      validateSearch: readDeliveryFilters,
      component: lazyRouteComponent(() => import('./webhooks/webhooks-page.tsx'), 'WebhooksPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/dead-letters',
      validateSearch: readDeadLetterFilters,
      component: lazyRouteComponent(() => import('./dead-letters/dead-letters-page.tsx'), 'DeadLettersPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/health',
      component: lazyRouteComponent(() => import('./health/health-page.tsx'), 'HealthPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/sessions',
      component: lazyRouteComponent(() => import('./sessions/sessions-page.tsx'), 'SessionsPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/customers',
      component: lazyRouteComponent(() => import('./customers/customers-page.tsx'), 'CustomersPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/customers/$id',
      component: lazyRouteComponent(() => import('./customers/customer-page.tsx'), 'CustomerPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/audit-log',
      component: lazyRouteComponent(() => import('./audit-log/audit-log-page.tsx'), 'AuditLogPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/events',
      validateSearch: readEventFilters,
      component: lazyRouteComponent(() => import('./events/events-page.tsx'), 'EventsPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/invoices',
      validateSearch: readInvoiceFilters,
      component: lazyRouteComponent(() => import('./invoices/invoices-page.tsx'), 'InvoicesPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/invoices/archives',
      component: lazyRouteComponent(() => import('./invoices/archives-page.tsx'), 'ArchivesPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/invoices/preview',
      validateSearch: readPreviewSearch,
      component: lazyRouteComponent(() => import('./invoices/preview-page.tsx'), 'PreviewPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/invoices/$id',
      component: lazyRouteComponent(() => import('./invoices/invoice-page.tsx'), 'InvoicePage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/invoices/$id/usage',
      validateSearch: readLineSearch,
      component: lazyRouteComponent(() => import('./invoices/line-usage-page.tsx'), 'LineUsagePage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/prices',
      validateSearch: readPriceListSearch,
      component: lazyRouteComponent(() => import('./prices/prices-page.tsx'), 'PricesPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/prices/model',
      validateSearch: readModelSearch,
      component: lazyRouteComponent(() => import('./prices/model-page.tsx'), 'ModelPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/prices/new',
      validateSearch: readNewPriceSearch,
      component: lazyRouteComponent(() => import('./prices/new-price-page.tsx'), 'NewPricePage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/prices/unpriced',
      component: lazyRouteComponent(() => import('./prices/unpriced-page.tsx'), 'UnpricedPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/prices/simulate',
      component: lazyRouteComponent(() => import('./prices/simulate-page.tsx'), 'SimulatePage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/prices/import',
      component: lazyRouteComponent(() => import('./prices/import-page.tsx'), 'ImportPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/prices/rerates',
      component: lazyRouteComponent(() => import('./prices/rerates-page.tsx'), 'ReratesPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/prices/rerates/new',
      validateSearch: readNewRerateSearch,
      component: lazyRouteComponent(() => import('./prices/new-rerate-page.tsx'), 'NewReratePage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/prices/rerates/$id',
      component: lazyRouteComponent(() => import('./prices/rerate-page.tsx'), 'ReratePage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/plans',
      component: lazyRouteComponent(() => import('./plans/plans-page.tsx'), 'PlansPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/plans/new',
      component: lazyRouteComponent(() => import('./plans/plan-editor-page.tsx'), 'NewPlanPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/plans/$id',
      validateSearch: readPlanSearch,
      component: lazyRouteComponent(() => import('./plans/plan-page.tsx'), 'PlanPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/plans/$id/new',
      component: lazyRouteComponent(() => import('./plans/plan-editor-page.tsx'), 'NewPlanVersionPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/billing',
      component: lazyRouteComponent(() => import('./billing/billing-page.tsx'), 'BillingPage'),
    }),
    createRoute({
      getParentRoute: () => shell,
      path: '/customers/$id/billing',
      component: lazyRouteComponent(() => import('./billing/customer-billing-page.tsx'), 'CustomerBillingPage'),
    }),
  ];
  return createRouter({
    ...(IS_EMBEDDED ? { basepath: VIEW_PATH } : {}),
    routeTree: root.addChildren([signIn, portal, shell.addChildren(pages)]),
    defaultPreload: 'intent',
    defaultPendingComponent: PagePending,
    defaultErrorComponent: PageFailure,
    defaultNotFoundComponent: PageNotFound,
    scrollRestoration: true,
  });
}

/** Never to another site. */
function ownAddress(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : '/';
}

function PagePending() {
  return (
    <Stack className="page" gap="lg" aria-busy="true">
      <Skeleton h={36} w={220} />
      <Skeleton h={120} />
      <Skeleton h={320} />
    </Stack>
  );
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
