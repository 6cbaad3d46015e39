// How a credit note is settled, for people.

export const SETTLEMENTS = ['invoice', 'balance', 'outside'] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

export const SETTLEMENT_NAMES: Readonly<Record<Settlement, string>> = {
  invoice: 'Less is due of this invoice',
  balance: 'Taken off later invoices',
  outside: 'Paid back outside of the system',
};
