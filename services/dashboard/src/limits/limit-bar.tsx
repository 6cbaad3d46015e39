// How full a limit is: what was used, what reservations hold, and where it is heading, against the amount and its thresholds.

import { Skeleton } from '@mantine/core';
import { exactFigure, percent, shareOf, shortFigure } from './limit-text.ts';
import type { Limit } from './limits-query.ts';

/** What lies further out is drawn at the edge. */
const SHARE_DRAWN_MAX = 1.5;
const NEARLY = 0.75;

export function LimitBar({ limit }: { readonly limit: Limit }) {
  if (limit.state !== 'known') return <Unknown limit={limit} />;
  const { used, held, projected } = limit;
  const shares = { used: shareOf(limit, used), held: shareOf(limit, held), projected: shareOf(limit, projected) };
  const most = Math.max(1, shares.used + shares.held, shares.projected);
  const scale = Math.min(SHARE_DRAWN_MAX, most);
  const at = (share: number): string => `${(Math.min(share, scale) / scale) * 100}%`;
  const level = shares.used + shares.held >= 1 ? 'full' : shares.used >= NEARLY ? 'near' : 'well';
  const heldEnd = Math.min(shares.used + shares.held, scale);
  return (
    <div
      className="limit-bar"
      role="img"
      data-level={level}
      aria-label={`${percent(shares.used)} used, ${percent(shares.held)} held${projected === null ? '' : `, ${percent(shares.projected)} projected`}`}
    >
      <div className="limit-track" style={{ width: at(1) }} />
      {projected !== null && shares.projected > shares.used && (
        <div
          className="limit-projected"
          style={{ width: at(shares.projected) }}
          title={`Projected: ${exactFigure(limit, projected)}`}
        />
      )}
      <div className="limit-used" style={{ width: at(shares.used) }} />
      {shares.held > 0 && (
        <div
          className="limit-held"
          style={{ left: at(shares.used), width: at(heldEnd - Math.min(shares.used, scale)) }}
        />
      )}
      {limit.thresholds
        .filter((threshold) => threshold / 100 <= scale && threshold !== 100)
        .map((threshold) => (
          <div key={threshold} className="limit-threshold" style={{ left: at(threshold / 100) }} />
        ))}
      {scale > 1 && <div className="limit-amount" style={{ left: at(1) }} />}
    </div>
  );
}

function Unknown({ limit: { state, on_unavailable: otherwise } }: { readonly limit: Limit }) {
  const what = otherwise === 'closed' ? 'requests are refused' : 'an allowance is admitted';
  return (
    <div className="dim limit-unknown" role="status">
      {state === 'rebuilding' && <Skeleton h={12} radius="xl" mb={6} />}
      {state === 'rebuilding' ? 'Being counted anew' : 'Its counter cannot be reached'}: until it is known, {what}.
    </div>
  );
}

/** `8,412 of 10,000 · 1,200 held · 12,400 projected`. */
export function LimitFigures({ limit }: { readonly limit: Limit }) {
  const { used, held, projected, amount } = limit;
  if (used === null || held === null) {
    return <div className="limit-figures dim">of {exactFigure(limit, amount)}</div>;
  }
  return (
    <div className="limit-figures">
      <span title={exactFigure(limit, used)}>
        <strong data-figure="used">{shortFigure(limit, used)}</strong>
        <span className="dim"> of </span>
      </span>
      <span title={exactFigure(limit, amount)}>{shortFigure(limit, amount)}</span>
      <span className="dim"> · {percent(shareOf(limit, used))}</span>
      {shareOf(limit, held) > 0 && (
        <span className="dim" title={exactFigure(limit, held)}>
          {' '}
          · {shortFigure(limit, held)} held
        </span>
      )}
      {projected !== null && (
        <span className="dim" title={exactFigure(limit, projected)}>
          {' '}
          · {shortFigure(limit, projected)} projected
        </span>
      )}
    </div>
  );
}
