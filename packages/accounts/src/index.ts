export type {
  AccountRecords,
  Accounts,
  AccountsWatch,
  ApiKey,
  Customer,
  IdempotentOutcome,
  IdempotentRequest,
  Organization,
  PageRequest,
  Project,
} from './accounts.ts';
export { createPostgresAccounts, type PostgresAccountsOptions } from './postgres-accounts.ts';
