export {
  createModelList,
  flawOfModelPattern,
  MODEL_PATTERN_LENGTH_MAX,
  MODEL_PATTERNS_MAX,
  type ModelList,
} from '@tollgate/domain';
export { type AddressList, type AddressList, createAddressList, createAddressList } from './address-list.ts';
export {
  ADDRESS_RANGES_MAX,
  ADDRESS_RANGES_MAX,
  type AddressRange,
  type AddressRange,
  type ParsedRange,
  type ParsedRange,
  parseAddressRange,
  parseAddressRange,
} from './address-range.ts';
export type {
  Authenticator,
  Authenticator,
  Caller,
  Caller,
  Credential,
  Presented,
  RateLimits,
  UsageOwner,
  UsageOwner,
} from './authenticator.ts';
export {
  type AuthenticatorOptions,
  type AuthenticatorOptions,
  createAuthenticator,
  createAuthenticator,
} from './create-authenticator.ts';
export {
  digestOfKeySecret,
  digestOfKeySecret,
  generateKeySecret,
  generateKeySecret,
  hintOfKeySecret,
  type KeyMode,
  type KeyMode,
} from './key-secret.ts';
export type {
  KeyStore,
  KeyStore,
  KeyWatch,
  KeyWatch,
  StoredKey,
  StoredKey,
  StoredKeyBySecret,
  StoredSecret,
} from './key-store.ts';
export { readTrustedProxies, sourceAddressOf, type TrustedProxies } from './source-address.ts';
export { sourceNetworkOf } from './source-network.ts';
