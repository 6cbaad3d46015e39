export type { Authenticator, Caller, UsageOwner } from './authenticator.ts';
export { type AuthenticatorOptions, createAuthenticator } from './create-authenticator.ts';
export { digestOfKeySecret, generateKeySecret, type KeyMode } from './key-secret.ts';
export type { KeyStore, KeyWatch, StoredKey } from './key-store.ts';
