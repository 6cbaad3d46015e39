export {
  createModelList,
  flawOfModelPattern,
  MODEL_PATTERN_LENGTH_MAX,
  MODEL_PATTERNS_MAX,
  type ModelList,
} from '@tollgate/domain';
export { type AddressList, createAddressList } from './address-list.ts';
export { ADDRESS_RANGES_MAX, type AddressRange, type ParsedRange, parseAddressRange } from './address-range.ts';
export type { Authenticator, Caller, Credential, Presented, RateLimits, UsageOwner } from './authenticator.ts';
export { type AuthenticatorOptions, createAuthenticator } from './create-authenticator.ts';
export { digestOfKeySecret, generateKeySecret, hintOfKeySecret, type KeyMode } from './key-secret.ts';
export type { KeyStore, KeyWatch, StoredKey, StoredKeyBySecret, StoredSecret } from './key-store.ts';
export { readTrustedProxies, sourceAddressOf, type TrustedProxies } from './source-address.ts';
export { sourceNetworkOf } from './source-network.ts';
