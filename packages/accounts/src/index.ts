export type {
  AccountRecords,
  Accounts,
  AccountsWatch,
  ApiKey,
  AuditEntry,
  Customer,
  Fact,
  IdempotentOutcome,
  IdempotentRequest,
  Organization,
  PageRequest,
  Project,
} from './accounts.ts';
export { createPostgresAccounts, type PostgresAccountsOptions } from './postgres-accounts.ts';
