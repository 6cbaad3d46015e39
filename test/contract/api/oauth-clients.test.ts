// Two OAuth clients as they are published, against the real api: they discover, obtain, refresh, introspect and revoke.
// That the api is on loopback without TLS is a setting of theirs.

import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, startApiFixture } from './api-fixture.ts';

let fixture: ApiFixture;
let key: { readonly id: string; readonly secret: string };
beforeAll(async () => {
  fixture = await startApiFixture();
  const customer = await fixture.createCustomer();
  key = await fixture.createKey({ customer: customer.id, scopes: ['usage:read', 'keys:read', 'usage:write'] });
});
afterAll(() => fixture.close());

const insecure = { [oauth.allowInsecureRequests]: true };

describe('oauth4webapi', () => {
  it.each(['client_secret_basic', 'client_secret_post'] as const)('by %s', async (method) => {
    const issuer = new URL(fixture.api.url);
    const found = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' });
    const server = await oauth.processDiscoveryResponse(issuer, found);
    const client = { client_id: key.id };
    const auth =
      method === 'client_secret_basic' ? oauth.ClientSecretBasic(key.secret) : oauth.ClientSecretPost(key.secret);

    const parameters = new URLSearchParams({ scope: 'usage:read keys:read' });
    const granted = await oauth.processClientCredentialsResponse(
      server,
      client,
      await oauth.clientCredentialsGrantRequest(server, client, auth, parameters, insecure),
    );
    expect(granted).toMatchObject({ token_type: 'bearer', expires_in: 900, scope: 'usage:read keys:read' });
    const { access_token: token, refresh_token: refreshToken = '' } = granted;
    expect((await fixture.call('GET', '/v1/keys', { secret: token })).status).toBe(200);

    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, auth, refreshToken, insecure),
    );
    expect(refreshed.refresh_token).not.toBe(refreshToken);

    const introspect = async (text: string) =>
      await oauth.processIntrospectionResponse(
        server,
        client,
        await oauth.introspectionRequest(server, client, auth, text, insecure),
      );
    expect(await introspect(refreshed.access_token)).toMatchObject({ active: true, client_id: key.id, sub: key.id });

    // What a resource server of the operator's own would do: RFC 9068 by our JWKS.
    const request = new Request('https://resource.example.com/', {
      headers: { Authorization: `Bearer ${refreshed.access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(server, request, fixture.api.url, {
      ...insecure,
      signingAlgorithms: ['EdDSA'],
    });
    expect(claims).toMatchObject({ client_id: key.id, scope: 'usage:read keys:read', aud: fixture.api.url });

    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, auth, refreshed.access_token, insecure),
    );
    expect(await introspect(refreshed.access_token)).toEqual({ active: false });
  });
});

describe('openid-client', () => {
  it.each([
    ['client_secret_basic', openid.ClientSecretBasic],
    ['client_secret_post', openid.ClientSecretPost],
  ] as const)('by %s', async (_name, authentication) => {
    const configuration = await openid.discovery(
      new URL(fixture.api.url),
      key.id,
      undefined,
      authentication(key.secret),
      { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] },
    );
    const granted = await openid.clientCredentialsGrant(configuration);
    expect(granted.scope?.split(' ').sort()).toEqual(['keys:read', 'usage:read', 'usage:write']);
    const refreshed = await openid.refreshTokenGrant(configuration, granted.refresh_token ?? '', {
      scope: 'keys:read',
    });
    expect(refreshed.scope).toBe('keys:read');
    const seen = await openid.tokenIntrospection(configuration, refreshed.refresh_token ?? '');
    expect(seen).toMatchObject({ active: true, client_id: key.id });
    await openid.tokenRevocation(configuration, refreshed.refresh_token ?? '');
    for (const token of [granted.access_token, refreshed.access_token, refreshed.refresh_token ?? '']) {
      expect(await openid.tokenIntrospection(configuration, token)).toEqual({ active: false });
    }
    await expect(openid.refreshTokenGrant(configuration, refreshed.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    });
  });
});
