// Says on the price list that some use has no price, since nobody looks for what is missing.

import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { exactCount } from '../format/number.ts';
import { unpricedQuery } from './price-queries.ts';

export function UnpricedNotice() {
  const { data } = useQuery(unpricedQuery);
  if (data === undefined || data.data.length === 0) return null;
  const events = data.data.reduce((sum, group) => sum + group.events, 0);
  const models = new Set(data.data.map(({ provider, model }) => `${provider}/${model}`)).size;
  return (
    <Alert
      color="orange"
      variant="light"
      className="notice"
      title={`${exactCount(events)} events of ${models === 1 ? 'a model' : `${models} models`} have no price`}
    >
      They are on no invoice, and keep the invoices of their periods from being finalized.{' '}
      <Link to="/prices/unpriced" className="link underlined">
        Set the prices
      </Link>
    </Alert>
  );
}
