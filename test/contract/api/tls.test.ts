import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { createTestCertificate } from '../../support/test-certificate.ts';
import { startApiFixture } from './api-fixture.ts';

it('the api serves HTTPS with the certificate that it is given, and with the one that follows', async () => {
  const certificate = await createTestCertificate();
  const fixture = await startApiFixture(certificate.env);
  try {
    const list = () =>
      certificate.send(`${fixture.api.url}/v1/customers`, {
        headers: { authorization: `Bearer ${fixture.operatorKey}` },
      });
    const answer = await list();
    expect(answer.status).toBe(200);
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
    await certificate.renew();
    await eventually(async () => expect((await list()).status).toBe(200), { timeoutMs: 10_000 });
  } finally {
    await fixture.close();
    await certificate.close();
  }
});
