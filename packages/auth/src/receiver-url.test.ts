import { readEnvironment } from '@tollgate/runtime';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from './public-address.ts';
import { mayCallAddress, readReceiverRules, readReceiverUrl } from './receiver-url.ts';

const rulesOf = (env: Readonly<Record<string, string>>) => readEnvironment(env, readReceiverRules);
const usual = rulesOf({});
const open = rulesOf({ TOLLGATE_WEBHOOK_HTTP: 'yes', TOLLGATE_WEBHOOK_PORTS: 'any' });

/** Ways to write this machine, its network, and a cloud's metadata; some are no URL at all. */
const PRIVATE_HOSTS = [
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    'api.localhost',
    'localhost.localdomain',
    'printer.local',
    'db',
    'db.internal',
  ],
  ...[
    'metadata.google.internal',
    'router.home.arpa',
    'nas.lan',
    'wiki.corp',
    'x.intranet',
    'loc%61lhost',
    'ｌocalhost',
  ],
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '127.0.0.1.',
    '127.255.255.254',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0X7F.0.0.1',
  ],
  ...[
    '017700000001',
    '0177.0.0.1',
    '0177.0.0.01',
    '127.0.0.0x1',
    '00000177.1',
    '127。0。0。1',
    '127｡0.0.1',
    '①②⑦.0.0.1',
  ],
  ...[
    '%31%32%37.0.0.1',
    '0',
    '0.0.0.0',
    '0x0',
    '000',
    '10.0.0.1',
    '10.1',
    '167772161',
    '012.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
  ],
  ...[
    '192.168.1.1',
    '3232235777',
    '100.64.0.1',
    '100.100.100.200',
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '169.254.43518',
  ],
  ...[
    '168.63.129.16',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '192.88.99.1',
    '224.0.0.1',
  ],
  ...[
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '4294967295',
    '256.0.0.1',
    '1.2.3',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
  ],
  ...[
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[::ffff:0:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
  ],
  ...[
    '[64:ff9b::7f00:1]',
    '[64:ff9b::10.0.0.1]',
    '[64:ff9b:1::1]',
    '[2002:7f00:1::]',
    '[2002:a00:1::1]',
    '[2001:0:7f00:1::]',
    '[2001::1]',
  ],
  ...[
    '[2001:db8::1]',
    '[3fff::1]',
    '[fe80::1]',
    '[fe80::1%25eth0]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
    '[100::1]',
  ],
  ...[
    '[2001:20::1]',
    '[5f00::1]',
    '[4000::1]',
    '[::1',
    '::1',
    '[127.0.0.1]',
    'user@example.com',
    'a:b@127.0.0.1',
    '@127.0.0.1',
  ],
  ...[
    'example.com@127.0.0.1',
    '127.0.0.1\\@example.com',
    'example.com\\.127.0.0.1',
    'exa mple.com',
    'example.com.',
    '.example.com',
  ],
  ...[
    'example..com',
    '-example.com',
    'exam_ple.com',
    'bücher.example',
    '',
    '127.0.0.1#@example.com',
    '127.0.0.1?@example.com',
    '127.0.0.1/@example.com',
  ],
];

describe('a URL of a private place is refused, however it is written', () => {
  it('in at least 60 spellings', () => expect(new Set(PRIVATE_HOSTS).size).toBeGreaterThanOrEqual(60));

  it.each(PRIVATE_HOSTS.map((host) => [host]))('%s', (host) => {
    for (const port of ['', ':80', ':443']) {
      for (const scheme of ['http', 'https']) {
        expect(readReceiverUrl(`${scheme}://${host}${port}/`, open).kind).toBe('refused');
      }
    }
  });
});

describe('a URL', () => {
  it.each([
    ['https://example.com/hooks', 'https://example.com/hooks'],
    ['https://EXAMPLE.com', 'https://example.com/'],
    ['https://example.com:8443/a?b=c', 'https://example.com:8443/a?b=c'],
    ['https://xn--bcher-kva.example/', 'https://xn--bcher-kva.example/'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
  ])('%s is called as %s', (text, href) => {
    const read = readReceiverUrl(text, usual);
    expect(read.kind === 'url' ? read.url.href : read).toBe(href);
  });

  it.each([
    ['http://example.com/', /Only `https`/],
    ['ftp://example.com/', /begins with `https/],
    ['HTTPS://example.com/', /begins with `https/],
    ['https:example.com', /begins with `https/],
    ['//example.com', /begins with `https/],
    ['https://example.com:22/', /Port 22/],
    ['https://example.com:0443/', /no host/],
    ['https://example.com:70000/', /no host/],
    ['https://user:pass@example.com/', /name or password/],
    ['https://example.com/\nx', /ASCII/],
    ['https://example.com\\@127.0.0.1/', /ASCII/],
    ['https://0x7f.1/', /Write `127.0.0.1`/],
    [`https://example.com/${'a'.repeat(2_048)}`, /2048 characters/],
  ])('%s is refused with what to write', (text, detail) => {
    const read = readReceiverUrl(text, usual);
    expect(read.kind === 'refused' ? read.detail : read).toMatch(detail);
  });

  it('of a private place is taken where the operator lists its addresses', () => {
    const rules = rulesOf({
      TOLLGATE_WEBHOOK_ALLOWED_ADDRESSES: '10.1.0.0/16, fd00::/8',
      TOLLGATE_WEBHOOK_HTTP: 'yes',
      TOLLGATE_WEBHOOK_PORTS: '80,9000',
    });
    expect(readReceiverUrl('http://10.1.2.3:9000/', rules).kind).toBe('url');
    expect(readReceiverUrl('http://[fd12::1]/', rules).kind).toBe('url');
    expect(readReceiverUrl('http://receiver/', rules).kind).toBe('url');
    expect(readReceiverUrl('http://10.2.2.3:9000/', rules).kind).toBe('refused');
    expect(readReceiverUrl('http://10.1.2.3:9001/', rules).kind).toBe('refused');
    expect([mayCallAddress('10.1.2.3', rules), mayCallAddress('::ffff:10.1.2.3', rules)]).toEqual([true, true]);
    expect([mayCallAddress('10.2.0.1', rules), mayCallAddress('127.0.0.1', rules)]).toEqual([false, false]);
  });

  it('follows a configuration that makes sense only', () => {
    expect(() =>
      rulesOf({ TOLLGATE_WEBHOOK_ALLOWED_ADDRESSES: '10.0.0.1/8', TOLLGATE_WEBHOOK_PORTS: '99999' }),
    ).toThrow(/bits set after its prefix[\s\S]*no port/);
  });
});

it.each([
  ...[
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
  ],
  ...[
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
  ],
  ...['2600::1', '2a00:1450:4001::1', '2001:4860:4860::8888', '::ffff:1.1.1.1'],
])('%s is a public address', (address) => expect(isPublicAddress(address)).toBe(true));
