// What ingest tells Prometheus. The hot path adds to plain numbers; they become metrics when they are asked for, since
// a labelled counter costs more to increment than an event to check.

import { Counter, Gauge, Histogram, type Registry } from '@tollgate/runtime';

export interface IngestMetrics {
  answered(route: string, status: number): void;
  /** A request refused as a whole. */
  refused(code: string): void;
  settled(outcome: {
    readonly accepted: number;
    readonly duplicates: number;
    readonly rejections: readonly { readonly code: string }[];
  }): void;
  appended(durationMs: number): void;
  authorized(outcome: AuthorizationOutcome, durationMs: number): void;
}

interface AuthorizationOutcome {
  /** `allowed_on_trust`: some limit's counter was not known. */
  readonly outcome: 'allowed' | 'allowed_on_trust' | 'denied';
  /** Why it was denied. */
  readonly code: string;
}

interface Gauges {
  /** Bytes of the bodies that are read or handled. */
  readonly bytesInFlight: () => number;
  readonly requestsInFlight: () => number;
  readonly logBytesInFlight: () => number;
}

const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createIngestMetrics(registry: Registry, gauges: Gauges): IngestMetrics {
  const requests = new Tally('route', 'status');
  const refusals = new Tally('code');
  const events = new Tally('outcome', 'code');
  requests.register(registry, 'tollgate_ingest_requests_total', 'Requests answered, by route and status.');
  refusals.register(registry, 'tollgate_ingest_refused_requests_total', 'Requests refused as a whole, by code.');
  events.register(registry, 'tollgate_ingest_events_total', 'Events by outcome; rejected ones by code.');
  const authorizations = new Tally('outcome', 'code');
  authorizations.register(
    registry,
    'tollgate_ingest_authorizations_total',
    'Authorizations by outcome; denied ones by code.',
  );
  registerGauge(registry, 'tollgate_ingest_body_bytes_in_flight', 'Bytes of bodies in memory.', gauges.bytesInFlight);
  registerGauge(registry, 'tollgate_ingest_requests_in_flight', 'Requests under way.', gauges.requestsInFlight);
  registerGauge(registry, 'tollgate_ingest_log_bytes_in_flight', 'Bytes not yet in the log.', gauges.logBytesInFlight);
  const appendSeconds = new Histogram({
    name: 'tollgate_ingest_append_seconds',
    help: 'Time until the log had the events of a request.',
    buckets: SECONDS_BUCKETS,
    registers: [registry],
  });
  const authorizationSeconds = new Histogram({
    name: 'tollgate_ingest_authorization_seconds',
    help: 'Time to decide an authorization, from its body on.',
    buckets: SECONDS_BUCKETS,
    registers: [registry],
  });
  return {
    answered: (route, status) => requests.add(1, route, `${status}`),
    refused: (code) => refusals.add(1, code),
    settled({ accepted, duplicates, rejections }) {
      if (accepted > 0) events.add(accepted, 'accepted', '');
      if (duplicates > 0) events.add(duplicates, 'duplicate', '');
      for (const { code } of rejections) events.add(1, 'rejected', code);
    },
    appended: (durationMs) => appendSeconds.observe(durationMs / 1000),
    authorized({ outcome, code }, durationMs) {
      authorizations.add(1, outcome, code);
      authorizationSeconds.observe(durationMs / 1000);
    },
  };
}

/** Counts by one or two labels with few values each. */
class Tally {
  readonly #labels: readonly [string, string?];
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(...labels: [string, string?]) {
    this.#labels = labels;
  }

  add(amount: number, value: string, secondValue = ''): void {
    let counts = this.#counts.get(value);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(value, counts);
    }
    counts.set(secondValue, (counts.get(secondValue) ?? 0) + amount);
  }

  register(registry: Registry, name: string, help: string): void {
    const [label, secondLabel] = this.#labels;
    const counts = this.#counts;
    new Counter({
      name,
      help,
      labelNames: secondLabel === undefined ? [label] : [label, secondLabel],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, seconds] of counts) {
          for (const [secondValue, count] of seconds) {
            this.inc({ [label]: value, ...(secondLabel === undefined ? {} : { [secondLabel]: secondValue }) }, count);
          }
        }
      },
    });
  }
}

function registerGauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
