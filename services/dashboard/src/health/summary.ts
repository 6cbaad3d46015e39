// What of the system's state is worth a look, as sentences; none: all is well as far as it is known. Pure.

import type { Health } from './health-page.tsx';

/** A few entries wait at any moment while events flow. */
const LAG_ENTRIES_MUCH = 10_000;

export function summaryOf({ services, counting, webhooks }: Health): readonly string[] {
  const troubles: string[] = [];
  for (const { service, processes } of services) {
    if (processes.length === 0) troubles.push(`Nothing was heard of ${service}: whether it runs is not known.`);
    for (const { state, checks } of processes) {
      if (state === 'silent') troubles.push(`A process of ${service} went silent.`);
      if (state !== 'not_ready') continue;
      const failing = Object.entries(checks).flatMap(([name, answers]) => (answers ? [] : [name]));
      troubles.push(`A process of ${service} is not ready: no answer from ${failing.join(', ')}.`);
    }
  }
  const { lag_entries: lag } = counting;
  if (lag === null) troubles.push('How much waits to be counted is not known: the log does not answer.');
  else if (lag > LAG_ENTRIES_MUCH) troubles.push('Counting is far behind.');
  if (webhooks.failing_endpoints > 0) {
    const count = webhooks.failing_endpoints;
    troubles.push(
      `${count} webhook ${count === 1 ? 'endpoint does' : 'endpoints do'} not take what ${count === 1 ? 'it is' : 'they are'} sent.`,
    );
  }
  return troubles;
}
