// By which algorithms access tokens are signed (RFC 7518, RFC 8037).

export const SIGNING_ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const;

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];
