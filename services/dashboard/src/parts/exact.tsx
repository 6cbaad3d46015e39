// A figure that is written short, and exact for who looks closer: by pointing at it, or with a screen reader.

import { billedMoney, exactCount, exactDecimal, exactMoney, shortCount, shortMoney } from '../format/number.ts';

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

export function Count({ count }: { readonly count: number | bigint }) {
  return <Exact short={shortCount(count)} exact={exactCount(count)} />;
}

/** On an invoice: all digits of the currency, and its code for who looks closer. */
export function Billed({ amount, currency }: { readonly amount: string; readonly currency: string }) {
  return (
    <span className="figure" title={exactMoney(amount, currency)} style={{ whiteSpace: 'nowrap' }}>
      {billedMoney(amount, currency)}
    </span>
  );
}

/** A quantity as decimal text: of any size, and perhaps with a fraction. */
export function Quantity({ decimal }: { readonly decimal: string }) {
  const [whole = '0', fraction] = decimal.split('.');
  const exact = exactDecimal(decimal);
  return <Exact short={fraction === undefined ? shortCount(BigInt(whole)) : exact} exact={exact} />;
}
