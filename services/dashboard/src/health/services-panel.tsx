// Each service with its processes, and what their dependencies say.

import { Text } from '@mantine/core';
import { State, type Tone } from '../parts/state.tsx';
import { Time } from '../parts/time.tsx';
import type { Health } from './health-page.tsx';

type Service = Health['services'][number];
type Process = Service['processes'][number];

interface ServicesPanelProps {
  readonly services: readonly Service[];
}

const DUTIES: Readonly<Record<Service['service'], string>> = {
  ingest: 'takes events, admits requests',
  api: 'answers questions, serves this page',
  counter: 'counts and prices what came',
  quota: 'watches limits, raises alerts',
  webhooks: 'tells receivers',
  billing: 'drafts and finalizes invoices',
};
const STATES: Readonly<Record<Process['state'], { readonly tone: Tone; readonly name: string }>> = {
  ready: { tone: 'good', name: 'Ready' },
  not_ready: { tone: 'bad', name: 'Not ready' },
  silent: { tone: 'bad', name: 'Silent' },
};

export function ServicesPanel({ services }: ServicesPanelProps) {
  return (
    <section className="services" aria-label="Services">
      {services.map(({ service, processes }) => (
        <section key={service} className="panel" aria-label={service} data-service={service}>
          <Text fw={600} component="h2" size="md">
            {service}
          </Text>
          <Text size="xs" className="dim" mb="sm">
            {DUTIES[service]}
          </Text>
          {processes.length === 0 && (
            <Text size="sm" component="div">
              <State tone="quiet">Nothing was heard of it</State>
            </Text>
          )}
          <ul className="plain-list">
            {processes.map((process) => (
              <ProcessState key={process.id} process={process} />
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

function ProcessState({ process }: { readonly process: Process }) {
  const { tone, name } = STATES[process.state];
  return (
    <li>
      <Text size="sm" component="div">
        <State tone={tone}>{name}</State>
      </Text>
      <ul className="checks">
        {Object.entries(process.checks).map(([dependency, answers]) => (
          <li key={dependency} data-answers={answers === true}>
            <span aria-hidden="true">{answers === true ? '✓' : '✗'}</span> {dependency}
            {answers !== true && ' does not answer'}
          </li>
        ))}
      </ul>
      <Text size="xs" className="dim">
        since <Time at={process.started_at} />
        {process.state === 'silent' && (
          <>
            , last heard of <Time at={process.reported_at} />
          </>
        )}
      </Text>
    </li>
  );
}
