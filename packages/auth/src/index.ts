export { type AccessToken, CLOCK_SKEW_MS, TOKEN_LIFE_MAX_MS, type TokenAuthority } from './access-token.ts';
export { type AddressList, createAddressList } from './address-list.ts';
export {
  ADDRESS_RANGES_MAX,
  type AddressRange,
  isWithinRange,
  type ParsedRange,
  parseAddressRange,
} from './address-range.ts';
export { refusalOfKey } from './admit-key.ts';
export type {
  Authenticator,
  Caller,
  Credential,
  InspectedToken,
  NamedKey,
  Presented,
  RateLimits,
  UsageOwner,
} from './authenticator.ts';
export { type AuthenticatorOptions, createAuthenticator } from './create-authenticator.ts';
export { authorizationOf } from './credential-header.ts';
export { readEncryptionSecrets } from './encryption-secrets.ts';
export { type EndpointSecrets, openEndpoint, sealEndpoint } from './endpoint-seal.ts';
export { type KeyActivityRecorder, recordKeyActivity } from './key-activity.ts';
export { createKeySeal, type KeySeal } from './key-seal.ts';
export { digestOfKeySecret, generateKeySecret, hintOfKeySecret, isKeySecret, type KeyMode } from './key-secret.ts';
export type {
  KeyStore,
  KeyWatch,
  MovedSecret,
  StoredCustomer,
  StoredKey,
  StoredKeyBySecret,
  StoredSecret,
} from './key-store.ts';
export { type CredentialUse, createKeyUses, type KeyUseStore, type KeyUses, type KeyUsesOptions } from './key-uses.ts';
export { currentPepperOf, pepperIdOf, readPeppers } from './peppers.ts';
export {
  mayCallAddress,
  RECEIVER_URL_LENGTH_MAX,
  type ReceiverRules,
  readReceiverRules,
  readReceiverUrl,
} from './receiver-url.ts';
export { digestOfRefreshToken, generateRefreshToken, isRefreshToken } from './refresh-token.ts';
export { digestOfSessionToken, generatePortalToken, generateSessionToken, isPortalToken } from './session-token.ts';
export { createSigningKey, type PublicJwk, readPrivateKey, signAccessToken } from './signing-key.ts';
export { type SigningKeyState, signingKeyOf, signingKeyState, verifiesUntilMs } from './signing-key-life.ts';
export { readTrustedProxies, sourceAddressOf, type TrustedProxies } from './source-address.ts';
export { sourceNetworkOf } from './source-network.ts';
export { readTokenAuthority } from './token-config.ts';
export { type Freshness, WatchedCache, type WatchedCacheOptions } from './watched-cache.ts';
export { generateWebhookSecret, showWebhookSecret, signWebhook } from './webhook-signature.ts';
