// A figure that is written short, and exact for who looks closer: by pointing at it, or with a screen reader.

import { exactCount, exactMoney, shortCount, shortMoney } from '../format/number.ts';

interface ExactProps {
  readonly short: string;
  readonly exact: string;
}

function Exact({ short, exact }: ExactProps) {
  return (
    <span className="figure" title={exact}>
      {short === exact ? (
        short
      ) : (
        <>
          <span aria-hidden="true">{short}</span>
          <span className="visually-hidden">{exact}</span>
        </>
      )}
    </span>
  );
}

export function Money({ amount, currency }: { readonly amount: string; readonly currency: string }) {
  return <Exact short={shortMoney(amount, currency)} exact={exactMoney(amount, currency)} />;
}

export function Count({ count }: { readonly count: number }) {
  return <Exact short={shortCount(count)} exact={exactCount(count)} />;
}
